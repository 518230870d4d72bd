/* The chart of emails a minute: from the snapshots that are taken while a campaign is sent (dispatch/figures.h). */
#include "live/speed_view_pages.h"

#include <math.h>
#include <string.h>

#include "campaigns/history.h"
#include "core/http/parts.h"
#include "dispatch/figures.h"

/* The newest hours of what takes longer. */
enum { SNAPSHOTS_MAX = 300 };

/* Opens make snapshots, too, for days after the last email. */
static bool read_known(struct exchange *x, const struct monitored *seen, struct sent_at *known, int *count,
                       struct error *err) {
	struct page page;
	struct moment until = moment_is_set(seen->progress.ended_at) ? moment_add(seen->progress.ended_at, FIGURES_EVERY_MS)
	                                                             : MOMENT_NONE;
	*count = 0;
	if (!campaign_find_snapshots(x->store, seen->campaign.id, until, true, NULL, SNAPSHOTS_MAX, x->arena, &page, err))
		return false;
	const struct snapshot *items = page.rows.items;
	for (int i = page.rows.count - 1; i >= 0; i--) {
		bool grows = *count == 0 || items[i].metrics.sent > known[*count - 1].sent;
		if (items[i].metrics.sent != COUNT_NONE && grows)
			known[(*count)++] = (struct sent_at){ items[i].snapshot_time, items[i].metrics.sent };
	}
	return true;
}

static const char *rate_text(struct arena *arena, double per_minute) {
	return per_minute > 0 && per_minute < 10 ? arena_print(arena, "%.1f", per_minute)
	                                         : text_of_count(arena, (int64_t)round(per_minute));
}

static const char *clock_of(struct exchange *x, struct moment at) {
	return text_after(text_of_moment_near(x->arena, at, x->now), "today, ");
}

static void put_rows(struct exchange *x, struct value *view, const struct speed *speed) {
	struct value *rows = value_put(view, "speed_rows", value_list(x->arena));
	for (int i = 0; i < speed->count; i++) {
		const struct speed_step *step = &speed->steps[i];
		struct value *row = value_push(rows, value_map(x->arena));
		const char *when = clock_of(x, step->from);
		value_put_text(row, "when", when);
		value_put_text(row, "tick", strrchr(when, ' ') ? strrchr(when, ' ') + 1 : when);
		value_put_text(row, "per_minute", rate_text(x->arena, step->per_minute));
		value_put_text(row, "sent", text_of_count(x->arena, (int64_t)round(step->sent)));
	}
}

/* Of what has ended before a chart could be drawn. */
static const char *short_words(struct arena *arena, const struct monitored *seen) {
	const struct progress *progress = &seen->progress;
	const int64_t took_ms = moment_is_set(progress->ended_at) && moment_is_set(seen->dispatch.started_at)
	                            ? progress->ended_at.ms - seen->dispatch.started_at.ms
	                            : 0;
	if (took_ms < SECOND_MS)
		return "Sent in less than two minutes: too short for a chart.";
	return arena_print(arena, "%s sent in %s, %s a minute on average: too short for a chart.",
	                   text_of_counted(arena, progress->accepted, "email", "emails"),
	                   text_of_counted(arena, took_ms / SECOND_MS, "second", "seconds"),
	                   rate_text(arena, (double)progress->accepted * MINUTE_MS / (double)took_ms));
}

static void put_words(struct exchange *x, struct value *view, const struct monitored *seen, const struct speed *speed) {
	struct arena *arena = x->arena;
	const struct speed_step *peak = speed_peak(speed);
	bool ended = campaign_is_final((enum campaign_status)seen->campaign.status);
	double sent = 0;
	if (!peak) {
		value_put_text(view, "speed_finding",
		               ended ? short_words(arena, seen) : "A chart is drawn after two minutes of sending.");
		value_put_text(view, "speed_span", NULL);
		return;
	}
	for (int i = 0; i < speed->count; i++)
		sent += speed->steps[i].sent;
	double minutes = (double)(speed->end.ms - speed->steps[0].from.ms) / MINUTE_MS;
	value_put_text(view, "speed_span",
	               arena_print(arena, "%s to %s, a bar %s", clock_of(x, speed->steps[0].from), clock_of(x, speed->end),
	                           speed->step_ms == MINUTE_MS ? "a minute"
	                                                       : arena_print(arena, "for %lld\u00a0minutes",
	                                                                     (long long)(speed->step_ms / MINUTE_MS))));
	value_put_text(view, "speed_finding",
	               arena_print(arena, "%s a minute on average, at most %s from %s.", rate_text(arena, sent / minutes),
	                           rate_text(arena, peak->per_minute), clock_of(x, peak->from)));
}

/* Emails a minute that the connection takes; COUNT_NONE: as many as it can. */
static int64_t limit_of(const struct connection_limits *limits) {
	int64_t by_second = limits->per_second > 0 ? limits->per_second * 60 : COUNT_NONE;
	int64_t by_minute = limits->per_minute > 0 ? limits->per_minute : COUNT_NONE;
	if (by_second == COUNT_NONE || by_minute == COUNT_NONE)
		return by_second == COUNT_NONE ? by_minute : by_second;
	return by_second < by_minute ? by_second : by_minute;
}

/* The limit that holds is the lower one of the campaign's, which the form below changes, and the connection's. */
static void put_limit(struct value *view, const struct monitored *seen, const struct connection *through) {
	int64_t own = seen->dispatch.rate != COUNT_NONE ? seen->dispatch.rate : seen->dispatch.said.send_rate_limit_emails;
	int64_t theirs = through ? limit_of(&through->limits) : COUNT_NONE;
	bool has_own = own != COUNT_NONE && own > 0, by_theirs = theirs != COUNT_NONE && (!has_own || theirs < own);
	const char *text = text_of_count(view->arena, by_theirs ? theirs : own);
	value_put_text(view, "limit", has_own ? arena_print(view->arena, "%lld", (long long)own) : NULL);
	value_put_bool(view, "is_limited", has_own || by_theirs);
	value_put_text(view, "limit_text", text);
	value_put_text(view, "limit_words",
	               has_own || by_theirs ? arena_print(view->arena, "At most %s emails a minute now", text)
	                                    : "As fast as the connection allows");
}

bool speed_read(struct exchange *x, const struct monitored *seen, struct speed *speed, struct error *err) {
	struct sent_at *known = arena_array(x->arena, struct sent_at, SNAPSHOTS_MAX);
	int count;
	if (!read_known(x, seen, known, &count, err))
		return false;
	*speed = speed_of(seen->dispatch.started_at, known, count);
	return true;
}

void speed_put(struct exchange *x, struct value *view, const struct monitored *seen, const struct speed *speed,
               const struct connection *through) {
	value_put_bool(view, "has_speed", speed->count > 0);
	put_rows(x, view, speed);
	put_words(x, view, seen, speed);
	put_limit(view, seen, through);
}
