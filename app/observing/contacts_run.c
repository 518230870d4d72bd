/* A contacts run: the contacts of each list, then who did what with each campaign, newest first. It runs in the
 * background and yields to figures runs. */
#include <string.h>

#include "audience/contacts/membership.h"
#include "audience/contacts/rollup.h"
#include "audience/customers/customer.h"
#include "audience/lists/list.h"
#include "campaigns/contact_report.h"
#include "core/base/checked.h"
#include "events/complaints.h"
#include "events/engagement.h"
#include "events/event.h"
#include "events/leaving.h"
#include "observing/emailoctopus.h"
#include "observing/list_reading.h"
#include "observing/raw.h"

enum { PAGE = 100, RUNS_ASKED = 100 };

static void events_url(const struct task *task, struct buf *url) {
	buf_text_add(url, "/campaigns/");
	url_encode(url, task->external.id);
	buf_print(url, "/reports?status=%s&limit=%d", task->word, PAGE);
}

static bool is_incomplete(const struct task *task) {
	return task->incomplete && *task->incomplete;
}

/* The whole report was read without a gap; or it is cut at the end of a page, as if there were no more: then it counts
 * only if it names as many as are known from it. */
static void note_read(struct work *work, const struct task *task, enum response response, bool cut,
                      const struct contact_reading *reading, struct error *err) {
	if (is_incomplete(task))
		return;
	bool is_short = cut && task->rows < reading->named, settles = false;
	if (!is_short)
		(void)STORED(work, err, contact_report_save(work->store, task->campaign, response, reading, &settles, err));
	if (cut && !settles)
		work_gap_cut(work, task);
}

/* A replay has single pages, of which it cannot tell how many rows came before. */
static bool read_events(struct arena *arena, const struct task *task, const struct http_answer *answer,
                        struct event_page *page, bool *cut, struct error *err) {
	*cut = false;
	return emailoctopus_events(arena, answer, task->word, page, err) &&
	       (task->work->replays || work_has_all(task, page->count + page->unread, PAGE, &page->next, cut, err));
}

static bool take_events(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	struct event_page page;
	struct contact_reading reading = { .counter = task->counter, .at = work->answered_at };
	int64_t added = 0;
	int type = 0;
	bool cut;
	ARENA_AUTO arena = arena_new();
	if (!read_events(arena, task, answer, &page, &cut, err))
		return false;
	(void)choice_find(&event_types, task->word, &type);
	for (int i = 0; i < page.count; i++) {
		struct event *event = &page.events[i];
		event->id = store_new_id(arena);
		event->campaign_id = task->id;
		event->type = (unsigned)type;
		event->run_id = work->run.id;
		event->seen_at = work->answered_at;
	}
	if (!work->repeated &&
	    !STORED(work, err,
	            engagement_save_events(work->store, task->external.connection_id, page.events, page.count,
	                                   !work->replays && !work->counts_late, arena, &added, err)))
		return true;
	work->run.events += added;
	task->rows += page.count + page.unread;
	work_gap_rows(work, task, page.unread);
	work_unreadable(work, task, &page.unreadable);
	if (!work_next_page(work, task, &page.next) || !work_is_last(&page.next))
		return true;
	if (STORED(work, err, event_save_growth(work->store, task->id, (enum event_type)type, task->since, &reading, err)))
		note_read(work, task, (enum response)type, cut, &reading, err);
	return true;
}

static bool events_are_news(const struct task *task, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct event_page page;
	bool cut;
	ARENA_AUTO arena = arena_new();
	return read_events(arena, task, answer, &page, &cut, &err);
}

/* A time in the future is none, until it has come. */
static bool events_pass(const struct task *task, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct event_page page;
	ARENA_AUTO arena = arena_new();
	return emailoctopus_events(arena, answer, task->word, &page, &err) && page.ahead > 0;
}

const struct task_kind events_kind = { .what = "report",
	                                   .url = events_url,
	                                   .take = take_events,
	                                   .counts = true,
	                                   .dates = true,
	                                   .kept_as = "events",
	                                   .is_news = events_are_news,
	                                   .passes = events_pass };

