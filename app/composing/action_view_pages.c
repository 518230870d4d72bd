/* The buttons of an own campaign. */
#include "composing/action_view_pages.h"

#include "composing/addressees.h"
#include "segments/asked_pages.h"

/* "Send now to 1,234 contacts…" */
static const char *label_of(struct arena *arena, const struct campaign_action *action, const char *recipients) {
	const char *to = action->event == CAMPAIGN_SEND && recipients ? arena_print(arena, " to %s", recipients) : "";
	bool goes_on = action->question || action->event == CAMPAIGN_SCHEDULE;
	return arena_print(arena, "%s%s%s", action->label, to, goes_on ? "…" : "");
}

void action_put(struct exchange *x, struct value *view, const char *campaign_id, enum campaign_status status,
                const char *recipients, struct moment chosen, const char *words) {
	const struct campaign_action *actions[CAMPAIGN_ACTIONS_MAX];
	int count = campaign_actions(status, actions);
	struct value *all = value_put(view, "actions", value_map(x->arena));
	struct value *rows = value_put(all, "rows", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		const struct campaign_action *action = actions[i];
		bool ends = action->event == CAMPAIGN_CANCEL || action->event == CAMPAIGN_STOP;
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "label", label_of(x->arena, action, recipients));
		value_put_text(row, "does", action->does);
		value_put_text(row, "address", arena_print(x->arena, "/campaigns/%s/%s", campaign_id, action->word));
		value_put_bool(row, "asks", action->question || action->event == CAMPAIGN_SCHEDULE);
		value_put_bool(row, "primary", i == 0 && !ends);
		value_put_bool(row, "ends", ends);
	}
	value_put_bool(all, "can_test", status == CAMPAIGN_DRAFT || status == CAMPAIGN_SCHEDULED);
	value_put_bool(all, "any", count > 0);
	value_put_bool(all, "is_started",
	               status == CAMPAIGN_QUEUED || status == CAMPAIGN_SENDING || status == CAMPAIGN_PAUSED);
	value_put_text(all, "campaign_id", campaign_id);
	value_put_text(all, "scheduled_for",
	               status != CAMPAIGN_SCHEDULED || !moment_is_set(chosen) ? NULL
	               : words                                                ? words
	                                                                      : text_of_moment_zone(x->arena, chosen));
	value_put_bool(all, "is_late",
	               status == CAMPAIGN_SCHEDULED && moment_is_set(chosen) && x->now.ms - chosen.ms > HOUR_MS);
}

bool action_recipients(struct exchange *x, const struct composition *composition, const char **people,
                       struct error *err) {
	struct mailable_question question = asked_question(x);
	struct people_query query = { .clock = asked_clock(x), .patience_ms = PEOPLE_COUNT_MS };
	struct composing_known known;
	struct audience found;
	struct error broken = ERROR_INIT;
	*people = NULL;
	if (!known_read(x->store, x->arena, &known, err))
		return false;
	if (!addressees_rule(composition, &known, x->now, x->arena, &query.rule, &broken)) {
		*err = broken;
		return broken.kind == ERROR_INVALID;
	}
	question.list_id = addressees_list(composition);
	if (!query.rule)
		return true;
	if (!audience_count(x->store, &query, &question, x->arena, &found, err))
		return false;
	if (!found.progress.next)
		*people = text_of_counted(x->arena, found.counts[MAILABLE], "contact", "contacts");
	return true;
}
