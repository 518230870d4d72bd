/* The page of one list: figures, activity, history of counts, fields. */
#include "audience/lists/list_profile_pages.h"

#include <math.h>

#include "audience/lists/list_growth_pages.h"
#include "audience/lists/list_pages.h"
#include "audience/lists/week.h"
#include "core/base/checked.h"
#include "core/http/parts.h"
#include "metrics/share.h"

enum { COMPARED_DAYS = 90 };

/* "↑ 139"; NULL if unknown. */
static const char *arrow_text(struct arena *arena, int64_t change) {
	return change == COUNT_NONE ? NULL
	       : change == 0        ? "No change"
	                            : arena_print(arena, "%s %s", change > 0 ? "↑" : "↓",
	                                          text_of_count(arena, change > 0 ? change : -change));
}

static void put_subscribed(struct value *view, const struct list *list, const struct list_snapshot *history, int count,
                           struct moment now) {
	static const char *const tip[][2] = {
		{ "Counts", "People who may be emailed" },
		{ "Source", "EmailOctopus, at each sync; a person on two lists counts in both" },
		{ 0 },
	};
	struct arena *arena = view->arena;
	const struct list_counts *counts = &list->counts;
	const struct list_snapshot *before = list_counts_before(history, count, now, COMPARED_DAYS);
	const char *change = before ? arrow_text(arena, checked_difference(counts->subscribed, before->counts.subscribed))
	                            : NULL;
	part_stat(view, &(struct part_stat){
						.label = "Subscribed",
						.value = count_text(arena, counts->subscribed),
						.change = change,
						.change_rest = change ? arena_print(arena, "since %s",
	                                                        text_of_day_near(arena, before->snapshot_time, now))
	                                          : NULL,
						.note = change ? NULL : "First count",
						.usual = arena_print(arena, "of %s, %s unsubscribed", text_of_count(arena, list_total(counts)),
	                                         text_of_count(arena, counts->unsubscribed)),
						.tip = tip,
					});
}

/* One of the two directions. */
struct direction {
	const char *label, *sign;
	const struct flow_count *flow;
	bool up_is_good;
	const char *const (*tip)[2];
};

static void put_flow(struct value *view, const struct direction *direction) {
	struct arena *arena = view->arena;
	const struct flow_count *flow = direction->flow;
	const struct interval *usual = &flow->usual;
	double count = (double)flow->count;
	int64_t change = checked_difference(flow->count, flow->before);
	bool is_above = count > usual->high, is_outside = is_above || count < usual->low;
	const char *range = isnan(usual->low) ? NULL
	                                      : arena_print(arena, "%s %s–%s", is_outside ? "usual" : "Usual",
	                                                    text_of_count(arena, llround(usual->low)),
	                                                    text_of_count(arena, llround(usual->high)));
	part_stat(view, &(struct part_stat){
						.label = direction->label,
						.value = arena_print(arena, "%s%s", flow->count ? direction->sign : "",
	                                         text_of_count(arena, flow->count)),
						.change = arrow_text(arena, change),
						.change_kind = !flow->differs                          ? NULL
	                                   : (change > 0) == direction->up_is_good ? "good"
	                                                                           : "bad",
						.change_rest = flow->before == COUNT_NONE
	                                       ? NULL
	                                       : arena_print(arena, "vs %s", text_of_count(arena, flow->before)),
						.note = change == COUNT_NONE ? arena_print(arena, "in %d weeks", FLOW_WEEKS) : NULL,
						.verdict = is_outside ? is_above ? "Above" : "Below" : NULL,
						.verdict_kind = is_outside ? is_above == direction->up_is_good ? "good" : "bad" : NULL,
						.usual = range,
						.tip = direction->tip,
					});
}

static void put_flows(struct value *view, const struct list_flow *flow) {
	static const char *const joined_tip[][2] = {
		{ "Counts", "Contacts who joined in the newest 13 weeks, beside the 13 weeks before" },
		{ "Usual range", "95 % of spans of 13 weeks, foretold from the weeks of the year before" },
		{ 0 },
	};
	static const char *const left_tip[][2] = {
		{ "Counts",
		  "Contacts who unsubscribed, complained, bounced or left for an unknown cause in the newest 13 weeks" },
		{ "Usual range", "95 % of spans of 13 weeks, foretold from the weeks of the year before" },
		{ 0 },
	};
	put_flow(view, &(struct direction){ "Joined, 13 weeks", "+", &flow->joined, true, joined_tip });
	put_flow(view, &(struct direction){ "Left, 13 weeks", "−", &flow->left, false, left_tip });
}

