/* Unsubscribing, and confirming that one subscribes again, by processes that are killed at any point, where
 * TEST_STORE_URI names a server: page and senders agree a minute later, and whoever asks once more gets it. */
#include <criterion/criterion.h>

#include "answering/unsubscribing.h"
#include "audience/contacts/change.h"
#include "audience/contacts/gathering.h"
#include "audience/contacts/joining.h"
#include "audience/contacts/mailable.h"
#include "audience/contacts/suppressing.h"
#include "audience/lists/own_list.h"
#include "core/store/version.h"
#include "subscribing/confirmation.h"
#include "unit/jobs_support.h"
#include "unit/keyed_fixture.h"
#include "unit/killed.h"

enum { MESSAGES_MAX = 200, WAITED_FOR = 45 };

static const struct moment now = { 1760000000000 };

static void open_schema(void) {
	open_keyed();
	if (store)
		mark_migrated(store);
}

TestSuite(coming_back, .init = open_schema, .fini = close_all, .timeout = 120);

/* Somebody on a list. */
static struct token begin(const char *list_id, int round, struct leaver *leaver) {
	const char *id = store_new_id(arena);
	const struct contact_request request = { .email = arena_print(arena, "p%d@l.example", round), .rev = COUNT_NONE };
	const struct contact_saying saying = { .given = *TEXTS("email"), .source = SOURCE_API, .by = "mara", .now = now };
	const struct joining joining = { list_id, CONTACT_SUBSCRIBED, "mara", NULL, now };
	struct token token = { { 0 }, .block = 0 };
	int64_t added;
	cr_assert(contact_create(store, id, &request, &saying, arena, &err), "%s", err.text);
	cr_assert(joining_add(store, &joining, &(struct strings){ &id, 1 }, arena, &added, &err), "%s", err.text);
	(void)snprintf(token.contact_id, sizeof token.contact_id, "%s", id);
	(void)snprintf(token.list_id, sizeof token.list_id, "%s", list_id);
	(void)snprintf(token.campaign_id, sizeof token.campaign_id, "%s", store_new_id(arena));
	cr_assert(leaver_look(store, &token, arena, leaver, &err), "%s", err.text);
	return token;
}

static void leave(struct leaver *leaver) {
	bool changed;
	cr_assert(leaver_leave_list(store, leaver, now, arena, &changed, &err), "%s", err.text);
	cr_assert(leaver_leave_all(store, leaver, now, arena, &changed, &err), "%s", err.text);
}

static void go(struct store *of, void *token) {
	ARENA_AUTO own = arena_new();
	struct error why = ERROR_INIT;
	struct leaver leaver;
	bool changed;
	cr_expect(leaver_look(of, token, own, &leaver, &why) && leaver_leave_list(of, &leaver, now, own, &changed, &why) &&
	          leaver_leave_all(of, &leaver, now, own, &changed, &why));
}

/* As the page does it: counted first. */
static void leave_by_link(struct store *of, void *token) {
	ARENA_AUTO own = arena_new();
	const struct visitor visitor = { 0 };
	struct error why = ERROR_INIT;
	struct leaver leaver;
	bool changed;
	cr_expect(leaver_look(of, token, own, &leaver, &why) &&
	              (!leaver_is_to_leave(&leaver, true) || leaver_note(of, &leaver, &visitor, "a key", now, own, &why)) &&
	              leaver_leave_all(of, &leaver, now, own, &changed, &why),
	          "%s", why.text);
}

static void come_back(struct store *of, void *token) {
	ARENA_AUTO own = arena_new();
	const struct token *said = token;
	const char *list_id = said->list_id;
	const struct acting acting = { of, NULL, own, NULL, now };
	struct contact contact;
	bool found;
	struct error why = ERROR_INIT;
	cr_expect(contact_find(of, said->contact_id, own, &contact, &found, &why) && found);
	const struct confirmation confirmation = { .id = store_new_id(own),
		                                       .email = contact.email,
		                                       .contact_id = said->contact_id,
		                                       .list_ids = { &list_id, 1 },
		                                       .source = "A link",
		                                       .text = "Version 1" };
	enum confirmation_state state;
	cr_expect(confirmation_confirm(&acting, &confirmation, &state, &why) && state == CONFIRMATION_DONE, "%s", why.text);
}

