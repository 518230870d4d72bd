/* Carrying out a run: a queue of calls, a gate before them, and what is done with each answer. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/client/http.h"
#include "core/process/master.h"
#include "core/store/gate.h"
#include "providers/emailoctopus.h"
#include "sync/sync.h"

enum {
	IN_FLIGHT = 12,
	TOKENS_AT_ONCE = 10,
	TRIES = 5,
	PAGE = 25, /* campaigns come with their HTML: small pages */
	CALL_MS = 30000,
	BODY_BYTES = 32 * 1024 * 1024,
	LEASE_MS = 30000,
	HEARTBEAT_MS = 5000,
	PROGRESS_MS = 500,
	GAPS_KEPT = 100,
	PAGES_LIMIT = 2000,
	OUTAGE_MS = 10 * MINUTE_MS,
};

enum task_kind { TASK_LISTS, TASK_CAMPAIGNS, TASK_SUMMARY, TASK_LINKS };

struct work;

struct task {
	enum task_kind kind;
	struct work *work;
	const char *campaign_id, *cursor;
	const struct campaign *campaign; /* for a summary */
	int64_t clicked_total;           /* for links */
	int tries, slow_downs;
	int64_t not_before;
	struct task *next;
};

struct work {
	struct store *store;
	const struct settings *settings;
	struct http_pool *pool;
	struct arena *arena; /* lives as long as the run */
	struct sync_run run;
	struct gate gate;
	char owner[100], gate_name[40];
	struct task *ready;
	int tokens;
	int64_t gate_closed_until, last_heartbeat, last_progress;
	bool stop, lost;
};

static struct task *add_task(struct work *work, enum task_kind kind) {
	struct task *task = arena_new_of(work->arena, struct task), **at = &work->ready;
	task->kind = kind;
	task->work = work;
	while (*at)
		at = &(*at)->next;
	return *at = task;
}

static void push_front(struct work *work, struct task *task) {
	task->next = work->ready;
	work->ready = task;
}

/* Gives up the run; what was stored stays. */
static void stop_run(struct work *work, const char *why) {
	work->stop = true;
	work->run.state = RUN_FAILED;
	work->run.problem = arena_copy(work->arena, why);
}

/* True to try again after a pause: the database is away and the run may wait for it. */
static bool outlast(struct work *work, const struct error *err, int64_t since) {
	if (err->kind == ERROR_UNAVAILABLE && monotonic_ms() - since < OUTAGE_MS && !master_should_stop()) {
		(void)usleep(500000);
		return true;
	}
	log_failure("sync", err);
	stop_run(work, err->text);
	return false;
}

/* Repeats a storing expression while the database is away; stops the run when it fails for good. */
#define STORED(work, err, expression)                \
	({                                               \
		int64_t since_ = monotonic_ms();             \
		bool fine_ = (expression);                   \
		while (!fine_ && outlast(work, err, since_)) \
			fine_ = (expression);                    \
		fine_;                                       \
	})

static void save_progress(struct work *work) {
	struct error err = ERROR_INIT;
	work->run.progress_at = moment_now();
	work->last_progress = monotonic_ms();
	(void)STORED(work, &err, sync_save(work->store, &work->run, &err));
}

static void heartbeat(struct work *work) {
	struct error err = ERROR_INIT;
	if (monotonic_ms() - work->last_heartbeat < HEARTBEAT_MS)
		return;
	work->last_heartbeat = monotonic_ms();
	if (!lease_take(work->store, "sync", work->owner, LEASE_MS, &err) && err.kind == ERROR_CONFLICT)
		work->lost = work->stop = true; /* somebody else goes on with the run */
}

static void add_gap(struct work *work, const struct task *task, const char *why) {
	static const char *const what[] = { "lists", "campaigns", "summary of", "links of" };
	struct sync_run *run = &work->run;
	run->gap_count++;
	if (run->gaps.count < GAPS_KEPT)
		run->gaps.items[run->gaps.count++] = arena_print(work->arena, "%s %s: %s", what[task->kind],
		                                                 task->campaign_id ? task->campaign_id : "", why);
}

static void plan_links(struct work *work, const struct task *summary, const struct metrics *metrics) {
	bool full = text_same(work->run.trigger, "full");
	if (!full && summary->campaign->links_clicked == metrics->clicked_total)
		return;
	struct task *task = add_task(work, TASK_LINKS);
	task->campaign_id = summary->campaign_id;
	task->clicked_total = metrics->clicked_total;
	work->run.planned++;
}

