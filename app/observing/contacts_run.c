/* A contacts run: the contacts of each list, then who did what with each campaign, newest first. It runs in the
 * background and yields to figures runs. */
#include <string.h>

#include "audience/contacts/membership.h"
#include "audience/contacts/rollup.h"
#include "audience/customers/customer.h"
#include "audience/lists/list.h"
#include "campaigns/curve.h"
#include "core/base/lease.h"
#include "events/engagement.h"
#include "events/event.h"
#include "events/leaving.h"
#include "observing/emailoctopus.h"
#include "observing/raw.h"

enum { FORGET_AT_ONCE = 200, FEW_MISSING = 2 };
enum { PAGE = 100, OVERLAP_MS = 5 * MINUTE_MS };

static void contacts_url(const struct task *task, struct buf *url) {
	char since[MOMENT_TEXT];
	buf_text_add(url, "/lists/");
	url_encode(url, task->external.id);
	buf_print(url, "/contacts?limit=%d&status=%s", PAGE, task->word);
	if (moment_is_set(task->since)) {
		buf_text_add(url, "&last_updated_at.gte=");
		url_encode(url, moment_format(task->since, since));
	}
}

static bool take_contacts(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	struct contact_page page;
	ARENA_AUTO arena = arena_new();
	if (!emailoctopus_contacts(arena, answer, &page, err) ||
	    !work_has_all(task, page.count + page.unread, PAGE, page.cursor, err))
		return false;
	for (int i = 0; i < page.count; i++) {
		page.contacts[i].list_id = task->id;
		page.contacts[i].external.connection_id = task->external.connection_id;
		page.contacts[i].seen_run = work->run.id;
	}
	if (STORED(work, err, contact_save_page(work->store, page.contacts, page.count, arena, err)) &&
	    STORED(work, err, engagement_link(work->store, page.contacts, page.count, arena, err)))
		work->run.contacts += page.count;
	work_gap_rows(work, task, page.unread);
	task->rows += page.count + page.unread;
	(void)work_next_page(work, task, page.cursor);
	return true;
}

static void events_url(const struct task *task, struct buf *url) {
	buf_text_add(url, "/campaigns/");
	url_encode(url, task->external.id);
	buf_print(url, "/reports?status=%s&limit=%d", task->word, PAGE);
}

/* Called when the whole report has been read: computes its growth over time. */
static bool save_growth(struct work *work, const struct task *task, struct arena *arena, struct error *err) {
	if (!moment_is_set(task->since))
		return true; /* the start is unknown */
	int64_t *times;
	int count = 0;
	if (!STORED(work, err, event_times(work->store, task->id, task->word, arena, &times, &count, err)))
		return false;
	struct rows steps = growth_of_times(times, count, task->since, arena);
	return STORED(work, err, growth_save(work->store, task->id, task->word, &steps, work->answered_at, err));
}

static bool is_incomplete(const struct task *task) {
	return task->incomplete && *task->incomplete;
}

/* The whole report was read without a gap. */
static bool note_read(struct work *work, const struct task *task, struct error *err) {
	int64_t named = 0;
	if (!STORED(work, err, event_count(work->store, task->id, task->word, &named, err)))
		return false;
	if (engagement_settles(task->counter, named, task->named))
		return STORED(work, err, campaign_save_engagement(work->store, task->id, task->word, task->counter, err));
	return STORED(work, err, campaign_save_named(work->store, task->id, task->word, named, err));
}

/* A replay has single pages, of which it cannot tell how many rows came before. */
static bool read_events(struct arena *arena, const struct task *task, const struct http_answer *answer,
                        struct event_page *page, struct error *err) {
	return emailoctopus_events(arena, answer, task->word, page, err) &&
	       (task->work->replays || work_has_all(task, page->count + page->unread, PAGE, page->cursor, err));
}