static void count_lists(struct work *work, const struct list_reading *readings, int count) {
	struct error err = ERROR_INIT;
	for (int i = 0; i < count && !work->stop; i++) {
		const char *id = readings[i].list.id;
		if (readings[i].is_gone)
			continue;
		struct list_engagement engagement;
		if (STORED(work, &err, contact_count(work->store, id, work->run.progress_at, &engagement, &err)))
			(void)STORED(work, &err, list_save_engagement(work->store, id, &engagement, &err));
		(void)STORED(work, &err, leaving_count_weeks(work->store, id, work->run.progress_at, &err));
		work_beat(work);
	}
	(void)STORED(work, &err, complaints_suppress(work->store, work->run.progress_at, &err));
	(void)STORED(work, &err, rollup_people(work->store, &err));
	(void)STORED(work, &err, customers_link(work->store, work->settings, work->run.id, &err));
}

static void plan_events(struct work *work, const struct campaign *campaign) {
	bool all = text_same(work->run.trigger, "full");
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		if (!contact_report_is_due(campaign, (enum response)type, all, work->run.started_at))
			continue;
		struct task *task = work_add(work, &events_kind);
		task->id = campaign->id;
		task->external = campaign->external;
		task->word = event_types.names[type];
		task->campaign = campaign;
		task->counter = campaign_counted(campaign, (enum response)type);
		task->incomplete = arena_new_of(work->arena, bool);
		task->since = campaign->sent_at;
	}
}

static void beat(void *context) {
	work_beat(context);
}

static bool find_reported(struct work *work, struct campaign **campaigns, int *count) {
	struct error err = ERROR_INIT;
	struct campaign_filter filter = CAMPAIGN_EVERY;
	filter.reported = filter.observed = true;
	*count = 0;
	return STORED(work, &err, campaign_select(work->store, &filter, work->arena, campaigns, count, &err));
}

static void plan_reports(struct work *work) {
	struct error err = ERROR_INIT;
	int renewed = 0, count;
	struct campaign *campaigns;
	if (!STORED(work, &err, event_renew_growths(work->store, beat, work, &renewed, &err)) ||
	    !find_reported(work, &campaigns, &count))
		return;
	for (int i = 0; i < count; i++)
		plan_events(work, &campaigns[i]);
}

/* Until one has come to its end: one that was given up has left people uncounted. */
static bool is_first(struct work *work) {
	struct error err = ERROR_INIT;
	struct sync_run *runs;
	int count;
	if (!STORED(work, &err, sync_recent(work->store, RUN_CONTACTS, RUNS_ASKED, work->arena, &runs, &count, &err)))
		return false;
	for (int i = 0; i < count; i++)
		if (runs[i].state == RUN_COMPLETE || runs[i].state == RUN_PARTIAL)
			return false;
	return true;
}

/* Of all reports, whenever they were read. */
static void count_lacking(struct work *work) {
	struct campaign *campaigns;
	int count;
	if (work->stop || !find_reported(work, &campaigns, &count))
		return;
	work->run.unnamed = work->run.undated = 0;
	for (int i = 0; i < count; i++)
		for (int type = 0; type < RESPONSE_COUNT; type++) {
			checked_add(&work->run.unnamed, contact_report_unnamed(&campaigns[i], (enum response)type));
			checked_add(&work->run.undated, contact_report_undated(&campaigns[i], (enum response)type));
		}
}

static void read_reports(struct work *work) {
	struct error err = ERROR_INIT;
	work->run.phase = "engagement";
	work->counts_late = is_first(work);
	plan_reports(work);
	work_save(work);
	work_drain(work);
	if (!work->stop && work->counts_late)
		(void)STORED(work, &err, engagement_renew_all(work->store, beat, work, &err));
}

void contacts_phases(struct work *work) {
	struct list_reading *readings;
	int count = 0;
	work->run.phase = "contacts";
	if (!list_readings_plan(work, &readings, &count))
		return;
	work_save(work);
	work_drain(work);
	list_readings_check(work, readings, count);
	work_drain(work);
	list_readings_end(work, readings, count);
	work_bump(work);
	if (work->stop)
		return;
	read_reports(work);
	count_lacking(work);
	count_lists(work, readings, count);
	work_bump(work);
}
