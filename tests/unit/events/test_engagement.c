/* Pages of contacts and what becomes of the people behind them, where TEST_STORE_URI names a server. */
#include <criterion/criterion.h>
#include <stdarg.h>

#include "events/engagement.h"
#include "unit/store_fixture.h"

static const char *list, *other_list, *connection, *campaign;

static void open_store(void) {
	open_all();
	list = store_new_id(arena), other_list = store_new_id(arena);
	connection = store_new_id(arena), campaign = store_new_id(arena);
}

static struct membership row(const char *on, const char *ref, const char *email) {
	struct membership one;
	record_clear(&membership_record, &one);
	one.list_id = on;
	one.external = (struct external){ connection, ref };
	one.email = email;
	one.status = CONTACT_SUBSCRIBED;
	return one;
}

static void save(struct membership *rows, int count) {
	cr_assert(engagement_save_contacts(store, rows, count, arena, &err), "%s", err.text);
}

/* The id of the person whose membership it now is. */
static const char *save_one(const char *on, const char *ref, const char *email) {
	struct membership one = row(on, ref, email);
	save(&one, 1);
	return one.contact_id;
}

static void opens(const char *ref, const char *address) {
	struct event event;
	int64_t added;
	record_clear(&event_record, &event);
	event = (struct event){ .id = store_new_id(arena),
		                    .campaign_id = campaign,
		                    .contact_ref = ref,
		                    .address = contact_norm(arena, address),
		                    .type = EVENT_OPENED,
		                    .occurred_at = { 1760000000000 },
		                    .seen_at = { 1760000000000 } };
	cr_assert(engagement_save_events(store, connection, &event, 1, true, arena, &added, &err), "%s", err.text);
	cr_assert_eq(added, 1);
}

static struct contact person(const char *id, bool *found) {
	struct contact contact = { 0 };
	cr_assert(contact_find(store, id, arena, &contact, found, &err), "%s", err.text);
	return contact;
}

static int count_people(void) {
	struct contact *contacts;
	int count;
	cr_assert(contact_next(store, "", 100, arena, &contacts, &count, &err), "%s", err.text);
	return count;
}

static struct membership membership(const char *id) {
	struct membership *rows;
	int count;
	struct strings one = { &id, 1 };
	cr_assert(membership_list(store, &one, arena, &rows, &count, &err) && count == 1, "%s", err.text);
	return rows[0];
}

TestSuite(contacts_page, .init = open_store, .fini = close_all);

Test(contacts_page, a_changed_address_is_one_person) {
	bool found;
	const char *id = save_one(list, "r6", "old@example.org");
	opens("r6", "old@example.org");
	cr_expect_str_eq(save_one(list, "r6", "new@example.org"), id);
	struct contact now = person(id, &found);
	cr_expect(found && now.engagement.opened == 1 && count_people() == 1);
	cr_expect_str_eq(now.email, "new@example.org");
	cr_expect_str_eq(now.email_norm, "new@example.org");
	cr_expect_str_eq(save_one(other_list, "s1", "New@Example.org"), id);
}

static void told(const char *const *refs, const struct moment *times, int count, int64_t expected) {
	struct event events[3];
	int64_t added;
	for (int i = 0; i < count; i++) {
		record_clear(&event_record, &events[i]);
		events[i] = (struct event){ .id = store_new_id(arena),
			                        .campaign_id = campaign,
			                        .contact_ref = refs[i],
			                        .type = EVENT_OPENED,
			                        .occurred_at = times[i],
			                        .seen_at = { 1760000000000 } };
	}
	cr_assert(engagement_save_events(store, connection, events, count, true, arena, &added, &err), "%s", err.text);
	cr_expect_eq(added, expected, "%d of %d", (int)added, (int)expected);
}

/* Old: of a page with new events behind it, the person did not get the time. */
Test(contacts_page, a_time_that_comes_later_belongs_to_the_same_event) {
	bool found;
	const char *const refs[] = { "r1", "r2", "r3" };
	const struct moment then = { 1760000000000 };
	const char *one = save_one(list, "r1", "one@example.org");
	(void)save_one(list, "r2", "two@example.org");
	told(refs, (struct moment[]){ MOMENT_NONE }, 1, 1);
	cr_expect_not(moment_is_set(person(one, &found).engagement.last_opened_at));
	told(refs, (struct moment[]){ then, then, then }, 3, 2);
	cr_expect(person(one, &found).engagement.last_opened_at.ms == then.ms &&
	          person(one, &found).engagement.opened == 1);
	told(refs, (struct moment[]){ MOMENT_NONE }, 1, 0);
}

