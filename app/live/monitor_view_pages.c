/* The data of the monitor. */
#include <math.h>

#include "audience/lists/list.h"
#include "composing/action_view_pages.h"
#include "composing/own_hour.h"
#include "core/http/parts.h"
#include "dispatch/answers.h"
#include "dispatch/log.h"
#include "dispatch/reasons.h"
#include "live/monitor.h"
#include "live/monitor_view_pages.h"
#include "live/quota_view_pages.h"
#include "live/speed_view_pages.h"
#include "metrics/metrics.h"
#include "metrics/share.h"
#include "sending/refusal.h"

enum { LOG_SHOWN = 12 };

static void put_count(struct value *view, const char *name, int64_t count) {
	value_put_text(view, name, text_of_count(view->arena, count));
}

static const char *percent_of(struct arena *arena, int64_t part, int64_t whole) {
	double percent = share_percent(part, whole);
	return isnan(percent) ? NULL : arena_print(arena, "%.2f\u00a0%%", percent);
}

static const char *rate_of(struct arena *arena, enum metric metric, int64_t part, int64_t whole) {
	return whole > 0 ? metric_text(arena, metric, share_percent(part, whole)) : NULL;
}

static void put_bar(struct value *view, const struct progress *progress) {
	struct arena *arena = view->arena;
	int64_t total = progress_total(progress), lost = progress->failed + progress->uncertain;
	int64_t skipped = progress->suppressed + progress->cancelled;
	put_count(view, "sent_count", progress->accepted);
	put_count(view, "total_count", total);
	value_put_text(view, "percent", arena_print(arena, "%.1f\u00a0%%", progress->percent));
	value_put_text(view, "percent_now", arena_print(arena, "%.0f", progress->percent));
	value_put_text(view, "sent_width", part_width(arena, (double)progress->accepted, (double)total));
	value_put_text(view, "lost_width", lost ? part_width(arena, (double)lost, (double)total) : NULL);
	value_put_text(view, "skipped_width", skipped ? part_width(arena, (double)skipped, (double)total) : NULL);
	put_count(view, "failed", progress->failed);
	put_count(view, "skipped", skipped);
	put_count(view, "left", progress_left(progress));
	value_put_bool(view, "is_written", progress->total != COUNT_NONE);
	value_put_text(view, "writing",
	               campaign_is_final((enum campaign_status)progress->status)
	                   ? "stopped before its recipients were listed"
	                   : "recipients are being listed");
}

/* Of today only the time: it is shown large. */
static const char *end_text(struct exchange *x, struct moment at) {
	return text_after(text_of_moment_near(x->arena, at, x->now), "today, ");
}

/* "10:51 to 10:55": at its mean speed and at that of the last minutes; NULL if that is the same minute. */
static const char *end_range(struct exchange *x, const struct progress *progress, const struct speed *speed,
                             const struct pace_so_far *pace) {
	double recent = speed_recent(speed);
	if (!moment_is_set(pace->end_at) || isnan(recent) || recent <= 0)
		return NULL;
	struct moment other = moment_add(x->now, (int64_t)((double)progress_left(progress) / recent * MINUTE_MS));
	bool is_later = other.ms > pace->end_at.ms;
	const char *from = end_text(x, is_later ? pace->end_at : other), *to = end_text(x, is_later ? other : pace->end_at);
	return text_same(from, to) ? NULL : arena_print(x->arena, "%s to %s", from, to);
}

/* When the others get it whose hour has not come. */
static void put_hours(struct exchange *x, struct value *view, const struct monitored *seen) {
	const struct block_hours *hours = &seen->hours;
	if (!moment_is_set(hours->next)) {
		value_put_text(view, "hours", NULL);
		return;
	}
	const char *last = hours->last.ms == hours->next.ms
	                       ? "the last ones"
	                       : arena_print(x->arena, "last %s", text_of_moment_near(x->arena, hours->last, x->now));
	value_put_text(view, "hours",
	               arena_print(x->arena, "Goes out at %s where each contact lives: next %s to %s, %s",
	                           own_hour_words(seen->dispatch.own_hour, x->arena),
	                           text_of_moment_near(x->arena, hours->next, x->now),
	                           text_of_counted(x->arena, hours->next_people, "contact", "contacts"), last));
}