static bool take_lists(struct work *work, const struct http_answer *answer, struct error *err) {
	struct list_page page;
	if (!emailoctopus_lists(work->arena, answer, &page, err))
		return false;
	for (int i = 0; i < page.count && !work->stop; i++) {
		bool changed = false;
		(void)STORED(work, err, list_save(work->store, &page.lists[i], work->run.id, work->arena, &changed, err));
	}
	work->run.pages++;
	work->run.lists += page.count;
	if (page.cursor)
		add_task(work, TASK_LISTS)->cursor = page.cursor;
	return true;
}

static bool take_campaigns(struct work *work, const struct task *task, const struct http_answer *answer,
                           struct error *err) {
	struct campaign_page page;
	ARENA_AUTO page_arena = arena_new();
	if (!emailoctopus_campaigns(page_arena, answer, &page, err))
		return false;
	for (int i = 0; i < page.count && !work->stop; i++)
		(void)STORED(work, err, campaign_save_listed(work->store, &page.campaigns[i], work->run.id, page_arena, err));
	work->run.pages++;
	work->run.campaigns += page.count;
	if (!page.cursor)
		return true;
	if (text_same(page.cursor, task->cursor) || work->run.pages > PAGES_LIMIT) {
		add_gap(work, task, "the list repeats its cursor: the rest cannot be read");
		return true;
	}
	add_task(work, TASK_CAMPAIGNS)->cursor = arena_copy(work->arena, page.cursor);
	return true;
}

static bool take_summary(struct work *work, const struct task *task, const struct http_answer *answer,
                         struct error *err) {
	struct metrics metrics;
	bool changed = false;
	ARENA_AUTO arena = arena_new();
	if (!emailoctopus_summary(arena, answer, &metrics, err))
		return false;
	if (STORED(work, err,
	           campaign_save_summary(work->store, task->campaign, work->run.id, &metrics, arena, &changed, err))) {
		work->run.snapshots += changed;
		work->run.unchanged += !changed;
		plan_links(work, task, &metrics);
	}
	return true;
}

static bool take_links(struct work *work, const struct task *task, const struct http_answer *answer,
                       struct error *err) {
	struct link *links;
	int count;
	ARENA_AUTO arena = arena_new();
	if (!emailoctopus_links(arena, answer, &links, &count, err))
		return false;
	struct link_report report = { task->campaign_id,
		                          work->run.id,
		                          arena_print(arena, "GET /campaigns/%s/reports/links", task->campaign_id),
		                          moment_now(),
		                          { links, count } };
	(void)STORED(work, err, campaign_save_links(work->store, &report, task->clicked_total, err));
	return true;
}

static bool take_answer(struct work *work, const struct task *task, const struct http_answer *answer,
                        struct error *err) {
	switch (task->kind) {
	case TASK_LISTS:
		return take_lists(work, answer, err);
	case TASK_CAMPAIGNS:
		return take_campaigns(work, task, answer, err);
	case TASK_SUMMARY:
		return take_summary(work, task, answer, err);
	case TASK_LINKS:
		break;
	}
	return take_links(work, task, answer, err);
}

static bool is_report(const struct task *task) {
	return task->kind == TASK_SUMMARY || task->kind == TASK_LINKS;
}

static void give_up(struct work *work, const struct task *task, const char *why) {
	struct error err = ERROR_INIT;
	add_gap(work, task, why);
	if (task->kind == TASK_SUMMARY)
		(void)STORED(work, &err, campaign_save_gap(work->store, task->campaign_id, work->run.id, why, &err));
	if (is_report(task))
		work->run.done++;
}

static void try_again(struct work *work, struct task *task, int64_t wait_ms, const char *why) {
	if (wait_ms > 0) {
		struct error err = ERROR_INIT;
		work->tokens = 0;
		(void)STORED(work, &err, gate_correct(work->store, &work->gate, 0, moment_add(moment_now(), wait_ms), &err));
		work->gate_closed_until = monotonic_ms() + wait_ms;
		if (++task->slow_downs > 4 * TRIES)
			give_up(work, task, why);
		else
			push_front(work, task);
		return;
	}
	if (++task->tries >= TRIES) {
		give_up(work, task, why);
		return;
	}
	task->not_before = monotonic_ms() + ((int64_t)250 << task->tries) + rand() % 250;
	push_front(work, task);
}

static void on_answer(void *context, const struct http_answer *answer) {
	struct task *task = context;
	struct work *work = task->work;
	struct error err = ERROR_INIT;
	char why[160];
	int64_t wait_ms;
	work->run.calls++;
	if (answer->remaining >= 0)
		work->run.remaining = answer->remaining;
	if (work->stop)
		return;
	switch (emailoctopus_judge(answer, moment_now(), &wait_ms, why)) {
	case VERDICT_GOOD:
		if (!take_answer(work, task, answer, &err))
			try_again(work, task, 0, arena_copy(work->arena, err.text));
		else if (is_report(task))
			work->run.done++;
		break;
	case VERDICT_AGAIN:
		try_again(work, task, wait_ms, arena_copy(work->arena, why));
		break;
	case VERDICT_REFUSED:
		give_up(work, task, arena_copy(work->arena, why));
		break;
	case VERDICT_STOP:
		stop_run(work, why);
		break;
	}
}

