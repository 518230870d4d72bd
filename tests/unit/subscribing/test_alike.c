/* Whoever signs up learns nothing by how long the answer takes, where TEST_STORE_URI names a server: as many statements
 * are made for everybody. */
#include <criterion/criterion.h>

#include "audience/contacts/change.h"
#include "audience/contacts/suppressing.h"
#include "connections/connection.h"
#include "core/store/version.h"
#include "subscribing/confirmation.h"
#include "unit/jobs_support.h"
#include "unit/keyed_fixture.h"
#include "unit/killed.h"

static const struct moment now = { 1760000000000 };

static const struct settings settings = {
	.secret_key = "a secret of these tests, which is long enough",
	.link_keys = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	.public_url = "https://console.example",
	.organisation = "Acme",
};

static void open_mail_server(void) {
	struct connection usual;
	open_keyed();
	if (!store)
		return;
	mark_migrated(store);
	record_clear(&connection_record, &usual);
	usual.id = store_new_id(arena);
	usual.provider = PROVIDER_SMTP;
	usual.name = "default";
	usual.is_active = usual.from_settings = true;
	usual.from_email = "us@acme.example";
	cr_assert(store_insert(store, "connections", &connection_record, &usual, &err), "%s", err.text);
}

TestSuite(alike, .init = open_mail_server, .fini = close_all, .timeout = 120);

static const char *known(const char *email) {
	const char *id = store_new_id(arena);
	const struct contact_request request = { .email = email, .first_name = "Mara", .rev = COUNT_NONE };
	const struct contact_saying saying = {
		.given = *TEXTS("email", "first_name"), .source = SOURCE_API, .by = "mara", .now = now
	};
	cr_assert(contact_create(store, id, &request, &saying, arena, &err), "%s", err.text);
	return id;
}

static void suppress(const char *email, enum suppression_reason reason) {
	const struct suppression_entry entry = { .key = email, .reason = reason, .evidence = "A test", .at = now };
	cr_assert(contact_suppress(store, &entry, 1, arena, &err), "%s", err.text);
}

/* Messages to the database. */
static int cost(const char *email, const char *contact_id, bool gets_one) {
	enum { MANY = 100000 };
	const struct acting acting = { store, &settings, arena, NULL, now };
	struct confirmation confirmation = { .email = email,
		                                 .contact_id = contact_id,
		                                 .source = "A form",
		                                 .text = "Version 1",
		                                 .is_signup = true,
		                                 .person = { .email = email, .rev = COUNT_NONE },
		                                 .given = *TEXTS("email") };
	bool asked;
	messages_left = MANY;
	cr_assert(confirmation_ask(&acting, &confirmation, &asked, &err), "%s: %s", email, err.text);
	int count = MANY - messages_left;
	messages_left = -1;
	cr_expect_eq(asked, gets_one, "%s", email);
	return count;
}

static int64_t kept(const char *collection, const char *member, const char *email) {
	int64_t count;
	cr_assert(store_count(store, collection, FILTER(eq_text(member, email)), &count, &err), "%s", err.text);
	return count;
}

Test(alike, as_many_statements_for_everybody) {
	const char *member = known("member@alike.example"), *bounced = known("bounced@alike.example");
	suppress("bounced@alike.example", SUPPRESSION_BOUNCED);
	suppress("stranger.bounced@alike.example", SUPPRESSION_COMPLAINED);
	suppress("left@alike.example", SUPPRESSION_UNSUBSCRIBED);
	(void)cost("first@alike.example", NULL, true); /* connects, and creates collections */
	const int usual = cost("unknown@alike.example", NULL, true);
	cr_expect_gt(usual, 5);
	cr_expect_eq(cost("member@alike.example", member, true), usual);
	cr_expect_eq(cost("left@alike.example", NULL, true), usual);
	cr_expect_eq(cost("bounced@alike.example", bounced, false), usual);
	cr_expect_eq(cost("stranger.bounced@alike.example", NULL, false), usual);
	for (int i = 0; i < CONFIRMATIONS_AN_HOUR; i++)
		cr_expect_eq(cost("flooded@alike.example", NULL, true), usual);
	cr_expect_eq(cost("flooded@alike.example", NULL, false), usual);
	cr_expect_eq(kept("single_mails", "to", "flooded@alike.example"), CONFIRMATIONS_AN_HOUR);
	cr_expect_eq(kept("confirmations", "email", "flooded@alike.example"), CONFIRMATIONS_AN_HOUR);
	cr_expect_eq(kept("single_mails", "to", "bounced@alike.example"), 0, "nothing is kept of them");
	cr_expect_eq(kept("confirmations", "email", "bounced@alike.example"), 0);
}