/* At the speed so far, and not before the last hour has come. */
static struct pace_so_far pace_of(const struct monitored *seen, struct moment now) {
	struct pace_so_far pace = pace_so_far(&seen->progress, now);
	if (moment_is_set(pace.end_at) && seen->hours.last.ms > pace.end_at.ms)
		pace.end_at = seen->hours.last;
	return pace;
}

static void put_pace(struct exchange *x, struct value *view, const struct monitored *seen, const struct speed *speeds) {
	const struct progress *progress = &seen->progress;
	static const char *const end_tip[][2] = { { "Formula", "Emails to go ÷ mean speed since the start" },
		                                      { "Range", "The same with the speed of the last 5 minutes" },
		                                      { "Counts", "Pauses and retries as time, so it may end earlier" },
		                                      { 0 } };
	static const char *const speed_tip[][2] = {
		{ "Formula", "Accepted, failed and uncertain emails ÷ minutes since the start" }, { 0 }
	};
	struct arena *arena = x->arena;
	struct pace_so_far pace = pace_of(seen, x->now);
	bool ended = moment_is_set(progress->ended_at), ends = moment_is_set(pace.end_at);
	const char *unknown = ended                                    ? "It has ended"
	                      : progress->status == CAMPAIGN_PAUSED    ? "Not while it is paused"
	                      : progress->status == CAMPAIGN_CANCELLED ? "It was stopped"
	                                                               : "Known after a minute of sending";
	const struct part_stat end = {
		.label = ended ? "Ended" : "Estimated finish",
		.value = ended || ends ? end_text(x, ended ? progress->ended_at : pace.end_at) : "–",
		.change = ended                             ? NULL
		          : moment_is_set(seen->hours.last) ? NULL
		                                            : end_range(x, progress, speeds, &pace),
		.note = ended  ? NULL
		        : ends ? "If it goes on like this"
		               : unknown,
		.tip = end_tip,
	};
	const struct part_stat speed = {
		.label = "Mean speed",
		.value = isnan(pace.per_minute) ? "–"
		                                : arena_print(arena, pace.per_minute < 10 ? "%.1f" : "%.0f", pace.per_minute),
		.note = isnan(pace.per_minute) ? unknown : "emails a minute since the start",
		.tip = speed_tip,
	};
	part_stat(view, &end);
	part_stat(view, &speed);
}

/* What came back so far: it goes on for days after the last email. */
static bool put_answers(struct exchange *x, struct value *view, const struct progress *progress, struct error *err) {
	static const char *const opened_tip[][2] = {
		{ "Counts", "People who opened it or clicked in it, each once; privacy proxies and machines are left out" },
		{ "Share", "Of the emails that servers have accepted so far" },
		{ 0 }
	};
	static const char *const clicked_tip[][2] = { { "Counts", "People who followed a link, each once; no machines" },
		                                          { "Share", "Of the emails that servers have accepted so far" },
		                                          { 0 } };
	struct answers answers;
	bool found;
	if (!answers_find(x->store, progress->id, x->arena, &answers, &found, err))
		return false;
	const struct part_stat stats[] = {
		{ .label = "Opened",
		  .value = text_of_count(x->arena, answers.opened),
		  .change = rate_of(x->arena, METRIC_OPEN_RATE, answers.opened, progress->accepted),
		  .change_rest = "of sent so far",
		  .tip = opened_tip },
		{ .label = "Clicked",
		  .value = text_of_count(x->arena, answers.clicked),
		  .change = rate_of(x->arena, METRIC_CLICK_RATE, answers.clicked, progress->accepted),
		  .change_rest = "of sent so far",
		  .tip = clicked_tip },
	};
	for (size_t i = 0; i < sizeof stats / sizeof *stats; i++)
		part_stat(view, &stats[i]);
	return true;
}

