/* Who left a list and why; with stored members where TEST_STORE_URI names a server. */
#include <criterion/criterion.h>

#include "audience/contacts/contact.h"
#include "campaigns/campaign.h"
#include "events/leaving.h"
#include "unit/store_fixture.h"
#include "unit/support.h"

Test(leaving, a_cause_lies_before_within_seven_days) {
	struct moment left = at("2026-11-20T10:00:00Z");
	cr_expect(leaving_explains(at("2026-11-20T10:00:00Z"), left));
	cr_expect(leaving_explains(at("2026-11-13T10:00:00Z"), left));
	cr_expect_not(leaving_explains(at("2026-11-13T09:59:59Z"), left));
	cr_expect_not(leaving_explains(at("2026-11-20T11:00:00Z"), left));
	cr_expect_not(leaving_explains(MOMENT_NONE, left));
	cr_expect_not(leaving_explains(left, MOMENT_NONE));
}

static const char *list, *other_list, *connection;

static void open_store(void) {
	open_all();
	list = store_new_id(arena), other_list = store_new_id(arena), connection = store_new_id(arena);
}

static const char *add_campaign(const char *to, int64_t hard) {
	struct campaign one;
	record_clear(&campaign_record, &one);
	one.id = store_new_id(arena);
	one.external = (struct external){ connection, one.id };
	one.list_ids = (struct strings){ arena_array(arena, const char *, 1), 1 };
	one.list_ids.items[0] = to;
	one.current_metrics.bounced_hard = hard;
	cr_assert(store_insert(store, "campaigns", &campaign_record, &one, &err), "%s", err.text);
	return one.id;
}

/* Somebody who left the list on 20 November, and did this before. */
static void leaves(const char *ref, const char *campaign, enum event_type type, const char *when) {
	struct membership one;
	struct event event;
	record_clear(&membership_record, &one);
	record_clear(&event_record, &event);
	one.id = store_new_id(arena);
	one.list_id = list;
	one.contact_id = store_new_id(arena);
	one.external = (struct external){ connection, ref };
	one.status = CONTACT_UNSUBSCRIBED;
	one.created_at = at("2026-10-01T00:00:00Z");
	one.last_updated_at = at("2026-11-20T10:00:00Z");
	event.id = store_new_id(arena);
	event.campaign_id = campaign;
	event.contact_id = one.contact_id;
	event.contact_ref = ref;
	event.type = type;
	event.occurred_at = when ? at(when) : MOMENT_NONE;
	cr_assert(store_insert(store, "list_contacts", &membership_record, &one, &err), "%s", err.text);
	cr_assert(store_insert(store, "contact_events", &event_record, &event, &err), "%s", err.text);
}

Test(leaving, only_what_this_lists_campaigns_report, .init = open_store, .fini = close_all) {
	const char *mine = add_campaign(list, 3), *soft = add_campaign(list, 0), *others = add_campaign(other_list, 3);
	struct list_week sum = { 0 };
	struct rows weeks;
	leaves("r1", mine, EVENT_UNSUBSCRIBED, "2026-11-20T09:59:00Z");
	leaves("r2", mine, EVENT_COMPLAINED, "2026-11-18T10:00:00Z");
	leaves("r3", mine, EVENT_BOUNCED, "2026-11-19T10:00:00Z");
	leaves("r4", soft, EVENT_BOUNCED, "2026-11-19T10:00:00Z");
	leaves("r5", others, EVENT_UNSUBSCRIBED, "2026-11-20T09:59:00Z");
	leaves("r6", mine, EVENT_BOUNCED, "2026-05-01T10:00:00Z");
	leaves("r7", mine, EVENT_UNSUBSCRIBED, NULL);
	leaves("r8", mine, EVENT_COMPLAINED, "2026-11-25T10:00:00Z");
	cr_assert(leaving_count_weeks(store, list, at("2026-11-26T00:00:00Z"), &err), "%s", err.text);
	cr_assert(list_find_weeks(store, list, arena, &weeks, &err), "%s", err.text);
	for (int i = 0; i < weeks.count; i++) {
		const struct list_week *week = (const struct list_week *)weeks.items + i;
		sum.unsubscribed += week->unsubscribed, sum.complained += week->complained;
		sum.bounced += week->bounced, sum.otherwise += week->otherwise;
	}
	cr_expect(sum.unsubscribed == 1 && sum.complained == 1 && sum.bounced == 1, "%d %d %d", (int)sum.unsubscribed,
	          (int)sum.complained, (int)sum.bounced);
	cr_expect_eq(sum.otherwise, 5);
}

/* Who has been on another list for long and joined this one lately has joined this one lately. */
Test(leaving, joining_is_the_memberships, .init = open_store, .fini = close_all) {
	struct list_engagement engagement;
	const char *const joined[][2] = { { list, "2026-11-10T00:00:00Z" }, { other_list, "2024-01-01T00:00:00Z" },
		                              { list, "2026-09-01T00:00:00Z" }, { other_list, "2026-11-11T00:00:00Z" },
		                              { list, "2026-12-01T00:00:00Z" }, { other_list, "2024-01-01T00:00:00Z" } };
	struct membership rows[6];
	for (int i = 0; i < 6; i++) {
		record_clear(&membership_record, &rows[i]);
		rows[i].list_id = joined[i][0];
		rows[i].external = (struct external){ connection, arena_print(arena, "r%d", i) };
		rows[i].email = arena_print(arena, "p%d@example.org", i / 2);
		rows[i].status = CONTACT_SUBSCRIBED;
		rows[i].created_at = at(joined[i][1]);
	}
	cr_assert(contact_save_page(store, rows, 6, arena, &err), "%s", err.text);
	cr_assert(contact_count(store, list, at("2026-11-26T00:00:00Z"), &engagement, &err), "%s", err.text);
	cr_expect_eq(engagement.joined_30_days, 1);
}

/* When somebody joined or left may be unknown. That is in no week, least of all in the present one. */
Test(leaving, without_a_date_is_in_no_week, .init = open_store, .fini = close_all) {
	struct membership rows[3];
	struct rows weeks;
	int64_t joined = 0, left = 0;
	for (int i = 0; i < 3; i++) {
		record_clear(&membership_record, &rows[i]);
		rows[i].list_id = list;
		rows[i].external = (struct external){ connection, arena_print(arena, "r%d", i) };
		rows[i].email = arena_print(arena, "p%d@example.org", i);
		rows[i].status = i == 2 ? CONTACT_UNSUBSCRIBED : CONTACT_SUBSCRIBED;
		rows[i].created_at = i == 0 ? MOMENT_NONE : at("2026-11-10T00:00:00Z");
	}
	cr_assert(contact_save_page(store, rows, 3, arena, &err), "%s", err.text);
	cr_assert(leaving_count_weeks(store, list, at("2026-11-26T00:00:00Z"), &err), "%s", err.text);
	cr_assert(list_find_weeks(store, list, arena, &weeks, &err), "%s", err.text);
	for (int i = 0; i < weeks.count; i++) {
		joined += ((const struct list_week *)weeks.items)[i].joined;
		left += ((const struct list_week *)weeks.items)[i].otherwise;
	}
	cr_expect(joined == 2 && left == 0, "%d %d", (int)joined, (int)left);
}