/* What the people on all lists did; a person on two lists counts twice. */
static bool sum_engagements(struct exchange *x, struct list_engagement *sum, struct error *err) {
	struct list *lists;
	struct moment as_of;
	int count;
	*sum = (struct list_engagement){ 0 };
	if (!list_find_lists(x, &lists, &count, &as_of, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct list_engagement *one = &lists[i].engagement;
		if (!moment_is_set(one->counted_at))
			continue;
		checked_add(&sum->contacts, one->contacts);
		checked_add(&sum->opened, one->opened);
		checked_add(&sum->clicked, one->clicked);
		checked_add(&sum->never_opened, one->never_opened);
	}
	return true;
}

/* A share of the list's people, beside that of all lists. */
struct share {
	const char *label, *activity;
	int64_t part, all_part;
	const char *const (*tip)[2];
};

static void put_share(struct value *view, const struct list *list, const struct list_engagement *all,
                      const struct share *share) {
	struct arena *arena = view->arena;
	const char *address = arena_print(arena, "/contacts?list=%s&engagement=%s", list->id, share->activity);
	part_stat(view, &(struct part_stat){
						.label = share->label,
						.value = share_text(arena, share->part, list->engagement.contacts),
						.address = address,
						.change = text_of_counted(arena, share->part, "person", "people"),
						.change_rest = "to date",
						.usual = arena_print(arena, "All lists %s", share_text(arena, share->all_part, all->contacts)),
						.tip = share->tip,
					});
}

static void put_shares(struct value *view, const struct list *list, const struct list_engagement *all) {
	static const char *const clicked_tip[][2] = {
		{ "Formula", "Contacts who clicked in at least one campaign ÷ contacts of the list" },
		{ "Counts", "Any campaign, also one that EmailOctopus no longer has" },
		{ 0 },
	};
	static const char *const never_tip[][2] = {
		{ "Formula", "Contacts without an open ÷ contacts of the list" },
		{ "Counts", "Any campaign, also one that EmailOctopus no longer has" },
		{ "Caution", "Automated opens count as opens; contact reports that are not synced yet are missing" },
		{ 0 },
	};
	const struct list_engagement *one = &list->engagement;
	put_share(view, list, all, &(struct share){ "Ever clicked", "clicked", one->clicked, all->clicked, clicked_tip });
	put_share(view, list, all,
	          &(struct share){ "Never opened", "never", one->never_opened, all->never_opened, never_tip });
}

static void put_count(struct value *view, const char *label, const char *note, int64_t count, int64_t whole,
                      const char *const (*tip)[2]) {
	struct arena *arena = view->arena;
	part_stat(view, &(struct part_stat){
						.label = label,
						.value = count_text(arena, count),
						.note = note,
						.usual = arena_print(arena, "%s of the list", share_text(arena, count, whole)),
						.tip = tip,
					});
}

static void put_unsubscribed(struct value *view, const struct list_counts *counts) {
	static const char *const tip[][2] = {
		{ "Counts", "People whom EmailOctopus lists as unsubscribed, whatever the cause" },
		{ 0 },
	};
	put_count(view, "Unsubscribed", "to date", counts->unsubscribed, list_total(counts), tip);
}

static void put_pending(struct value *view, const struct list_counts *counts) {
	static const char *const tip[][2] = { { "Counts", "People who signed up and have not confirmed" }, { 0 } };
	put_count(view, "Pending", "Not confirmed yet", counts->pending, list_total(counts), tip);
}

/* The list's people by the age of their last click. Empty for counts made before it was counted. */
static void put_activity(struct value *view, const struct list *list) {
	const struct list_engagement *one = &list->engagement;
	struct value *rows = value_put(view, "activity", value_list(view->arena));
	int64_t dated = checked_sum(checked_sum(one->clicked_30_days, one->clicked_90_days),
	                            checked_sum(one->clicked_180_days, one->clicked_earlier));
	const struct {
		const char *label, *filter, *step;
		int64_t count;
	} ages[] = {
		{ "Within 30 days", "clicked-30", "q1", one->clicked_30_days },
		{ "31 to 90 days", "clicked-31-90", "q2", one->clicked_90_days },
		{ "91 to 180 days", "clicked-91-180", "q3", one->clicked_180_days },
		{ "Longer ago", "clicked-earlier", "q4", one->clicked_earlier },
		{ "Without a date", NULL, "q4", checked_difference(one->clicked, dated) },
		{ "Never clicked", "never-clicked", "q5", checked_difference(one->contacts, one->clicked) },
	};
	bool is_known = moment_is_set(one->counted_at) && one->clicked_30_days != COUNT_NONE && one->contacts > 0;
	for (size_t i = 0; is_known && i < sizeof ages / sizeof *ages; i++) {
		if (ages[i].count <= 0 && !ages[i].filter)
			continue;
		struct value *row = value_push(rows, value_map(view->arena));
		value_put_text(row, "label", ages[i].label);
		value_put_text(row, "filter", ages[i].filter);
		value_put_text(row, "step", ages[i].step);
		value_put_text(row, "width", part_width(view->arena, (double)ages[i].count, (double)one->contacts));
		value_put_text(row, "count", text_of_count(view->arena, ages[i].count));
		value_put_text(row, "share", share_text(view->arena, ages[i].count, one->contacts));
	}
	value_put_bool(view, "has_activity", rows->count > 0);
}

static const char *relative_change(struct arena *arena, int64_t now, int64_t before) {
	double percent = change_percent((double)now, (double)before);
	return isnan(percent) ? "–" : arena_print(arena, "%.1f\u00a0%%", percent);
}

/* The finding of the chart of subscribed contacts, in words; `history` is newest first. NULL if there is none. */
static const char *history_finding(struct arena *arena, const struct list_snapshot *history, int count) {
	if (count == 0)
		return NULL;
	int64_t first = history[count - 1].counts.subscribed, last = history[0].counts.subscribed;
	const char *since = text_of_day(arena, history[count - 1].snapshot_time);
	if (count == 1)
		return arena_print(arena, "%s when first synced, %s. The chart begins with the next change.",
		                   text_of_count(arena, last), since);
	return arena_print(arena, "From %s on %s to %s on %s: %s (%s).", text_of_count(arena, first), since,
	                   text_of_count(arena, last), text_of_day(arena, history[0].snapshot_time),
	                   text_of_change(arena, checked_difference(last, first)), relative_change(arena, last, first));
}

/* Oldest first, for the chart. */
static void put_history(struct value *view, const struct list_snapshot *history, int count) {
	struct value *rows = value_put(view, "history", value_list(view->arena));
	value_put_text(view, "history_finding", history_finding(view->arena, history, count));
	value_put_bool(view, "has_chart", count > 1);
	for (int i = count - 1; i >= 0; i--) {
		char time[MOMENT_TEXT];
		struct value *one = value_push(rows, value_map(view->arena));
		value_put_text(one, "iso", arena_copy(view->arena, moment_format(history[i].snapshot_time, time)));
		value_put_text(one, "time", text_of_moment(view->arena, history[i].snapshot_time));
		value_put_text(one, "subscribed", count_text(view->arena, history[i].counts.subscribed));
		value_put_text(one, "pending", count_text(view->arena, history[i].counts.pending));
		value_put_text(one, "unsubscribed", count_text(view->arena, history[i].counts.unsubscribed));
	}
}

/* "number" becomes "Number": the provider's words for people. */
static const char *capital(struct arena *arena, const char *word) {
	char *copy = arena_copy(arena, word ? word : "");
	text_capitalize(copy);
	return copy;
}

static void put_fields(struct value *view, const struct list *list) {
	struct value *fields = value_put(view, "fields", value_list(view->arena)),
				 *tags = value_put(view, "tags", value_list(view->arena));
	const struct list_field *items = list->fields.items;
	for (int i = 0; i < list->fields.count; i++) {
		struct value *row = value_push(fields, value_map(view->arena));
		value_put_text(row, "label", text_is_empty(items[i].label) ? items[i].tag : items[i].label);
		value_put_text(row, "tag", arena_print(view->arena, "{{%s}}", items[i].tag ? items[i].tag : ""));
		value_put_text(row, "type", capital(view->arena, items[i].type));
		value_put_text(row, "fallback",
		               text_is_empty(items[i].fallback) ? NULL : arena_print(view->arena, "“%s”", items[i].fallback));
	}
	for (int i = 0; i < list->tags.count; i++) {
		struct value *tag = value_push(tags, value_map(view->arena));
		value_put_text(tag, "name", list->tags.items[i]);
		value_put_text(tag, "query", url_encoded(view->arena, list->tags.items[i]));
	}
}

/* "1,204 opened at least once (63.1 %, all lists 60.0 %); 34 joined in 30 days." */
static const char *people_words(struct arena *arena, const struct list_engagement *one,
                                const struct list_engagement *all) {
	return arena_print(arena, "%s opened at least once (%s, all lists %s); %s joined in 30 days.",
	                   text_of_count(arena, one->opened), share_text(arena, one->opened, one->contacts),
	                   share_text(arena, all->opened, all->contacts), text_of_count(arena, one->joined_30_days));
}

/* The strip. Of a past moment the weeks are not known. */
static bool put_figures(struct exchange *x, struct value *view, const struct list *list, const struct list_flow *flow,
                        struct error *err) {
	struct list_engagement all;
	bool is_counted = moment_is_set(list->engagement.counted_at), has_flow = flow->joined.count != COUNT_NONE;
	if (has_flow)
		put_flows(view, flow);
	else
		put_unsubscribed(view, &list->counts);
	value_put_text(view, "counted", is_counted ? text_of_moment(x->arena, list->engagement.counted_at) : NULL);
	value_put_text(view, "many", arena_print(x->arena, "n%d", 3 + has_flow + 2 * is_counted));
	if (is_counted) {
		if (!sum_engagements(x, &all, err))
			return false;
		put_shares(view, list, &all);
		value_put_text(view, "people_words", people_words(x->arena, &list->engagement, &all));
	}
	put_pending(view, &list->counts);
	return true;
}

bool list_put_profile(struct exchange *x, struct value *view, const struct list *list, struct moment as_of,
                      struct error *err) {
	struct list_snapshot *history;
	struct list_flow flow;
	int count;
	if (!list_find_history(x, list, &history, &count, err) ||
	    !list_put_growth(x, view, list, moment_is_set(as_of), &flow, err))
		return false;
	put_subscribed(view, list, history, count, moment_is_set(as_of) ? as_of : x->now);
	if (!put_figures(x, view, list, &flow, err))
		return false;
	put_activity(view, list);
	put_history(view, history, count);
	put_fields(view, list);
	exchange_put_past(x, view, as_of);
	return true;
}