static bool take_events(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	struct event_page page;
	int64_t added = 0;
	int type = 0;
	ARENA_AUTO arena = arena_new();
	if (!read_events(arena, task, answer, &page, err))
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
	task->rows += page.count + page.unread;
	if (page.cursor)
		(void)work_next_page(work, task, page.cursor);
	else if (save_growth(work, task, arena, err) && !is_incomplete(task))
		(void)note_read(work, task, err);
	return true;
}

static bool events_are_news(const struct task *task, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct event_page page;
	ARENA_AUTO arena = arena_new();
	return read_events(arena, task, answer, &page, &err);
}

static const struct task_kind contacts_kind = {
	.what = "contacts", .url = contacts_url, .take = take_contacts, .counts = true
};
const struct task_kind events_kind = { .what = "report",
	                                   .url = events_url,
	                                   .take = take_events,
	                                   .counts = true,
	                                   .kept_as = "events",
	                                   .is_news = events_are_news };

/* Reading only changes does not reveal deletions. The whole list is read once a week, on request, and (at most daily)
 * if its number of contacts differs from ours. */
static bool is_full_due(struct work *work, const struct list *list) {
	struct error err = ERROR_INIT;
	int64_t held = 0;
	if (!moment_is_set(list->contacts_full_at) || text_same(work->run.trigger, "full"))
		return true;
	if (!was_lately(list->contacts_full_at, 7 * DAY_MS, work->run.started_at))
		return true;
	if (was_lately(list->contacts_full_at, DAY_MS, work->run.started_at) ||
	    !STORED(work, &err, membership_count(work->store, list->id, NULL, &held, &err)))
		return false;
	return held != list_total(&list->counts);
}

static int64_t count_of_status(const struct list *list, int status) {
	const struct list_counts *counts = &list->counts;
	return status == CONTACT_SUBSCRIBED     ? counts->subscribed
	       : status == CONTACT_UNSUBSCRIBED ? counts->unsubscribed
	       : status == CONTACT_PENDING      ? counts->pending
	                                        : 0;
}

static void plan_contacts(struct work *work, const struct list *lists, int count, bool *full, bool *incomplete) {
	for (int i = 0; i < count; i++) {
		full[i] = is_full_due(work, &lists[i]);
		for (int status = CONTACT_SUBSCRIBED; status < CONTACT_STATUS_COUNT; status++) {
			struct task *task = work_add(work, &contacts_kind);
			task->id = lists[i].id;
			task->external = lists[i].external;
			task->word = contact_statuses.names[status];
			task->incomplete = &incomplete[i];
			if (!full[i] && moment_is_set(lists[i].contacts_read_at))
				task->since = moment_add(lists[i].contacts_read_at, -OVERLAP_MS);
			else
				task->counter = count_of_status(&lists[i], status);
		}
	}
}

