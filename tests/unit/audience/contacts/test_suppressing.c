/* People say themselves whether they are suppressed, whichever comes first, where TEST_STORE_URI names a server. D-124,
 * */
#include "audience/contacts/suppressing.h"

#include <criterion/criterion.h>
#include <sys/wait.h>

#include "audience/contacts/change.h"
#include "unit/killed.h"
#include "unit/store_fixture.h"

TestSuite(suppressing, .init = open_all, .fini = close_all);

static const struct moment now = { 1760000000000 };

static const char *create(const char *email, const char *phone) {
	const char *id = store_new_id(arena);
	const struct contact_request request = { .email = email, .phone = phone, .rev = COUNT_NONE };
	const struct contact_saying saying = {
		.given = *TEXTS("email", "phone"), .source = SOURCE_API, .by = "mara", .now = now
	};
	cr_assert(contact_create(store, id, &request, &saying, arena, &err), "%s", err.text);
	return id;
}

static struct contact found(const char *id) {
	struct contact contact;
	bool is_there;
	cr_assert(contact_find(store, id, arena, &contact, &is_there, &err) && is_there, "%s", err.text);
	return contact;
}

static void suppress(const char *key, unsigned reason) {
	const struct suppression_entry one = { key, reason, "a test", SUPPRESSED_HERE, "mara", now };
	cr_assert(contact_suppress(store, &one, 1, arena, &err), "%s", err.text);
}

static void lift(const char *key) {
	const struct suppression_note why = { now, true, "a mistake", SUPPRESSED_HERE, "mara" };
	struct suppression *rows, lifted;
	int count;
	cr_assert(suppression_find(store, &(struct strings){ &key, 1 }, arena, &rows, &count, &err) && count);
	cr_assert(contact_lift_suppression(store, rows[0].id, &why, arena, &lifted, &err), "%s", err.text);
}

Test(suppressing, before_and_after_the_person_appears) {
	suppress("a@t.example", SUPPRESSION_BOUNCED);
	const char *a = create("A@T.EXAMPLE", NULL), *b = create("b@t.example", NULL);
	cr_expect_str_eq(found(a).suppressed, "bounced");
	cr_expect(!found(b).suppressed);
	suppress("b@t.example", SUPPRESSION_COMPLAINED);
	cr_expect_str_eq(found(b).suppressed, "complained");
	lift("a@t.example");
	cr_expect(!found(a).suppressed);
}

Test(suppressing, follows_an_address_that_changes) {
	const char *id = create("c@t.example", NULL);
	const struct contact_saying saying = { .given = *TEXTS("email"), .source = SOURCE_API, .by = "mara", .now = now };
	suppress("d@t.example", SUPPRESSION_MANUAL);
	struct contact_request request = { .email = "d@t.example", .rev = COUNT_NONE };
	cr_assert(contact_change(store, id, &request, &saying, arena, &err), "%s", err.text);
	cr_expect_str_eq(found(id).suppressed, "manual");
	request.email = "e@t.example";
	cr_assert(contact_change(store, id, &request, &saying, arena, &err), "%s", err.text);
	cr_expect(!found(id).suppressed);
}

Test(suppressing, a_phone_is_everybodys_who_has_it) {
	const char *a = create("f@t.example", "+49 170 1234567"), *b = create(NULL, "+491701234567"),
			   *c = create(NULL, "+491701234568");
	suppress("+491701234567", SUPPRESSION_UNSUBSCRIBED);
	cr_expect_str_eq(found(a).phone_suppressed, "unsubscribed");
	cr_expect_str_eq(found(b).phone_suppressed, "unsubscribed");
	cr_expect(!found(a).suppressed && !found(c).phone_suppressed);
	const char *later = create("g@t.example", "+491701234567");
	cr_expect_str_eq(found(later).phone_suppressed, "unsubscribed");
}

