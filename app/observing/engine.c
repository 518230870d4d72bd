/* Executing a run: a queue of calls, rate limiting, and the handling of answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connections/connection.h"
#include "core/base/log.h"
#include "core/formats/json.h"
#include "core/formats/url.h"
#include "core/process/master.h"
#include "core/store/version.h"
#include "notices/notice.h"
#include "observing/emailoctopus.h"
#include "observing/taking.h"

enum {
	IN_FLIGHT = 12,
	TOKENS_AT_ONCE = 10,
	TRIES = 5,
	CALL_MS = 30000,
	BODY_BYTES = 32 * 1024 * 1024,
	PROGRESS_MS = 500,
	GAPS_KEPT = 100,
	HOPS_LIMIT = 5,
	OUTAGE_MS = 10 * MINUTE_MS,
};

struct task *work_add(struct work *work, const struct task_kind *kind) {
	struct task *task = arena_new_of(work->arena, struct task);
	task->kind = kind;
	task->work = work;
	task->since = MOMENT_NONE;
	work->run.planned += kind->counts;
	*work->last = task;
	work->last = &task->next;
	return task;
}

static void push_front(struct work *work, struct task *task) {
	if (!work->ready)
		work->last = &task->next;
	task->next = work->ready;
	work->ready = task;
}

/* Dequeues the first task that is due. */
static struct task *next_task(struct work *work) {
	int64_t now = monotonic_ms();
	for (struct task **at = &work->ready; *at; at = &(*at)->next) {
		struct task *task = *at;
		if (task->not_before > now)
			continue;
		if (work->last == &task->next)
			work->last = at;
		*at = task->next;
		task->next = NULL;
		return task;
	}
	return NULL;
}

struct moment work_now(const struct work *work) {
	return moment_add(work->taken_at, monotonic_ms() - work->taken_ms);
}

/* Aborts the run; what has been stored stays. */
static void stop_run(struct work *work, const char *why) {
	work->stop = true;
	work->run.state = RUN_FAILED;
	work->run.problem = arena_copy(work->arena, why);
}

static void tell_outage(struct work *work, const struct error *err, int64_t since) {
	char text[ERROR_DESCRIBED];
	if (work->outage_since == since)
		return;
	work->outage_since = since;
	error_describe(err, text, sizeof text);
	log_warning("the sync waits up to %d minutes for the database: %s", OUTAGE_MS / (int)MINUTE_MS, text);
}

bool work_outlasts(struct work *work, const struct error *err, int64_t since) {
	if (err->kind == ERROR_UNAVAILABLE && monotonic_ms() - since < OUTAGE_MS && !master_should_stop()) {
		tell_outage(work, err, since);
		(void)usleep(500000);
		return true;
	}
	log_failure("sync", err);
	stop_run(work, err->text);
	return false;
}

void work_save(struct work *work) {
	struct error err = ERROR_INIT;
	bool held;
	work->run.progress_at = work_now(work);
	work->last_progress = monotonic_ms();
	if (STORED(work, &err, sync_save(work->store, &work->run, work->job->holder.fence, &held, &err)) && !held)
		work->lost = work->stop = true; /* somebody else continues the run */
}

void work_bump(struct work *work) {
	struct error err = ERROR_INIT;
	(void)STORED(work, &err, version_bump(work->store, REALM_FIGURES, &err));
}

/* From now on the data is as of this run. One that had nothing to read but what the provider lists is as of that; one
 * that could read nothing of what it planned, as of nothing. */
static void note_reading(struct work *work) {
	struct error err = ERROR_INIT;
	struct sync_run *run = &work->run;
	if (!moment_is_set(run->data_at) && run->planned == 0)
		run->data_at = work->listed_at;
	if (run->state != RUN_FAILED && moment_is_set(run->data_at))
		(void)STORED(work, &err, version_note_reading(work->store, run->kind == RUN_CONTACTS, run->data_at, &err));
}

/* Pages show the ledger, too. */
static void bump_ledger(struct work *work) {
	struct error err = ERROR_INIT;
	(void)STORED(work, &err, version_bump(work->store, REALM_LEDGER, &err));
}

void work_beat(struct work *work) {
	struct error err = ERROR_INIT;
	if (!job_beat(work->job, NULL, &err) && err.kind == ERROR_CONFLICT)
		work->lost = work->stop = true; /* somebody else continues the run */
}

/* A contacts run takes long, so it yields to a figures run and resumes afterwards. */
static void step_aside(struct work *work) {
	struct error err = ERROR_INIT;
	bool outranked;
	if (monotonic_ms() - work->last_look < PROGRESS_MS)
		return;
	work->last_look = monotonic_ms();
	if (job_is_outranked(work->job, &outranked, &err) && outranked)
		work->lost = work->stop = true;
}

