/* A figures run: lists and campaigns, then summaries and links. */
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "audience/lists/list.h"
#include "campaigns/history.h"
#include "campaigns/links.h"
#include "connections/connection.h"
#include "core/base/lease.h"
#include "observing/alarm.h"
#include "observing/emailoctopus.h"
#include "observing/engine.h"

enum { PAGE = 25, LISTS_PAGE = 100 }; /* small pages, because campaigns include their HTML */

/* What was listed so lately is expected to be listed again. */
#define EXPECTED_MS (2 * DAY_MS)

static const struct task_kind lists_kind, campaigns_kind;

static void lists_url(const struct task *task, struct buf *url) {
	(void)task;
	buf_print(url, "/lists?limit=%d", LISTS_PAGE);
}

/* Marks as gone what the provider no longer lists. */
typedef bool mark_gone(struct store *store, const char *connection_id, const char *run_id, struct moment at,
                       struct unseen *unseen, struct error *err);

/* Once all have been read. An answer without any is rather the provider's fault than the deletion of all; so is one
 * with far fewer than before, or that ends with a full page (`cut`), until the next one says the same. */
static void end_listing(struct work *work, const struct task *task, int64_t came, bool cut, mark_gone *mark) {
	struct error err = ERROR_INIT;
	struct unseen unseen = { .doubted = cut };
	if (came > 0 &&
	    STORED(work, &err, mark(work->store, work->connection_id, work->run.id, work->answered_at, &unseen, &err)) &&
	    unseen.waiting)
		work_gap(work, task,
		         arena_print(work->arena, "%lld of %lld did not come: they stay until the next sync looks again",
		                     (long long)unseen.waiting, (long long)unseen.known));
}

static bool take_lists(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	struct list_page page;
	bool cut;
	ARENA_AUTO arena = arena_new();
	if (!emailoctopus_lists(arena, answer, &page, err) ||
	    !work_has_all(task, page.count + page.unread, LISTS_PAGE, &page.next, &cut, err))
		return false;
	task->rows += page.count + page.unread;
	page.count = work_drop_repeats(work, task, (struct rows){ page.lists, page.count }, sizeof *page.lists,
	                               offsetof(struct list, external), task->about);
	for (int i = 0; i < page.count && !work->stop; i++) {
		bool changed = false;
		page.lists[i].external.connection_id = work->connection_id;
		(void)STORED(work, err,
		             list_save(work->store, &page.lists[i], work->run.id, work->answered_at, arena, &changed, err));
	}
	work->run.lists += page.count;
	work_gap_rows(work, task, page.unread);
	work_unreadable(work, task, &page.unreadable);
	if (work_next_page(work, task, &page.next) && work_is_last(&page.next) && !*task->incomplete && !work->stop)
		end_listing(work, task, work->run.lists, cut, list_mark_gone);
	return true;
}

static void campaigns_url(const struct task *task, struct buf *url) {
	(void)task;
	buf_print(url, "/campaigns?limit=%d", PAGE);
}

/* Maps the campaign's lists to our ids. */
static bool save_listed(struct work *work, const struct campaign *campaign, struct arena *arena, struct error *err) {
	struct campaign own = *campaign;
	own.external.connection_id = work->connection_id;
	return list_identify(work->store, work->connection_id, &campaign->list_ids, arena, &own.list_ids, err) &&
	       campaign_save_listed(work->store, &own, work->run.id, work->run.requested_by, work->answered_at, arena, err);
}

static bool take_campaigns(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	struct campaign_page page;
	bool cut;
	ARENA_AUTO arena = arena_new();
	if (!emailoctopus_campaigns(arena, answer, &page, err) ||
	    !work_has_all(task, page.count + page.unread, PAGE, &page.next, &cut, err))
		return false;
	task->rows += page.count + page.unread;
	page.count = work_drop_repeats(work, task, (struct rows){ page.campaigns, page.count }, sizeof *page.campaigns,
	                               offsetof(struct campaign, external), task->about);
	for (int i = 0; i < page.count && !work->stop; i++)
		(void)STORED(work, err, save_listed(work, &page.campaigns[i], arena, err));
	work->run.campaigns += page.count;
	work_gap_rows(work, task, page.unread);
	work_unreadable(work, task, &page.unreadable);
	if (work_next_page(work, task, &page.next) && work_is_last(&page.next) && !*task->incomplete && !work->stop)
		end_listing(work, task, work->run.campaigns, cut, campaign_mark_gone);
	return true;
}

static void report_url(const struct task *task, struct buf *url, const char *report) {
	buf_text_add(url, "/campaigns/");
	url_encode(url, task->external.id);
	buf_text_add(url, report);
}

static void summary_url(const struct task *task, struct buf *url) {
	report_url(task, url, "/reports/summary");
}

static void links_url(const struct task *task, struct buf *url) {
	report_url(task, url, "/reports/links");
}