static void sync_as(const char *email, unsigned status) {
	struct membership row;
	record_clear(&membership_record, &row);
	row.list_id = "64b000000000000000000001";
	row.external = (struct external){ "64b000000000000000000002", email };
	row.email = email;
	row.status = status;
	row.created_at = row.last_updated_at = (struct moment){ 1750000000000 };
	cr_assert(contact_save_page(store, &row, 1, arena, &err), "%s", err.text);
}

Test(suppressing, an_unsubscribing_here_outlives_what_the_provider_says) {
	const struct suppression_note why = { now, false, "the link in a campaign", SUPPRESSED_BY_THEM, NULL };
	const char *norm = "h@t.example";
	struct contact *contacts;
	int count;
	sync_as(norm, CONTACT_SUBSCRIBED);
	cr_assert(contact_find_by_addresses(store, &(struct strings){ &norm, 1 }, arena, &contacts, &count, &err) && count);
	const char *id = contacts[0].id;
	for (int again = 0; again < 2; again++)
		cr_assert(contact_unsubscribe(store, &contacts[0], &why, arena, &err), "%s", err.text);
	sync_as(norm, CONTACT_UNSUBSCRIBED);
	sync_as(norm, CONTACT_SUBSCRIBED);
	struct contact contact = found(id);
	cr_expect(contact.status == CONTACT_UNSUBSCRIBED && contact.unsubscribed_at.ms == now.ms);
	cr_expect_str_eq(contact.suppressed, "unsubscribed");
	const struct suppression_note again = { now, true, "confirmed by email", SUPPRESSED_BY_THEM, NULL };
	cr_assert(contact_resubscribe(store, id, &again, arena, &err), "%s", err.text);
	contact = found(id);
	cr_expect(contact.status == CONTACT_SUBSCRIBED && !contact.suppressed && !moment_is_set(contact.unsubscribed_at));
}

Test(suppressing, lifting_by_hand_ends_the_unsubscribing) {
	const struct suppression_note why = { now, false, "by phone", SUPPRESSED_HERE, "mara" };
	const char *id = create("i@t.example", NULL);
	const struct contact contact = found(id);
	cr_assert(contact_unsubscribe(store, &contact, &why, arena, &err), "%s", err.text);
	cr_expect(found(id).status == CONTACT_UNSUBSCRIBED);
	lift("i@t.example");
	cr_expect(found(id).status == CONTACT_UNKNOWN && !moment_is_set(found(id).unsubscribed_at));
}

Test(suppressing, stop_from_a_phone_is_everybodys) {
	const struct suppression_note why = { now, false, "STOP", SUPPRESSED_BY_THEM, NULL };
	const char *a = create("j@t.example", "+4930111222"), *b = create(NULL, "+4930111222");
	cr_assert(contact_stop(store, "+4930111222", &why, arena, &err), "%s", err.text);
	cr_expect(found(a).phone_suppressed && found(b).phone_suppressed && !found(a).suppressed);
	cr_expect(!moment_is_set(found(a).unsubscribed_at));
}

static void in_a_process(int kind) {
	if (fork())
		return;
	store = store_open(getenv("TEST_STORE_URI"), store_name(store), "telltale-unit", 10000, &err);
	for (int i = 0; i < 30; i++) {
		const char *address = arena_print(arena, "r%d@t.example", i);
		if (kind)
			suppress(address, SUPPRESSION_BOUNCED);
		else
			(void)create(address, NULL);
	}
	store_close(store);
	_exit(0);
}

Test(suppressing, both_at_once) {
	struct contact *contacts;
	struct strings norms = { arena_array(arena, const char *, 30), 30 };
	int count;
	in_a_process(0);
	in_a_process(1);
	for (int i = 0, status; i < 2; i++)
		cr_expect(wait(&status) > 0 && status == 0);
	for (int i = 0; i < 30; i++)
		norms.items[i] = arena_print(arena, "r%d@t.example", i);
	cr_assert(contact_find_by_addresses(store, &norms, arena, &contacts, &count, &err) && count == 30);
	for (int i = 0; i < count; i++)
		cr_expect_str_eq(contacts[i].suppressed, "bounced");
}