void work_gap(struct work *work, const struct task *task, const char *why) {
	struct sync_run *run = &work->run;
	run->gap_count++;
	if (task->incomplete)
		*task->incomplete = true;
	if (run->gaps.items && run->gaps.count < GAPS_KEPT) /* a replay keeps none */
		run->gaps.items[run->gaps.count++] = arena_print(work->arena, "%s%s%s%s%s: %s", task->kind->what,
		                                                 task->word ? " " : "", task->word ? task->word : "",
		                                                 task->external.id ? " " : "",
		                                                 task->external.id ? task->external.id : "", why);
}

void work_unreadable(struct work *work, const struct task *task, const struct unreadable *unreadable) {
	struct sync_run *run = &work->run;
	run->unreadable_count += unreadable->count;
	for (int i = 0; i < unreadable->count && i < UNREADABLE_TOLD; i++)
		if (run->unreadable.items && run->unreadable.count < GAPS_KEPT) /* a replay keeps none */
			run->unreadable.items[run->unreadable.count++] = arena_print(work->arena, "%s %s%s%s: %s", task->kind->what,
			                                                             task->word ? task->word : "",
			                                                             task->word ? " " : "",
			                                                             task->external.id ? task->external.id : "",
			                                                             unreadable->items[i]);
}

void work_gap_rows(struct work *work, const struct task *task, int unread) {
	if (unread)
		work_gap(work, task,
		         arena_print(work->arena, "%s again",
		                     text_of_counted(work->arena, unread, "row without an id: the next run reads it",
		                                     "rows without an id: the next run reads them")));
}

static void give_up(struct work *work, const struct task *task, const char *why) {
	work_gap(work, task, why);
	if (task->kind->give_up)
		task->kind->give_up(work, task, why);
	work->run.done += task->kind->counts;
}

bool work_is_last_try(const struct task *task) {
	return task->tries + 1 >= TRIES;
}