static void plan_links(struct work *work, const struct campaign *campaign, const struct metrics *metrics) {
	bool full = text_same(work->run.trigger, "full");
	if (!full && campaign->links_clicked == metrics->clicked_total)
		return;
	struct task *task = work_add(work, &links_kind);
	task->id = campaign->id;
	task->external = campaign->external;
	task->counter = metrics->clicked_total;
}

struct refused {
	struct unreadable *unreadable;
	struct arena *arena;
};

static void note_refused(void *context, const char *name, const char *why) {
	const struct refused *refused = context;
	if (refused->unreadable->count++ < UNREADABLE_TOLD)
		refused->unreadable->items[refused->unreadable->count - 1] = arena_print(refused->arena, "%s: %s", name, why);
}

/* A counter that could not be read, or that contradicts what it counts of, stays as it was. */
static bool read_summary(const struct task *task, const struct http_answer *answer, struct arena *arena,
                         struct metrics *metrics, struct unreadable *unreadable, struct error *err) {
	if (!emailoctopus_summary(arena, answer, task->external.id, metrics, unreadable, err))
		return false;
	const struct metrics *known = task->campaign->has_report ? &task->campaign->current_metrics : NULL;
	metrics_refute(metrics, known, note_refused, &(struct refused){ unreadable, arena });
	metrics_complete(metrics, known);
	return true;
}

static bool take_summary(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	struct summary summary = { .at = work->answered_at };
	struct unreadable unreadable;
	bool changed = false;
	ARENA_AUTO arena = arena_new();
	if (!read_summary(task, answer, arena, &summary.metrics, &unreadable, err))
		return false;
	summary.unread = unreadable.count;
	work_unreadable(work, task, &unreadable);
	if (STORED(work, err,
	           campaign_save_summary(work->store, task->campaign, work->run.id, &summary, arena, &changed, err))) {
		work->run.snapshots += changed;
		work->run.unchanged += !changed;
		plan_links(work, task->campaign, &summary.metrics);
	}
	return true;
}

static void give_up_summary(struct work *work, const struct task *task, const char *why) {
	struct error err = ERROR_INIT;
	(void)STORED(work, &err, campaign_save_gap(work->store, task->id, work->run.id, why, &err));
}

/* The report is not paged. Clicks without any link contradict the summary. */
static bool read_links(struct arena *arena, const struct task *task, const struct http_answer *answer,
                       struct link_page *page, struct error *err) {
	bool cut;
	return emailoctopus_links(arena, answer, page, err) &&
	       work_has_all(task, page->count + page->unread, INT_MAX, &(struct following){ 0 }, &cut, err);
}

/* Links with clicks that were known do not come any more: they stay as they were. */
static bool keep_links(struct work *work, const struct task *task, struct link_page *page, struct arena *arena,
                       struct error *err) {
	const char *id = task->id;
	const struct strings ids = { &id, 1 };
	struct link_report *known;
	struct rows links = { page->links, page->count };
	int count = 0;
	if (!STORED(work, err, campaign_find_links(work->store, &ids, arena, &known, &count, err)))
		return false;
	if (count && !page->unread)
		campaign_keep_links(&links, &known[0].links, arena);
	const struct link *items = links.items;
	struct refused missing = { &page->unreadable, arena };
	for (int i = page->count; i < links.count; i++)
		note_refused(&missing, items[i].url, "its clicks were counted before, and it does not come");
	page->links = links.items;
	page->count = links.count;
	return true;
}

static void give_up_links(struct work *work, const struct task *task, const char *why) {
	struct error err = ERROR_INIT;
	(void)STORED(work, &err, campaign_save_links_gap(work->store, task->id, why, &err));
}

static bool take_links(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	struct link_page page;
	ARENA_AUTO arena = arena_new();
	if (!read_links(arena, task, answer, &page, err))
		return false;
	if (!keep_links(work, task, &page, arena, err))
		return true;
	work_gap_rows(work, task, page.unread);
	work_unreadable(work, task, &page.unreadable);
	struct link_report report = { .id = store_new_id(arena),
		                          .campaign_id = task->id,
		                          .run_id = work->run.id,
		                          .source = arena_print(arena, "GET /campaigns/%s/reports/links", task->external.id),
		                          .snapshot_time = work->answered_at,
		                          .links = { page.links, page.count },
		                          .unread = page.unread ? page.unread : COUNT_NONE };
	int64_t clicked_total = page.unreadable.count ? COUNT_NONE : task->counter;
	(void)STORED(work, err, campaign_save_links(work->store, &report, clicked_total, err));
	return true;
}

/* A summary is stored as a raw answer if it differs from what is known. */
static bool summary_is_news(const struct task *task, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct metrics metrics;
	struct unreadable unreadable;
	ARENA_AUTO arena = arena_new();
	return read_summary(task, answer, arena, &metrics, &unreadable, &err) &&
	       (!task->campaign->has_report || !metrics_equal(&task->campaign->current_metrics, &metrics));
}

static bool links_are_news(const struct task *task, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct link_page page;
	ARENA_AUTO arena = arena_new();
	return read_links(arena, task, answer, &page, &err);
}

