/* People whom an earlier version took for one, where TEST_STORE_URI names a server. */
#include <criterion/criterion.h>
#include <string.h>

#include "events/engagement.h"
#include "observing/raw.h"
#include "observing/separate.h"
#include "unit/store_fixture.h"

static const char *list, *connection, *campaign, *person;

static void open_store(void) {
	open_all();
	list = store_new_id(arena), connection = store_new_id(arena);
	campaign = store_new_id(arena), person = store_new_id(arena);
}

static void add_member(const char *ref, const char *email) {
	struct membership one;
	record_clear(&membership_record, &one);
	one.id = store_new_id(arena);
	one.list_id = list;
	one.contact_id = person;
	one.external = (struct external){ connection, ref };
	one.email = email;
	one.status = CONTACT_SUBSCRIBED;
	cr_assert(store_insert(store, "list_contacts", &membership_record, &one, &err), "%s", err.text);
}

static void add_event(const char *ref) {
	struct event one;
	record_clear(&event_record, &one);
	one.id = store_new_id(arena);
	one.campaign_id = campaign;
	one.contact_id = person;
	one.contact_ref = ref;
	one.type = EVENT_OPENED;
	one.occurred_at = (struct moment){ 1760000000000 };
	cr_assert(store_insert(store, "contact_events", &event_record, &one, &err), "%s", err.text);
}

static void add_report(const char *text) {
	struct http_answer answer = { .status = 200, .body = text, .size = strlen(text) };
	struct raw_answer raw;
	struct task task = { .kind = &events_kind, .id = campaign, .word = "opened" };
	cr_assert(raw_keep(store, store_new_id(arena), &task, (struct moment){ 1760000000000 }, false, &answer, &raw, arena,
	                   &err));
}

static int opened_by(const char *address) {
	struct contact *contacts;
	int count;
	const char *norm = contact_norm(arena, address);
	struct strings one = { &norm, 1 };
	cr_assert(contact_find_by_addresses(store, &one, arena, &contacts, &count, &err), "%s", err.text);
	return count == 1 ? (int)contacts[0].engagement.opened : -1;
}

static int events_of(const char *address) {
	struct contact *contacts;
	int count;
	int64_t events;
	const char *norm = contact_norm(arena, address);
	struct strings one = { &norm, 1 };
	cr_assert(contact_find_by_addresses(store, &one, arena, &contacts, &count, &err) && count == 1);
	cr_assert(store_count(store, "contact_events", FILTER(eq_id("contact_id", contacts[0].id)), &events, &err));
	return (int)events;
}

Test(separate, two_that_were_one_are_two_again, .init = open_store, .fini = close_all) {
	const struct contact merged = { .id = person,
		                            .email = "info@strasse.example",
		                            .email_norm = "info@strasse.example",
		                            .engagement = ENGAGEMENT_NONE };
	cr_assert(store_insert(store, "contacts", &contact_record, &merged, &err), "%s", err.text);
	add_member("r1", "info@strasse.example");
	add_member("r2", "Info@stra\u00dfe.example");
	add_event("r1"), add_event("r2"), add_event("gone1"), add_event("gone2"), add_event("untold");
	add_report("{\"data\":[{\"contact_id\":\"gone1\",\"contact_email_address\":\"info@strasse.example\"},"
	           "{\"contact_id\":\"gone2\",\"contact_email_address\":\"INFO@stra\\u00dfe.example\"}]}");
	for (int turn = 0; turn < 2; turn++) {
		cr_assert(separate_people(store, &err), "%s", err.text);
		cr_expect_eq(opened_by("info@stra\u00dfe.example"), 1);
		cr_expect_eq(events_of("info@stra\u00dfe.example"), 2);
		cr_expect_eq(events_of("info@strasse.example"), 3);
	}
	int64_t count;
	cr_assert(store_count(store, "contacts", &everything, &count, &err));
	cr_expect_eq(count, 2);
}

/* One alone stays the same person, under the address as the new rule writes it. */
Test(separate, one_alone_keeps_its_id, .init = open_store, .fini = close_all) {
	bool found;
	struct contact now;
	const struct contact folded = {
		.id = person, .email = "B\u00dcRO@x.example", .email_norm = "b\u00fcro@x.example", .engagement = ENGAGEMENT_NONE
	};
	cr_assert(store_insert(store, "contacts", &contact_record, &folded, &err), "%s", err.text);
	add_member("r1", "B\u00dcRO@x.example");
	add_event("r1");
	cr_assert(separate_people(store, &err), "%s", err.text);
	cr_assert(contact_find(store, person, arena, &now, &found, &err) && found, "%s", err.text);
	cr_expect_str_eq(now.email_norm, "b\u00dcro@x.example");
	cr_expect_str_eq(now.search, "b\u00fcro@x.example");
	cr_expect_eq(events_of("b\u00dcro@x.example"), 1);
}

/* An address that has changed since is in the old reports under the contact's id. */
Test(separate, forgetting_finds_old_addresses, .init = open_store, .fini = close_all) {
	const char *ref = "r1", *address = NULL;
	const struct strings campaigns = { &campaign, 1 }, refs = { &ref, 1 }, none = { 0 };
	add_report(
		"{\"data\":[{\"contact_id\":\"r1\",\"contact_email_address\":\"old@example.org\"},{\"contact_id\":\"r2\","
		"\"contact_email_address\":\"b\\u0000\"}]}");
	cr_assert(raw_find_addresses(store, campaign, &refs, arena, &address, &err), "%s", err.text);
	cr_expect_str_eq(address, "old@example.org");
	cr_assert(raw_forget(store, &campaigns, &none, &refs, &err), "%s", err.text);
	address = NULL;
	cr_assert(raw_find_addresses(store, campaign, &refs, arena, &address, &err), "%s", err.text);
	cr_expect_null(address);
}
