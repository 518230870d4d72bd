/* Counting whom campaigns headcount. */
#include "composing/headcount.h"

#include "composing/addressees.h"

enum { LISTS_COUNTED = 8 };

/* People of a rule within what is left of the time; COUNT_NONE if it was too short. */
static bool count_people(struct store *store, const struct headcount_query *query, const struct rule *rule,
                         int64_t until, struct arena *arena, int64_t *people, struct error *err) {
	struct people_query asked = { .rule = rule, .clock = query->clock };
	struct people_count count;
	int64_t left = until - monotonic_ms();
	*people = COUNT_NONE;
	if (left <= 0)
		return true;
	asked.patience_ms = (int)left;
	if (!people_count(store, &asked, arena, &count, err))
		return false;
	*people = count.progress.next ? COUNT_NONE : count.people;
	return true;
}

static bool is_only_lists(const struct composition *composition) {
	return composition->list_ids.count >= 2 && composition->list_ids.count <= LISTS_COUNTED && !composition->rule &&
	       !composition->target_segments.count && !composition->recipients.count;
}

static bool count_members(struct store *store, const struct headcount_query *query, int64_t until, struct arena *arena,
                          int64_t *members, struct error *err) {
	struct composition alone = *query->composition;
	int64_t sum = 0, people = 0;
	*members = COUNT_NONE;
	if (!is_only_lists(query->composition))
		return true;
	alone.exclude = (struct exclusion){ .days = COUNT_NONE };
	for (int i = 0; i < query->composition->list_ids.count && people != COUNT_NONE; i++) {
		const struct rule *rule;
		alone.list_ids = (struct strings){ &query->composition->list_ids.items[i], 1 };
		if (!addressees_rule(&alone, query->known, query->now, arena, &rule, err) ||
		    !count_people(store, query, rule, until, arena, &people, err))
			return false;
		sum += people == COUNT_NONE ? 0 : people;
	}
	*members = people == COUNT_NONE ? COUNT_NONE : sum;
	return true;
}

static bool count_unexcluded(struct store *store, const struct headcount_query *query, int64_t until,
                             struct arena *arena, int64_t *people, struct error *err) {
	struct composition alone = *query->composition;
	const struct exclusion *exclude = &query->composition->exclude;
	const struct rule *rule;
	*people = COUNT_NONE;
	if (exclude->list_ids.count == 0 && exclude->segments.count == 0 && exclude->days == COUNT_NONE)
		return true;
	alone.exclude = (struct exclusion){ .days = COUNT_NONE };
	return addressees_rule(&alone, query->known, query->now, arena, &rule, err) &&
	       count_people(store, query, rule, until, arena, people, err);
}

bool headcount_read(struct store *store, const struct headcount_query *query, struct arena *arena,
                    struct headcount *headcount, struct error *err) {
	struct people_query people = { .rule = query->rule, .clock = query->clock, .patience_ms = query->patience_ms };
	struct mailable_question question = query->question;
	int64_t until = monotonic_ms() + query->patience_ms;
	question.list_id = addressees_list(query->composition);
	if (!audience_count(store, &people, &question, arena, &headcount->found, err) ||
	    !count_members(store, query, until, arena, &headcount->members, err) ||
	    !count_unexcluded(store, query, until, arena, &headcount->unexcluded, err))
		return false;
	headcount->recipients = headcount->found.progress.next ? COUNT_NONE : headcount->found.counts[MAILABLE];
	return true;
}