static const struct task_kind lists_kind = { .what = "lists", .url = lists_url, .take = take_lists };
static const struct task_kind campaigns_kind = { .what = "campaigns", .url = campaigns_url, .take = take_campaigns };
const struct task_kind summary_kind = { .what = "summary of",
	                                    .url = summary_url,
	                                    .take = take_summary,
	                                    .give_up = give_up_summary,
	                                    .counts = true,
	                                    .dates = true,
	                                    .kept_as = "summary",
	                                    .is_news = summary_is_news };
const struct task_kind links_kind = { .what = "links of",
	                                  .url = links_url,
	                                  .take = take_links,
	                                  .give_up = give_up_links,
	                                  .counts = true,
	                                  .kept_as = "links",
	                                  .is_news = links_are_news };

static void tell_plan(struct work *work, const int *counts) {
	struct strings *plan = &work->run.plan;
	*plan = (struct strings){ arena_array(work->arena, const char *, PLAN_REASON_COUNT), 0 };
	for (int i = 0; i < PLAN_REASON_COUNT; i++)
		if (counts[i])
			plan->items[plan->count++] = arena_print(work->arena, "%d %s", counts[i], plan_words[i]);
}

static void plan_summaries(struct work *work) {
	struct error err = ERROR_INIT;
	struct campaign *campaigns;
	int count = 0, counts[PLAN_REASON_COUNT] = { 0 };
	bool by_hand = !text_same(work->run.trigger, "schedule");
	struct campaign_filter ever = CAMPAIGN_EVERY;
	ever.gone = ever.observed = true;
	if (!STORED(work, &err, campaign_select(work->store, &ever, work->arena, &campaigns, &count, &err)))
		return;
	for (int i = 0; i < count; i++) {
		enum plan_reason reason = sync_plan(&campaigns[i], work->run.id, by_hand, work->run.progress_at);
		counts[reason]++;
		if (reason == PLAN_DONE &&
		    campaigns[i].has_report) /* its links may have been left unread by the interruption */
			plan_links(work, &campaigns[i], &campaigns[i].current_metrics);
		if (reason == PLAN_NOT_SENT || reason == PLAN_DONE || reason == PLAN_GONE || reason == PLAN_LATER)
			continue;
		struct task *task = work_add(work, &summary_kind);
		task->campaign = &campaigns[i];
		task->id = campaigns[i].id;
		task->external = campaigns[i].external;
	}
	work->run.skipped = counts[PLAN_LATER];
	tell_plan(work, counts);
}

static void tell_notices(struct work *work) {
	struct error err = ERROR_INIT;
	(void)STORED(work, &err, alarm_of_run(work->store, work->run.id, work->run.progress_at, &err));
}

static bool find_connection(struct work *work) {
	struct error err = ERROR_INIT;
	struct connection connection = { 0 };
	if (!STORED(work, &err,
	            connection_observed(work->store, work->settings, work->run.started_at, work->arena, &connection, &err)))
		return false;
	work->connection_id = connection.id;
	return true;
}

static bool is_expected(struct moment listed_at, struct moment now) {
	return was_lately(listed_at, EXPECTED_MS, now);
}

static int64_t count_expected_lists(struct work *work) {
	struct error err = ERROR_INIT;
	struct list *lists;
	int count = 0, expected = 0;
	if (!STORED(work, &err, list_all(work->store, work->arena, &lists, &count, &err)))
		return 0;
	for (int i = 0; i < count; i++)
		expected += is_expected(lists[i].synced_at, work->run.started_at);
	return expected;
}

static int64_t count_expected_campaigns(struct work *work) {
	struct error err = ERROR_INIT;
	struct campaign *campaigns;
	struct campaign_filter filter = CAMPAIGN_EVERY;
	int count = 0, expected = 0;
	filter.observed = true;
	if (!STORED(work, &err, campaign_select(work->store, &filter, work->arena, &campaigns, &count, &err)))
		return 0;
	for (int i = 0; i < count; i++)
		expected += is_expected(campaigns[i].synced_at, work->run.started_at);
	return expected;
}

static void plan_listing(struct work *work, const struct task_kind *kind, int64_t expected, GHashTable *ids) {
	struct task *task = work_add(work, kind);
	task->incomplete = arena_array(work->arena, bool, 1);
	task->counter = expected;
	task->about = ids;
}

static void read_listings(struct work *work) {
	g_autoptr(GHashTable) lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) campaigns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	plan_listing(work, &lists_kind, count_expected_lists(work), lists);
	plan_listing(work, &campaigns_kind, count_expected_campaigns(work), campaigns);
	work_drain(work);
}

void figures_phases(struct work *work) {
	if (!find_connection(work))
		return;
	work->run.phase = "lists and campaigns";
	read_listings(work);
	work_bump(work);
	if (work->stop)
		return;
	work->run.phase = "reports";
	plan_summaries(work);
	work_save(work);
	work_drain(work);
	if (!work->stop)
		tell_notices(work);
	work_bump(work);
}
