/* A contacts run: the contacts of each list, then who did what with each campaign, newest first. It runs in the
 * background and yields to figures runs. */
#include <string.h>

#include "audience/contacts/membership.h"
#include "audience/contacts/rollup.h"
#include "audience/customers/customer.h"
#include "audience/lists/list.h"
#include "campaigns/growth.h"
#include "core/base/lease.h"
#include "events/engagement.h"
#include "events/event.h"
#include "events/leaving.h"
#include "observing/emailoctopus.h"
#include "observing/list_reading.h"
#include "observing/raw.h"

enum { PAGE = 100 };

static void events_url(const struct task *task, struct buf *url) {
	buf_text_add(url, "/campaigns/");
	url_encode(url, task->external.id);
	buf_print(url, "/reports?status=%s&limit=%d", task->word, PAGE);
}

static bool is_incomplete(const struct task *task) {
	return task->incomplete && *task->incomplete;
}

static bool take_events(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	struct event_page page;
	int64_t added = 0;
	int type = 0;
	ARENA_AUTO arena = arena_new();
	if (!emailoctopus_events(arena, answer, &page, err))
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
	if (!work->repeated && !STORED(work, err,
	                               engagement_save_events(work->store, task->external.connection_id, page.events,
	                                                      page.count, !work->replays, arena, &added, err)))
		return true;
	work->run.events += added;
	work_gap_rows(work, task, page.unread);
	work_unreadable(work, task, &page.unreadable);
	if (!work_next_page(work, task, &page.next) || !work_is_last(&page.next))
		return true;
	if (STORED(work, err,
	           event_save_growth(work->store, task->id, (enum event_type)type, task->since, work->answered_at, err)) &&
	    !is_incomplete(task))
		(void)STORED(work, err, campaign_save_engagement(work->store, task->id, task->word, task->counter, err));
	return true;
}

static bool events_are_news(const struct task *task, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct event_page page;
	ARENA_AUTO arena = arena_new();
	(void)task;
	return emailoctopus_events(arena, answer, &page, &err);
}

const struct task_kind events_kind = { .what = "report",
	                                   .url = events_url,
	                                   .take = take_events,
	                                   .counts = true,
	                                   .dates = true,
	                                   .kept_as = "events",
	                                   .is_news = events_are_news };

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
	(void)STORED(work, &err, rollup_tags(work->store, work->run.id, &err));
	(void)STORED(work, &err, rollup_domains(work->store, work->run.id, &err));
	(void)STORED(work, &err, customers_link(work->store, work->settings, work->run.id, &err));
}

/* Plans the reports whose counter in the summary differs from when they were last read. */
static void plan_events(struct work *work, const struct campaign *campaign) {
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		int64_t counted = campaign_counted(campaign, (enum response)type),
				read = campaign_count_read(campaign, (enum response)type);
		if (counted == COUNT_NONE || counted == read || (counted == 0 && read == COUNT_NONE))
			continue;
		struct task *task = work_add(work, &events_kind);
		task->id = campaign->id;
		task->external = campaign->external;
		task->word = event_types.names[type];
		task->counter = counted;
		task->incomplete = arena_new_of(work->arena, bool);
		task->since = campaign->sent_at;
	}
}

static bool has_growth(const struct growth_head *heads, int count, const struct campaign *campaign) {
	for (int i = 0; i < count; i++)
		if (text_same(heads[i].campaign_id, campaign->id))
			return moment_is_set(heads[i].since) == moment_is_set(campaign->sent_at) &&
			       (!moment_is_set(campaign->sent_at) || heads[i].since.ms == campaign->sent_at.ms);
	return false;
}

static bool was_read(const struct campaign *campaign) {
	bool any = false;
	for (int type = 0; type < EVENT_TYPE_COUNT; type++)
		any = any || campaign_count_read(campaign, (enum response)type) != COUNT_NONE;
	return any;
}

/* Counts anew what was read by a version that counted otherwise, or before the provider told another sending time. */
static void renew_growths(struct work *work, const struct campaign *campaigns, int count) {
	struct error err = ERROR_INIT;
	struct growth_head *heads;
	int known = 0;
	if (!STORED(work, &err, growth_heads(work->store, work->arena, &heads, &known, &err)))
		return;
	for (int i = 0; i < count && !work->stop; i++) {
		if (!was_read(&campaigns[i]) || has_growth(heads, known, &campaigns[i]))
			continue;
		for (int type = 0; type < EVENT_TYPE_COUNT; type++)
			if (campaign_count_read(&campaigns[i], (enum response)type) != COUNT_NONE)
				(void)STORED(work, &err,
				             event_save_growth(work->store, campaigns[i].id, (enum event_type)type,
				                               campaigns[i].sent_at, MOMENT_NONE, &err));
		work_beat(work);
	}
}

static void plan_reports(struct work *work) {
	struct error err = ERROR_INIT;
	struct campaign *campaigns;
	struct campaign_filter filter = CAMPAIGN_EVERY;
	int count = 0;
	filter.reported = true;
	if (!STORED(work, &err, campaign_select(work->store, &filter, work->arena, &campaigns, &count, &err)))
		return;
	renew_growths(work, campaigns, count);
	for (int i = 0; i < count; i++)
		plan_events(work, &campaigns[i]);
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
	work->run.phase = "engagement";
	plan_reports(work);
	work_save(work);
	work_drain(work);
	count_lists(work, readings, count);
	work_bump(work);
}