static void put_stats(struct exchange *x, struct value *view, const struct monitored *seen, const struct speed *speed) {
	const struct progress *progress = &seen->progress;
	static const char *const failed_tip[][2] = { { "Counts", "Emails that were refused for good, or given up" },
		                                         { 0 } };
	static const char *const waits_tip[][2] = {
		{ "Counts", "Emails that a server refused for now; they are tried again by themselves" }, { 0 }
	};
	static const char *const uncertain_tip[][2] = {
		{ "Means", "Handed over, but the connection or our program ended before the server’s answer" },
		{ "Then", "Most such emails arrived; none is sent again by itself, so nobody gets two" },
		{ 0 }
	};
	static const char *const skipped_tip[][2] = {
		{ "Counts", "Recipients who unsubscribed, were suppressed or erased after the start, or when it was stopped" },
		{ 0 }
	};
	struct arena *arena = x->arena;
	int64_t tried = progress->accepted + progress->failed + progress->uncertain;
	const struct part_stat rest[] = {
		{ .label = "Failed",
		  .value = text_of_count(arena, progress->failed),
		  .change = percent_of(arena, progress->failed, tried),
		  .change_rest = "of tried",
		  .tip = failed_tip },
		{ .label = "Retrying",
		  .value = text_of_count(arena, progress->deferred),
		  .note = "refused for now",
		  .tip = waits_tip },
		{ .label = "Uncertain",
		  .value = text_of_count(arena, progress->uncertain),
		  .change = percent_of(arena, progress->uncertain, tried),
		  .change_rest = "of tried",
		  .tip = uncertain_tip },
		{ .label = "Skipped",
		  .value = text_of_count(arena, progress->suppressed + progress->cancelled),
		  .note = progress->cancelled ? "suppressed or stopped" : "suppressed since the start",
		  .tip = skipped_tip },
	};
	put_pace(x, view, seen, speed);
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
		part_stat(view, &rest[i]);
}

static void put_failure(struct value *rows, const char *words, int64_t count, int64_t most) {
	struct value *row = value_push(rows, value_map(rows->arena));
	char *name = arena_copy(rows->arena, words);
	text_capitalize(name);
	value_put_text(row, "name", name);
	put_count(row, "count", count);
	value_put_text(row, "width", part_width(rows->arena, (double)count, (double)most));
}

static bool put_failures(struct exchange *x, struct value *view, const struct monitored *seen, struct error *err) {
	struct value *rows = value_put(view, "failures", value_list(x->arena));
	struct rows counts;
	if (!failures_by_reason(x->store, seen->campaign.id, x->arena, &counts, err))
		return false;
	const struct failure_count *items = counts.items;
	int64_t rest = seen->progress.failed, most = counts.count ? items[0].count : 1;
	for (int i = 0; i < counts.count; i++) {
		bool known = items[i].reason > REFUSAL_NONE && items[i].reason < REFUSAL_CLASS_COUNT;
		put_failure(rows, known ? refusal_rule((enum refusal_class)items[i].reason)->words : "no reason given",
		            items[i].count, most);
		rest -= items[i].count;
	}
	if (rest > 0)
		put_failure(rows, "reason not counted yet", rest, most);
	value_put_bool(view, "has_failures", counts.count > 0 || rest > 0);
	return true;
}

static void put_left_out(struct value *view, const struct progress *progress) {
	struct value *rows = value_put(view, "left_out", value_list(view->arena));
	struct left_out left_out = progress->left_out;
	int64_t sum = 0;
	for (int reason = MAILABLE + 1; reason < MAILABLE_COUNT; reason++) {
		int64_t count = *left_out_of(&left_out, (enum mailable)reason);
		if (count <= 0)
			continue;
		struct value *row = value_push(rows, value_map(view->arena));
		value_put_text(row, "label", mailable_labels[reason]);
		put_count(row, "count", count);
		sum += count;
	}
	value_put_bool(view, "has_left_out", sum > 0);
	put_count(view, "left_out_sum", sum);
}

/* Why it was paused by itself: the newest warning, until somebody resumes it. */
static void put_held(struct value *view, const struct monitored *seen, const struct campaign_log *log, int count) {
	bool held = seen->campaign.status == CAMPAIGN_PAUSED && moment_is_set(seen->dispatch.held_at);
	int i = 0;
	while (held && i < count && log[i].level != CAMPAIGN_LOG_WARNING)
		i++;
	value_put_text(view, "held", held && i < count ? log[i].text : NULL);
}

static bool put_log(struct exchange *x, struct value *view, const struct monitored *seen, struct error *err) {
	static const char *const labels[CAMPAIGN_LOG_LEVEL_COUNT] = { "Note", "Warning", "Error" };
	static const char *const classes[CAMPAIGN_LOG_LEVEL_COUNT] = { "ok", "paused", "failed" };
	struct value *rows = value_put(view, "log", value_list(x->arena));
	struct page page;
	if (!campaign_log_page(x->store, seen->campaign.id, NULL, LOG_SHOWN, x->arena, &page, err))
		return false;
	const struct campaign_log *items = page.rows.items;
	for (int i = 0; i < page.rows.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "when", text_of_moment_near(x->arena, items[i].at, x->now));
		value_put_text(row, "label", labels[items[i].level]);
		value_put_text(row, "class", classes[items[i].level]);
		value_put_text(row, "text", items[i].text);
		value_put_text(row, "by", items[i].by ? text_of_author(x->arena, items[i].by) : NULL);
	}
	value_put_bool(view, "has_log", page.rows.count > 0);
	put_held(view, seen, items, page.rows.count);
	return true;
}