/* The same change, but the new address is somebody's, or the old one is still there on another list. */
Test(contacts_page, a_new_address_may_be_somebody_elses) {
	bool found;
	const char *one = save_one(list, "r1", "one@example.org"), *two = save_one(list, "r2", "two@example.org");
	opens("r1", "one@example.org");
	cr_expect_str_eq(save_one(list, "r1", "two@example.org"), two);
	cr_expect_eq(person(two, &found).engagement.opened, 1);
	(void)person(one, &found);
	cr_expect_not(found, "nobody is left without a membership");
	const char *both = save_one(list, "r3", "three@example.org");
	cr_expect_str_eq(save_one(other_list, "s3", "three@example.org"), both);
	opens("s3", NULL);
	const char *moved = save_one(other_list, "s3", "four@example.org");
	cr_expect_str_neq(moved, both);
	cr_expect_eq(person(moved, &found).engagement.opened, 1);
	cr_expect_eq(person(both, &found).engagement.opened, 0);
	cr_expect(found && person(both, &found).list_ids.count == 1);
}

Test(contacts_page, two_swap_their_addresses) {
	bool found;
	struct membership rows[] = { row(list, "r1", "a@example.org"), row(list, "r2", "b@example.org") };
	save(rows, 2);
	opens("r1", NULL);
	struct membership swapped[] = { row(list, "r1", "b@example.org"), row(list, "r2", "a@example.org") };
	save(swapped, 2);
	cr_expect_eq(count_people(), 2);
	cr_expect_eq(person(swapped[0].contact_id, &found).engagement.opened, 1);
	cr_expect_str_eq(person(swapped[0].contact_id, &found).email, "b@example.org");
	cr_expect_eq(person(swapped[1].contact_id, &found).engagement.opened, 0);
	struct membership chained[] = { row(list, "r1", "a@example.org"), row(list, "r2", "c@example.org") };
	save(chained, 2);
	cr_expect_eq(count_people(), 2);
	cr_expect_eq(person(chained[0].contact_id, &found).engagement.opened, 1);
	cr_expect_str_eq(person(chained[1].contact_id, &found).email, "c@example.org");
}

Test(contacts_page, what_is_emptied_becomes_empty_and_what_is_unreadable_stays) {
	const char *tags[] = { "vip" }, *unread[] = { "email", "fields", "tags" };
	struct membership one = row(list, "r1", "p1@example.org");
	one.fields = "{\"FirstName\":\"Ann\"}";
	one.tags = (struct strings){ tags, 1 };
	save(&one, 1);
	const char *id = one.contact_id;
	one = row(list, "r1", NULL);
	one.unread = (struct strings){ unread, 3 };
	save(&one, 1);
	cr_expect_str_eq(one.contact_id, id);
	cr_expect_str_eq(membership(id).fields, "{\"FirstName\":\"Ann\"}");
	cr_expect_eq(membership(id).tags.count, 1);
	one = row(list, "r1", "p1@example.org");
	save(&one, 1);
	cr_expect(!membership(id).fields && membership(id).tags.count == 0);
	bool found;
	cr_expect_eq(person(id, &found).tags.count, 0);
	one = row(list, "r1", NULL); /* as if it had not come, until that is confirmed */
	one.seen_run = store_new_id(arena);
	save(&one, 1);
	cr_expect_str_eq(person(id, &found).email, "p1@example.org");
	cr_expect(found && !membership(id).seen_run);
}

/* By Unicode's folding, the first two domains are the same, and so are the first letters of the others. */
Test(contacts_page, addresses_are_not_folded_by_unicode) {
	bool found;
	struct membership rows[] = { row(list, "r1", "Info@Strasse.example"), row(list, "r2", "info@stra\u00dfe.example"),
		                         row(list, "r3", "\u212aarl@example.org"), row(list, "r4", "karl@example.org"),
		                         row(list, "r5", "INFO@strasse.EXAMPLE") };
	save(rows, 5);
	cr_expect_eq(count_people(), 4);
	cr_expect_str_eq(rows[0].contact_id, rows[4].contact_id);
	cr_expect_str_eq(person(rows[1].contact_id, &found).search, "info@strasse.example");
}