/* --- by processes that are killed after each statement --- */

enum { MESSAGES_MAX = 100 };

static void suppress_it(struct store *of, void *key) {
	ARENA_AUTO own = arena_new();
	struct error why = ERROR_INIT;
	const struct suppression_entry one = { key, SUPPRESSION_MANUAL, "a test", SUPPRESSED_HERE, "mara", now };
	cr_expect(contact_suppress(of, &one, 1, own, &why), "%s", why.text);
}

static void lift_it(struct store *of, void *id) {
	ARENA_AUTO own = arena_new();
	const struct suppression_note note = { now, true, "a mistake", SUPPRESSED_HERE, "mara" };
	struct error why = ERROR_INIT;
	struct suppression lifted;
	cr_expect(contact_lift_suppression(of, id, &note, own, &lifted, &why), "%s", why.text);
}

static void unsubscribe_it(struct store *of, void *id) {
	ARENA_AUTO own = arena_new();
	const struct suppression_note note = { .at = now, .evidence = "by the link", .source = SUPPRESSED_BY_THEM };
	struct error why = ERROR_INIT;
	struct contact contact;
	cr_expect(contact_need(of, id, own, &contact, &why) && contact_unsubscribe(of, &contact, &note, own, &why), "%s",
	          why.text);
}

/* Whoever comes later. */
static int finish(void) {
	int count;
	cr_assert(contact_finish_suppressed(store, -MINUTE_MS, 100, moment_now(), &count, &err), "%s", err.text);
	return count;
}

static struct suppression *row_of(const char *key) {
	struct suppression *rows;
	int count;
	cr_assert(suppression_find(store, &(struct strings){ &key, 1 }, arena, &rows, &count, &err), "%s", err.text);
	return count ? rows : NULL;
}

Test(suppressing, killed_after_each_statement, .timeout = 120) {
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		char *key = arena_print(arena, "k%d@t.example", count);
		const char *id = create(key, NULL);
		killed = killed_after(count, suppress_it, key);
		(void)finish();
		cr_expect_eq(found(id).suppressed != NULL, row_of(key) != NULL, "after %d", count);
		cr_expect_eq(finish(), 0, "after %d", count);
	}
	cr_expect(!killed && count > 5, "%d messages", count);
}

Test(suppressing, lifted_by_whoever_is_killed_after_each_statement, .timeout = 120) {
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		char *key = arena_print(arena, "l%d@t.example", count);
		const char *id = create(key, NULL);
		unsubscribe_it(store, (void *)(uintptr_t)id);
		cr_assert(moment_is_set(found(id).unsubscribed_at));
		killed = killed_after(count, lift_it, (void *)(uintptr_t)row_of(key)->id);
		(void)finish();
		const struct contact contact = found(id);
		cr_expect_eq(contact.suppressed != NULL, row_of(key) != NULL, "after %d", count);
		cr_expect_eq(moment_is_set(contact.unsubscribed_at), row_of(key) != NULL, "after %d", count);
	}
	cr_expect(!killed && count > 5, "%d messages", count);
}

Test(suppressing, unsubscribed_by_whoever_is_killed_after_each_statement, .timeout = 120) {
	bool killed = true;
	int count = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		char *key = arena_print(arena, "u%d@t.example", count);
		const char *id = create(key, NULL);
		killed = killed_after(count, unsubscribe_it, (void *)(uintptr_t)id);
		(void)finish();
		const struct contact contact = found(id);
		cr_expect_eq(contact.suppressed != NULL, row_of(key) != NULL, "after %d", count);
		cr_expect_eq(moment_is_set(contact.unsubscribed_at), row_of(key) != NULL, "after %d", count);
	}
	cr_expect(!killed && count > 5, "%d messages", count);
}