static enum mailable verdict(const struct token *token) {
	const struct mailable_question question = { .list_id = token->list_id, .suppression_list = true };
	struct contact contact;
	bool found;
	cr_assert(contact_find(store, token->contact_id, arena, &contact, &found, &err) && found, "%s", err.text);
	return contact_mailable(&contact, &question);
}

/* How often it was lifted. */
static int lifted(const char *email) {
	struct suppression row;
	bool found;
	int count = 0;
	cr_assert(store_find(store, "suppressions", FILTER(eq_text("value", email)), NULL, &suppression_record, arena, &row,
	                     &found, &err) &&
	              found,
	          "%s", err.text);
	for (int i = 0; i < row.history.count; i++)
		count += ((const struct suppression_note *)row.history.items)[i].lifts;
	return count;
}

static const char *new_list(void) {
	const struct list_saying saying = { *TEXTS("name"), "mara", now };
	struct list list = list_fresh(store_new_id(arena), &saying);
	list.name = "News";
	list.list_type = LIST_STATIC;
	cr_assert(list_create(store, &list, &err), "%s", err.text);
	return list.id;
}

static void look_around(void) {
	static const struct job_kind *const kinds[] = { &gathering_job };
	work_off(store, kinds, 1, true, NULL);
}

static struct leaver looked(const struct token *token) {
	struct leaver leaver;
	cr_assert(leaver_look(store, token, arena, &leaver, &err), "%s", err.text);
	return leaver;
}

Test(coming_back, killed_after_each_statement) {
	const char *list_id = new_list();
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		struct leaver leaver;
		struct token token = begin(list_id, count, &leaver);
		leave(&leaver);
		cr_assert_neq(verdict(&token), MAILABLE);
		killed = killed_after(count, come_back, &token);
		look_around();
		leaver = looked(&token);
		cr_expect_eq(leaver.has_left_all || leaver.has_left_list, verdict(&token) != MAILABLE, "after %d", count);
		come_back(store, &token);
		cr_expect_eq(verdict(&token), MAILABLE, "after %d messages: %d", count, (int)verdict(&token));
		cr_expect_eq(lifted(arena_print(arena, "p%d@l.example", count)), 1, "after %d messages", count);
	}
	cr_expect(!killed && count > 5, "%d messages", count);
}

Test(coming_back, killed_while_they_leave) {
	const char *list_id = new_list();
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		struct leaver leaver;
		struct token token = begin(list_id, count, &leaver);
		killed = killed_after(count, go, &token);
		look_around();
		leaver = looked(&token);
		cr_expect(!(leaver.has_left_all || leaver.has_left_list) || verdict(&token) != MAILABLE, "after %d", count);
		leave(&leaver);
		leaver = looked(&token);
		cr_expect(leaver.has_left_all && leaver.has_left_list && verdict(&token) != MAILABLE, "after %d", count);
	}
	cr_expect(!killed && count > 5, "%d messages", count);
}

/* old: of whoever was killed after the person had left and before the hit, the campaign lacked one; and whoever left
 * waited for 56 messages to the database. */
Test(coming_back, each_who_leaves_is_counted_once) {
	const char *list_id = new_list();
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		struct leaver leaver;
		struct token token = begin(list_id, count, &leaver);
		int64_t hits;
		killed = killed_after(count, leave_by_link, &token);
		for (int again = 0; again < 2; again++)
			leave_by_link(store, &token);
		cr_assert(store_count(store, "hits", FILTER(eq_id("campaign_id", token.campaign_id)), &hits, &err), "%s",
		          err.text);
		cr_expect(hits == 1 && verdict(&token) != MAILABLE, "after %d: %d", count, (int)hits);
	}
	cr_expect(!killed && count > 5 && count <= WAITED_FOR, "%d messages", count);
}

static int64_t version(void) {
	struct versions versions;
	cr_assert(versions_read(store, &versions, &err), "%s", err.text);
	return versions.people;
}

/* old: each made every page and sender read everything anew, so a stranger with one link slowed all of them. */
Test(coming_back, asking_again_and_again_is_no_work_for_others) {
	struct leaver leaver;
	struct token token = begin(new_list(), 0, &leaver);
	bool changed;
	cr_assert(leaver_leave_list(store, &leaver, now, arena, &changed, &err) && changed, "%s", err.text);
	int64_t before = version();
	go(store, &token);
	cr_expect_gt(version(), before, "from everything, now");
	before = version();
	for (int again = 0; again < 5; again++)
		go(store, &token);
	cr_expect_eq(version(), before);
	cr_expect_neq(verdict(&token), MAILABLE);
}