static void url_of(const struct task *task, const char *base, struct buf *url) {
	buf_text_add(url, base);
	switch (task->kind) {
	case TASK_LISTS:
		buf_text_add(url, "/lists?limit=100");
		break;
	case TASK_CAMPAIGNS:
		buf_print(url, "/campaigns?limit=%d", PAGE);
		break;
	case TASK_SUMMARY:
	case TASK_LINKS:
		buf_text_add(url, "/campaigns/");
		url_encode(url, task->campaign_id);
		buf_text_add(url, task->kind == TASK_SUMMARY ? "/reports/summary" : "/reports/links");
		break;
	}
	if (task->cursor) {
		buf_text_add(url, "&starting_after=");
		url_encode(url, task->cursor);
	}
}

static void start_call(struct work *work, struct task *task) {
	BUF_AUTO url = { 0 };
	url_of(task, work->settings->api_url, &url);
	work->tokens--;
	http_start(work->pool,
	           &(struct http_call){ buf_text(&url), work->settings->api_key, BODY_BYTES, CALL_MS, on_answer, task });
}

/* Takes the first task whose time has come out of the queue. */
static struct task *next_task(struct work *work) {
	int64_t now = monotonic_ms();
	for (struct task **at = &work->ready; *at; at = &(*at)->next) {
		struct task *task = *at;
		if (task->not_before <= now) {
			*at = task->next;
			task->next = NULL;
			return task;
		}
	}
	return NULL;
}

static int count_ready(const struct work *work) {
	int count = 0;
	for (const struct task *task = work->ready; task && count < TOKENS_AT_ONCE; task = task->next)
		count++;
	return count;
}

static bool have_token(struct work *work) {
	struct error err = ERROR_INIT;
	int64_t wait_ms;
	if (work->tokens > 0)
		return true;
	if (monotonic_ms() < work->gate_closed_until || !work->ready)
		return false;
	if (!STORED(work, &err, gate_take(work->store, &work->gate, count_ready(work), &work->tokens, &wait_ms, &err)))
		return false;
	if (work->tokens == 0) {
		work->gate_closed_until = monotonic_ms() + wait_ms;
		work->run.waited_ms += wait_ms;
	}
	return work->tokens > 0;
}

static void fill(struct work *work) {
	while (!work->stop && http_in_flight(work->pool) < IN_FLIGHT && have_token(work)) {
		struct task *task = next_task(work);
		if (!task)
			return;
		start_call(work, task);
	}
}

static int pause_ms(const struct work *work) {
	int64_t wait = work->gate_closed_until - monotonic_ms();
	return wait > 0 && wait < 100 ? (int)wait : http_in_flight(work->pool) ? 100 : 20;
}

static void drain(struct work *work) {
	while (!work->stop && (work->ready || http_in_flight(work->pool))) {
		fill(work);
		http_turn(work->pool, pause_ms(work));
		heartbeat(work);
		if (monotonic_ms() - work->last_progress > PROGRESS_MS)
			save_progress(work);
		if (master_should_stop())
			work->lost = work->stop = true; /* the next process resumes */
	}
}

static void bump(struct work *work) {
	struct error err = ERROR_INIT;
	(void)STORED(work, &err, version_bump(work->store, VERSION_DATA, &err));
}

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
	int count = 0;
	bool by_hand = !text_same(work->run.trigger, "schedule");
	if (!STORED(work, &err, campaign_select(work->store, &CAMPAIGN_EVERY, work->arena, &campaigns, &count, &err)))
		return;
	work->run.planned = work->run.done = 0;
	int counts[PLAN_REASON_COUNT] = { 0 };
	for (int i = 0; i < count; i++) {
		enum plan_reason reason = sync_plan(&campaigns[i], work->run.id, by_hand, moment_now());
		counts[reason]++;
		if (reason == PLAN_NOT_SENT || reason == PLAN_DONE || reason == PLAN_LATER)
			continue;
		struct task *task = add_task(work, TASK_SUMMARY);
		task->campaign = &campaigns[i];
		task->campaign_id = campaigns[i].emailoctopus_id;
		work->run.planned++;
	}
	work->run.skipped = counts[PLAN_LATER];
	tell_plan(work, counts);
}

static void run_phases(struct work *work) {
	work->run.phase = "lists and campaigns";
	(void)add_task(work, TASK_LISTS);
	(void)add_task(work, TASK_CAMPAIGNS);
	drain(work);
	bump(work);
	if (work->stop)
		return;
	work->run.phase = "reports";
	plan_summaries(work);
	save_progress(work);
	drain(work);
	bump(work);
}