/* Once it is sent: rates of what was counted so far. */
static void put_completion(struct value *view, const struct monitored *seen) {
	static const struct {
		const char *label;
		enum metric metric;
	} rates[] = { { "Open Rate", METRIC_OPEN_RATE },
		          { "Click Rate", METRIC_CLICK_RATE },
		          { "Bounce Rate", METRIC_BOUNCE_RATE },
		          { "Unsubscribe Rate", METRIC_UNSUBSCRIBE_RATE } };
	if (seen->campaign.status != CAMPAIGN_SENT) {
		value_put_text(view, "completed", NULL);
		return;
	}
	struct value *completed = value_put(view, "completed", value_map(view->arena));
	struct value *rows = value_put(completed, "rates", value_list(view->arena));
	struct metrics metrics = progress_metrics(&seen->campaign, &seen->progress);
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		struct value *row = value_push(rows, value_map(view->arena));
		value_put_text(row, "label", rates[i].label);
		value_put_text(row, "value",
		               metric_text(view->arena, rates[i].metric, metrics_rate(&metrics, rates[i].metric)));
	}
}

static void put_head(struct exchange *x, struct value *view, const struct monitored *seen) {
	const struct campaign *campaign = &seen->campaign;
	const struct dispatch *dispatch = &seen->dispatch;
	const char *subject = campaign->subject;
	value_put_text(view, "id", campaign->id);
	value_put_text(view, "campaign_name", campaign_name(campaign));
	value_put_text(view, "subject", text_is_empty(subject) ? NULL : subject);
	value_put_text(view, "status", choice_name(&campaign_statuses, (int)campaign->status));
	value_put_text(view, "status_label", campaign_status_labels[campaign->status]);
	value_put_text(view, "started",
	               arena_print(x->arena, "started %s %s", text_of_moment_near(x->arena, dispatch->started_at, x->now),
	                           text_of_author(x->arena, dispatch->started_by)));
	value_put_text(view, "updated", text_of_moment_near(x->arena, x->now, x->now));
	value_put_bool(view, "is_live", !campaign_is_final((enum campaign_status)campaign->status));
}

/* "Newsletter, Members and 2 more"; NULL: it goes to no list, or to none that is there any more. */
static bool put_lists(struct exchange *x, struct value *view, const struct campaign *campaign, struct error *err) {
	enum { NAMED = 2 };
	struct strings names = { arena_array(x->arena, const char *, NAMED), 0 };
	for (int i = 0; i < campaign->list_ids.count && names.count < NAMED; i++) {
		struct list list;
		bool found;
		if (!list_find(x->store, campaign->list_ids.items[i], x->arena, &list, &found, err))
			return false;
		if (found && !text_is_empty(list.name))
			names.items[names.count++] = list.name;
	}
	const char *named = strings_join(x->arena, &names, ", ");
	int more = campaign->list_ids.count - names.count;
	value_put_text(view, "lists",
	               !names.count ? NULL
	               : more > 0   ? arena_print(x->arena, "%s and %d more", named, more)
	                            : named);
	return true;
}

bool monitor_view(struct exchange *x, const struct monitored *seen, struct value *view, struct error *err) {
	const struct connection *through;
	struct speed speed;
	put_head(x, view, seen);
	if (!quota_connection(x, &seen->dispatch, &through, err) || !speed_read(x, seen, &speed, err) ||
	    !put_lists(x, view, &seen->campaign, err))
		return false;
	put_bar(view, &seen->progress);
	put_stats(x, view, seen, &speed);
	put_hours(x, view, seen);
	if (!put_answers(x, view, &seen->progress, err))
		return false;
	put_left_out(view, &seen->progress);
	put_completion(view, seen);
	action_put(x, view, seen->campaign.id, (enum campaign_status)seen->campaign.status, NULL, MOMENT_NONE, NULL);
	speed_put(x, view, seen, &speed, through);
	return quota_put(x, view, seen, through, err) && put_failures(x, view, seen, err) && put_log(x, view, seen, err);
}