static void try_again(struct work *work, struct task *task, int64_t wait_ms, const char *why) {
	if (wait_ms > 0) {
		struct error err = ERROR_INIT;
		work->tokens = 0;
		(void)STORED(work, &err, rate_limit_correct(work->store, &work->limit, 0, wait_ms, &err));
		work->limit_closed_until = monotonic_ms() + wait_ms;
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

static void note_taken(struct work *work, const struct task *task) {
	*(task->kind->dates ? &work->run.data_at : &work->listed_at) = work->run.history_at;
	work->run.done += task->kind->counts;
}

/* The key goes only to the API's own server. Each redirect is a call of its own for the rate limit. */
static void follow(struct work *work, struct task *task, const struct http_answer *answer, const char *why) {
	const char *to = answer->location && url_is_on(answer->location, work->settings->api_url) ? answer->location : NULL;
	if (!to || ++task->hops > HOPS_LIMIT) {
		give_up(work, task, to ? "EmailOctopus redirects in circles" : why);
		return;
	}
	task->url = arena_copy(work->arena, to);
	push_front(work, task);
}

static void take_good(struct work *work, struct task *task, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	ARENA_AUTO arena = arena_new();
	struct http_answer read = *answer;
	read.body = json_in_utf8(arena, answer->body, &read.size, answer->charset);
	if (!moment_is_set(work->provider_at))
		work->provider_at = answer->date;
	if (!moment_is_set(read.date))
		read.date = work_now(work); /* the clock by which its times are judged, also when it is replayed */
	if (!answer_take(work, task, &read, &err))
		try_again(work, task, 0, arena_copy(work->arena, err.text));
	else
		note_taken(work, task);
}

static void on_answer(void *context, const struct http_answer *answer) {
	struct task *task = context;
	struct work *work = task->work;
	char why[160];
	int64_t wait_ms;
	work->run.calls++;
	if (answer->remaining >= 0)
		work->run.remaining = answer->remaining;
	if (work->stop)
		return;
	switch (emailoctopus_judge(answer, moment_now(), &wait_ms, why)) {
	case VERDICT_GOOD:
		take_good(work, task, answer);
		break;
	case VERDICT_MOVED:
		follow(work, task, answer, arena_copy(work->arena, why));
		break;
	case VERDICT_AGAIN:
		try_again(work, task, wait_ms, arena_copy(work->arena, why));
		break;
	case VERDICT_GONE:
		if (task->kind->gone && task->kind->gone(work, task))
			work->run.done += task->kind->counts;
		else
			give_up(work, task, arena_copy(work->arena, why));
		break;
	case VERDICT_REFUSED:
		give_up(work, task, arena_copy(work->arena, why));
		break;
	case VERDICT_STOP:
		stop_run(work, why);
		break;
	}
}

static void start_call(struct work *work, struct task *task) {
	BUF_AUTO url = { 0 };
	if (task->url) {
		buf_text_add(&url, task->url);
	} else {
		buf_text_add(&url, work->settings->api_url);
		task->kind->url(task, &url);
		if (task->cursor) {
			buf_text_add(&url, "&starting_after=");
			url_encode(&url, task->cursor);
		}
	}
	work->tokens--;
	http_start(work->pool,
	           &(struct http_call){ buf_text(&url), work->settings->api_key, BODY_BYTES, CALL_MS, on_answer, task });
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
	if (monotonic_ms() < work->limit_closed_until || !work->ready)
		return false;
	if (!STORED(work, &err,
	            rate_limit_take(work->store, &work->limit, count_ready(work), &work->tokens, &wait_ms, &err)))
		return false;
	if (work->tokens == 0) {
		work->limit_closed_until = monotonic_ms() + wait_ms;
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
	int64_t wait = work->limit_closed_until - monotonic_ms();
	return wait > 0 && wait < 100 ? (int)wait : http_in_flight(work->pool) ? 100 : 20;
}

void work_drain(struct work *work) {
	while (!work->stop && (work->ready || http_in_flight(work->pool))) {
		fill(work);
		http_turn(work->pool, pause_ms(work));
		work_beat(work);
		step_aside(work);
		if (monotonic_ms() - work->last_progress > PROGRESS_MS)
			work_save(work);
		if (master_should_stop())
			work->lost = work->stop = true; /* the next process resumes */
	}
}

/* At most one notice a day for each kind of failure, so that an outage overnight does not flood. */
static void tell_trouble(struct work *work) {
	struct error err = ERROR_INIT;
	const struct sync_run *run = &work->run;
	char day[MOMENT_TEXT];
	bool failed = run->state == RUN_FAILED;
	if (!failed && run->state != RUN_PARTIAL)
		return;
	struct notice notice = { .key = arena_print(work->arena, "sync|%s|%s", failed ? "failed" : "partial",
		                                        moment_format_day(run->ended_at, day)),
		                     .kind = NOTICE_SYNC,
		                     .address = "/sync",
		                     .at = run->ended_at };
	notice.words = failed ? arena_print(work->arena, "The sync failed: %s", run->problem ? run->problem : "?")
	                      : arena_print(work->arena, "A sync is partial: %s missing",
	                                    text_of_counted(work->arena, run->gap_count, "answer is", "answers are"));
	(void)STORED(work, &err, notice_tell(work->store, &notice, work->arena, &err));
}

static void note_connection(struct work *work) {
	struct error err = ERROR_INIT;
	const struct sync_run *run = &work->run;
	bool was_deaf = run->state == RUN_PARTIAL && run->pages == 0 && run->gaps.count > 0;
	const char *problem = run->state == RUN_FAILED ? run->problem : was_deaf ? run->gaps.items[0] : NULL;
	if (work->connection_id && !connection_note_use(work->store, work->connection_id, problem, work_now(work), &err))
		log_failure("noting the use of the connection", &err);
}

static void end_run(struct work *work) {
	struct sync_run *run = &work->run;
	if (work->lost)
		return;
	if (run->state == RUN_RUNNING)
		run->state = run->gap_count ? RUN_PARTIAL : RUN_COMPLETE;
	note_reading(work);
	run->phase = "ended";
	run->active = NULL;
	run->ended_at = work_now(work);
	work->stop = false;
	work_save(work);
	note_connection(work);
	tell_trouble(work);
	bump_ledger(work);
	log_info("sync %s %s: %lld calls, %lld snapshots, %lld unchanged, %lld gaps", run->id,
	         run->state == RUN_COMPLETE  ? "complete"
	         : run->state == RUN_PARTIAL ? "partial"
	                                     : "failed",
	         (long long)run->calls, (long long)run->snapshots, (long long)run->unchanged, (long long)run->gap_count);
}

static void begin_run(struct work *work) {
	struct sync_run *run = &work->run;
	const char **room = arena_array(work->arena, const char *, GAPS_KEPT);
	const char **values = arena_array(work->arena, const char *, GAPS_KEPT);
	run->resumed += run->state == RUN_RUNNING;
	run->state = RUN_RUNNING;
	if (!moment_is_set(run->started_at))
		run->started_at = work_now(work);
	/* A resumed run retries its gaps. */
	run->gaps = (struct strings){ room, 0 };
	run->unreadable = (struct strings){ values, 0 };
	run->unreadable_count = run->gap_count = run->lists = run->campaigns = run->pages = run->skipped = run->planned =
		run->done = 0;
	work_save(work);
}

void work_give_up(struct work *work, const char *why) {
	stop_run(work, why);
	end_run(work);
}

void work_carry_out(struct work *work) {
	work->last = &work->ready;
	work->pool = http_pool_new("Telltale/0.1 (self-hosted campaign console)");
	begin_run(work);
	(work->run.kind == RUN_CONTACTS ? contacts_phases : figures_phases)(work);
	end_run(work);
	http_pool_free(work->pool);
}
