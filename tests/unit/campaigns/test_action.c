/* The table of actions and the status machine say the same. */
#include <criterion/criterion.h>
#include <string.h>

#include "campaigns/action.h"

static bool is_offered(enum campaign_status status, enum campaign_event event) {
	const struct campaign_action *actions[CAMPAIGN_ACTIONS_MAX];
	int count = campaign_actions(status, actions);
	for (int i = 0; i < count; i++)
		if (actions[i]->event == event)
			return true;
	return false;
}

/* What happens by itself, or is done by making a duplicate. */
static bool is_nobodys(enum campaign_event event) {
	return event == CAMPAIGN_BEGIN || event == CAMPAIGN_END || event == CAMPAIGN_FAIL || event == CAMPAIGN_REVISE;
}

Test(action, every_event_of_people_has_a_row_and_no_other_has) {
	for (int event = 0; event < CAMPAIGN_EVENT_COUNT; event++) {
		const struct campaign_action *row = campaign_action((enum campaign_event)event);
		cr_expect_eq(row == NULL, is_nobodys((enum campaign_event)event), "%s", campaign_events.names[event]);
		cr_expect(!row || strcmp(row->word, campaign_events.names[event]) == 0);
		cr_expect(!row || (row->question == NULL) == (row->button == NULL));
	}
}

/* In no state is anything offered that would be refused, and whatever state can be reached by a person can be so by a
 * button. */
Test(action, offers_exactly_what_the_state_allows) {
	for (int status = 0; status < CAMPAIGN_STATUS_COUNT; status++) {
		for (int event = 0; event < CAMPAIGN_EVENT_COUNT; event++) {
			enum campaign_status next = CAMPAIGN_UNKNOWN, cancelled = CAMPAIGN_UNKNOWN;
			bool allowed = campaign_next((enum campaign_status)status, (enum campaign_event)event, &next);
			bool offered = is_offered((enum campaign_status)status, (enum campaign_event)event);
			cr_expect(allowed || !offered, "%s of %s", campaign_events.names[event], campaign_statuses.names[status]);
			if (!allowed || offered || is_nobodys((enum campaign_event)event))
				continue;
			cr_expect(event == CAMPAIGN_STOP);
			cr_expect(campaign_next((enum campaign_status)status, CAMPAIGN_CANCEL, &cancelled) && cancelled == next);
		}
	}
}

Test(action, nothing_can_be_done_with_what_is_over) {
	const struct campaign_action *actions[CAMPAIGN_ACTIONS_MAX];
	for (int status = 0; status < CAMPAIGN_STATUS_COUNT; status++)
		cr_expect(!campaign_is_final((enum campaign_status)status) ||
		          campaign_actions((enum campaign_status)status, actions) == 0);
}

/* What leads to a state from which nothing leads back asks first, and so does what cannot be taken back. */
Test(action, asks_before_what_cannot_be_undone) {
	for (int event = 0; event < CAMPAIGN_EVENT_COUNT; event++) {
		const struct campaign_action *row = campaign_action((enum campaign_event)event);
		for (int status = 0; row && status < CAMPAIGN_STATUS_COUNT; status++) {
			enum campaign_status next;
			if (campaign_next((enum campaign_status)status, row->event, &next) &&
			    (campaign_is_final(next) || next == CAMPAIGN_QUEUED))
				cr_expect(row->question, "%s", row->word);
		}
	}
}