/* The addresses of these people in raw answers. */
static bool find_norms(struct store *store, const struct strings *people, struct arena *arena, struct strings *norms,
                       struct error *err) {
	struct contact *contacts;
	int count;
	*norms = (struct strings){ arena_array(arena, const char *, people->count + 1), 0 };
	if (!contact_find_names(store, people, arena, &contacts, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (contacts[i].email_norm)
			norms->items[norms->count++] = contacts[i].email_norm;
	return true;
}

/* Forgets one batch of deleted contacts; *some: there was at least one. */
static bool forget_batch(struct work *work, const struct list *list, bool *some, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct membership *rows;
	struct strings people, norms, campaign_ids;
	int count = 0;
	*some = false;
	if (!STORED(work, err,
	            membership_find_gone(work->store, list->id, work->run.id, FORGET_AT_ONCE, arena, &rows, &count, err)))
		return false;
	*some = count > 0;
	if (!count)
		return true;
	bool fine = STORED(work, err, contact_last_of(work->store, rows, count, arena, &people, err)) &&
	            STORED(work, err, find_norms(work->store, &people, arena, &norms, err)) &&
	            STORED(work, err, event_campaigns(work->store, &people, arena, &campaign_ids, err)) &&
	            STORED(work, err, raw_forget(work->store, &campaign_ids, &norms, err)) &&
	            STORED(work, err, event_forget(work->store, &people, err)) &&
	            STORED(work, err, contact_forget(work->store, rows, count, &people, arena, err));
	work->run.forgotten += fine ? count : 0;
	return fine;
}

/* Forgets contacts deleted from a list that was read completely; never if the answer was shorter than the list's own
 * count. */
static void forget_gone(struct work *work, const struct list *list) {
	struct error err = ERROR_INIT;
	int64_t held = 0, gone = 0, reported = list_total(&list->counts);
	const char *id = list->id;
	bool some = true;
	if (!STORED(work, &err, membership_count(work->store, id, NULL, &held, &err)) ||
	    !STORED(work, &err, membership_count(work->store, id, work->run.id, &gone, &err)))
		return;
	if (gone && held - gone < reported - reported / 100 - FEW_MISSING) {
		work_gap(work, &(struct task){ .kind = &contacts_kind, .external = list->external },
		         arena_print(work->arena, "only %lld of %lld contacts came: nobody is forgotten",
		                     (long long)(held - gone), (long long)reported));
		return;
	}
	while (some && !work->stop && forget_batch(work, list, &some, &err))
		work_beat(work);
}

/* From now on, only changes after the start of this run need to be read: by the provider's clock, because the provider
 * compares it with its own times. A list with a gap is read again as if this run had not been. */
static void mark_lists(struct work *work, const struct list *lists, int count, const bool *full,
                       const bool *incomplete) {
	struct error err = ERROR_INIT;
	struct moment began = moment_is_set(work->provider_at) ? work->provider_at : work->run.started_at;
	for (int i = 0; i < count && !work->stop; i++) {
		if (incomplete[i])
			continue;
		if (full[i])
			forget_gone(work, &lists[i]);
		(void)STORED(work, &err, list_save_read(work->store, lists[i].id, began, full[i], &err));
	}
}

static void count_lists(struct work *work, const struct list *lists, int count) {
	struct error err = ERROR_INIT;
	for (int i = 0; i < count && !work->stop; i++) {
		const char *id = lists[i].id;
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

static int64_t count_of_type(const struct engagement_read *counts, enum event_type type) {
	const int64_t of[] = { counts->opened, counts->clicked, counts->bounced, counts->unsubscribed, counts->complained };
	return of[type];
}

/* Plans the reports whose counter in the summary differs from when they were last read. */
static void plan_events(struct work *work, const struct campaign *campaign) {
	const struct metrics *metrics = &campaign->current_metrics;
	const struct engagement_read counters = { metrics->opened, metrics->clicked, metrics->bounced,
		                                      metrics->unsubscribed, metrics->spam_complaints };
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		int64_t counter = count_of_type(&counters, type), read = count_of_type(&campaign->engagement_read, type);
		if (counter == read || (counter == 0 && read == COUNT_NONE))
			continue;
		struct task *task = work_add(work, &events_kind);
		task->id = campaign->id;
		task->external = campaign->external;
		task->word = event_types.names[type];
		task->counter = counter;
		task->named = count_of_type(&campaign->engagement_named, type);
		task->incomplete = arena_new_of(work->arena, bool);
		task->since = campaign->sent_at;
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
	for (int i = 0; i < count; i++)
		plan_events(work, &campaigns[i]);
}

void contacts_phases(struct work *work) {
	struct error err = ERROR_INIT;
	struct list *lists;
	int count = 0;
	work->run.phase = "contacts";
	if (!STORED(work, &err, list_all(work->store, work->arena, &lists, &count, &err)))
		return;
	bool *full = arena_array(work->arena, bool, count + 1), *incomplete = arena_array(work->arena, bool, count + 1);
	plan_contacts(work, lists, count, full, incomplete);
	work_save(work);
	work_drain(work);
	if (!work->stop)
		mark_lists(work, lists, count, full, incomplete);
	work_bump(work);
	if (work->stop)
		return;
	work->run.phase = "engagement";
	plan_reports(work);
	work_save(work);
	work_drain(work);
	count_lists(work, lists, count);
	work_bump(work);
}
