/* A person, of what lists and people say. */
#include <criterion/criterion.h>

#include "audience/contacts/gather.h"
#include "unit/support.h"

#define SOMEBODY "cccccccccccccccccccccc01"

static struct membership membership_on(const char *list, enum contact_status status, bool own) {
	struct membership row;
	record_clear(&membership_record, &row);
	row.list_id = list;
	row.contact_id = SOMEBODY;
	row.status = status;
	row.own = own;
	row.email = own ? NULL : "mara@example.org";
	return row;
}

static struct person somebody(void) {
	struct person person = { .id = SOMEBODY, .email = "mara@example.org" };
	record_clear(&own_record, &person.own);
	return person;
}

Test(gather, own_memberships_count_beside_a_providers) {
	ARENA_AUTO arena = arena_new();
	const struct person person = somebody();
	struct membership rows[] = { membership_on("observed", CONTACT_UNSUBSCRIBED, false),
		                         membership_on("own", CONTACT_SUBSCRIBED, true),
		                         membership_on("left", CONTACT_SUBSCRIBED, true) };
	rows[2].removed_at = at("2026-11-27T10:00:00Z");
	struct contact contact = gather_contact(&person, rows, 3, arena);
	cr_expect_eq(contact.list_ids.count, 2);
	cr_expect_str_eq(contact.subscribed_ids.items[0], "own");
	cr_expect_str_eq(contact.unsubscribed_ids.items[0], "observed");
	cr_expect_eq(contact.status, CONTACT_SUBSCRIBED);
	cr_expect_str_eq(contact.email, "mara@example.org");
}

Test(gather, whoever_left_a_list_here_is_unsubscribed_whatever_a_provider_says) {
	ARENA_AUTO arena = arena_new();
	struct person person = somebody();
	person.own.left = *TEXTS("observed", "ruled");
	struct membership rows[] = { membership_on("observed", CONTACT_SUBSCRIBED, false),
		                         membership_on("other", CONTACT_PENDING, false) };
	rows[0].external.id = "1";
	struct contact contact = gather_contact(&person, rows, 2, arena);
	cr_expect_eq(contact.list_ids.count, 2);
	cr_expect_eq(contact.subscribed_ids.count, 0);
	cr_expect_eq(contact.unsubscribed_ids.count, 2);
	cr_expect(strings_have(&contact.unsubscribed_ids, "observed") && strings_have(&contact.unsubscribed_ids, "ruled"));
	cr_expect_eq(contact.status, CONTACT_PENDING);
}

Test(gather, without_a_provider_the_address_stays) {
	ARENA_AUTO arena = arena_new();
	const struct person person = somebody();
	const struct membership row = membership_on("own", CONTACT_PENDING, true);
	struct contact contact = gather_contact(&person, &row, 1, arena);
	cr_expect_str_eq(contact.email, "mara@example.org");
	cr_expect_eq(contact.status, CONTACT_PENDING);
	cr_expect_eq(contact.list_ids.count, 1);
}