static void end_run(struct work *work) {
	struct sync_run *run = &work->run;
	if (work->lost)
		return;
	if (run->state == RUN_RUNNING)
		run->state = run->gap_count ? RUN_PARTIAL : RUN_COMPLETE;
	run->phase = "ended";
	run->active = NULL;
	run->ended_at = moment_now();
	work->stop = false;
	save_progress(work);
	bump(work); /* the ledger is shown, too */
	log_info("sync %s %s: %lld calls, %lld snapshots, %lld unchanged, %lld gaps", run->id,
	         run->state == RUN_COMPLETE  ? "complete"
	         : run->state == RUN_PARTIAL ? "partial"
	                                     : "failed",
	         (long long)run->calls, (long long)run->snapshots, (long long)run->unchanged, (long long)run->gap_count);
}

static void begin_run(struct work *work) {
	struct sync_run *run = &work->run;
	const char **room = arena_array(work->arena, const char *, GAPS_KEPT);
	run->resumed += run->state == RUN_RUNNING;
	run->state = RUN_RUNNING;
	if (!moment_is_set(run->started_at))
		run->started_at = moment_now();
	/* A resumed run asks again for what it could not have. */
	run->gaps = (struct strings){ room, 0 };
	run->gap_count = run->lists = run->campaigns = run->pages = run->skipped = 0;
	save_progress(work);
}

static void carry_out(struct work *work) {
	work->pool = http_pool_new("Telltale/0.1 (self-hosted campaign console)");
	begin_run(work);
	run_phases(work);
	end_run(work);
	http_pool_free(work->pool);
}

static bool is_due(struct store *store, const struct settings *settings, struct arena *arena, bool *due,
                   struct error *err) {
	struct sync_run *runs;
	int count;
	if (!sync_recent(store, 1, arena, &runs, &count, err))
		return false;
	*due = count == 0 ||
	       (!runs[0].active && moment_now().ms - runs[0].requested_at.ms >= settings->sync_interval_s * 1000);
	return true;
}

static bool find_work(struct work *work, bool scheduled, bool *found, struct error *err) {
	const char *id;
	bool due, already;
	if (!sync_find(work->store, "active", work->arena, &work->run, found, err))
		return false;
	if (*found || !scheduled)
		return true;
	if (!is_due(work->store, work->settings, work->arena, &due, err))
		return false;
	if (!due)
		return true;
	return sync_request(work->store, "schedule", "system", work->arena, &id, &already, err) &&
	       sync_find(work->store, "active", work->arena, &work->run, found, err);
}

struct lease_owner {
	const char *owner;
};
static const struct field owner_fields[] = { FIELD(struct lease_owner, owner) };
static const struct record owner_record = RECORD("LeaseOwner", struct lease_owner, owner_fields);

/* A holder on this machine whose process is gone will not come back: no need to wait for its lease. */
static bool drop_dead_holder(struct work *work, struct error *err) {
	struct lease_owner held;
	bool found;
	size_t host = strcspn(work->owner, ":") + 1;
	bson_t *filter = BCON_NEW("_id", BCON_UTF8("sync"));
	bool fine = store_find(work->store, "leases", filter, NULL, &owner_record, work->arena, &held, &found, err);
	bson_destroy(filter);
	if (!fine || !found || !held.owner || strncmp(held.owner, work->owner, host) != 0)
		return fine;
	pid_t pid = (pid_t)strtol(held.owner + host, NULL, 10);
	return pid <= 0 || kill(pid, 0) == 0 || errno != ESRCH || lease_drop(work->store, "sync", held.owner, err);
}

static bool take_lease(struct work *work, struct error *err) {
	if (lease_take(work->store, "sync", work->owner, LEASE_MS, err))
		return true;
	return err->kind == ERROR_CONFLICT && drop_dead_holder(work, err) &&
	       lease_take(work->store, "sync", work->owner, LEASE_MS, err);
}

bool sync_turn(struct store *store, const struct settings *settings, bool scheduled, bool *worked, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct work work = { .store = store, .settings = settings, .arena = arena };
	char host[64] = "host";
	*worked = false;
	(void)gethostname(host, sizeof host - 1);
	(void)snprintf(work.owner, sizeof work.owner, "%s:%d", host, (int)getpid());
	work.gate = (struct gate){ "emailoctopus", 100, (double)settings->calls_per_second };
	if (!take_lease(&work, err))
		return false;
	work.last_heartbeat = monotonic_ms();
	bool fine = find_work(&work, scheduled, worked, err);
	if (fine && *worked)
		carry_out(&work);
	struct error ignored;
	return lease_drop(store, "sync", work.owner, fine ? err : &ignored) && fine;
}
