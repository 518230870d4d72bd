/* The ledger of runs, and the plan. */
#include "observing/sync.h"

#include <string.h>

#include "campaigns/history.h"
#include "core/base/lease.h"
#include "core/jobs/queue.h"
#include "core/store/clock.h"

static const char RUNS[] = "sync_runs";

enum { REQUEST_TRIES = 5 };

static const char *const state_names[] = {
	[RUN_QUEUED] = "queued",   [RUN_RUNNING] = "running", [RUN_COMPLETE] = "complete",
	[RUN_PARTIAL] = "partial", [RUN_FAILED] = "failed",
};
_Static_assert(sizeof state_names / sizeof *state_names == RUN_STATE_COUNT, "a name a state");
static const struct choices run_states = CHOICES(state_names);

static const char *const kind_names[] = { [RUN_FIGURES] = "figures", [RUN_CONTACTS] = "contacts" };
const struct choices run_kinds = CHOICES(kind_names);
static const char *const active_names[] = { [RUN_FIGURES] = "sync", [RUN_CONTACTS] = "contacts" };
static const char *const job_names[] = { [RUN_FIGURES] = FIGURES_JOB, [RUN_CONTACTS] = CONTACTS_JOB };

static const struct field run_fields[] = {
	FIELD(struct sync_run, kind, .choices = &run_kinds),
	FIELD(struct sync_run, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct sync_run, active, .flags = FIELD_PRIVATE),
	FIELD(struct sync_run, trigger, .doc = "button, cli, full or schedule"),
	FIELD(struct sync_run, requested_by),
	FIELD(struct sync_run, phase),
	FIELD(struct sync_run, problem),
	FIELD(struct sync_run, state, .choices = &run_states),
	FIELD(struct sync_run, number, .flags = FIELD_PRIVATE),
	FIELD(struct sync_run, requested_at),
	FIELD(struct sync_run, started_at),
	FIELD(struct sync_run, ended_at),
	FIELD(struct sync_run, progress_at),
	FIELD(struct sync_run, history_at, .flags = FIELD_PRIVATE),
	FIELD(struct sync_run, data_at, .doc = "When it read its newest figures, or people and what they did"),
	FIELD(struct sync_run, calls, .unit = "requests"),
	FIELD(struct sync_run, pages),
	FIELD(struct sync_run, campaigns),
	FIELD(struct sync_run, lists),
	FIELD(struct sync_run, planned, .doc = "Reports to read"),
	FIELD(struct sync_run, done, .doc = "Reports read or given up"),
	FIELD(struct sync_run, snapshots, .doc = "Snapshots appended"),
	FIELD(struct sync_run, unchanged),
	FIELD(struct sync_run, skipped, .doc = "Sent campaigns not due for reading"),
	FIELD(struct sync_run, contacts, .doc = "Contacts read"),
	FIELD(struct sync_run, events, .doc = "Engagement events appended"),
	FIELD(struct sync_run, forgotten, .doc = "Contacts that are gone at the provider"),
	FIELD(struct sync_run, waited_ms, .unit = "ms"),
	FIELD(struct sync_run, resumed),
	FIELD(struct sync_run, remaining),
	FIELD(struct sync_run, plan, .doc = "How many reports are read or left, and why"),
	FIELD(struct sync_run, gaps),
	FIELD(struct sync_run, gap_count),
	FIELD(struct sync_run, unreadable, .doc = "Values in answers that could not be read; the rest of them was"),
	FIELD(struct sync_run, unreadable_count, .unit = "values"),
	FIELD(struct sync_run, unnamed, .unit = "people",
	      .doc = "Counted by summaries, but named by no contact report; these are read again"),
	FIELD(struct sync_run, undated, .unit = "people",
	      .doc = "Named by contact reports without a time; these are read again"),
};
const struct record_type sync_run_record = RECORD_TYPE("SyncRun", struct sync_run, run_fields);

const char *const plan_words[PLAN_REASON_COUNT] = {
	[PLAN_NOT_SENT] = "not sent yet, so there is no report",
	[PLAN_DONE] = "synced by this run before it was interrupted",
	[PLAN_NEVER_READ] = "synced for the first time",
	[PLAN_BY_HAND] = "synced because somebody asked for it",
	[PLAN_YOUNG] = "synced, because sent in the last 30 days",
	[PLAN_DUE] = "synced, because the last time is a day ago (a week after 180 days)",
	[PLAN_LACKING] = "synced, because something was missing the last time",
	[PLAN_GONE] = "left out: no longer listed by the provider",
	[PLAN_LATER] = "left out: older, and synced not long ago",
};

enum plan_reason sync_plan(const struct campaign *campaign, const char *run_id, bool by_hand, struct moment now) {
	if (campaign->status != CAMPAIGN_SENT && campaign->status != CAMPAIGN_SENDING)
		return PLAN_NOT_SENT;
	if (text_same(campaign->summary_run, run_id))
		return PLAN_DONE;
	if (moment_is_set(campaign->gone_at))
		return PLAN_GONE;
	if (by_hand)
		return PLAN_BY_HAND;
	if (!campaign->has_report || !moment_is_set(campaign->summary_read_at))
		return PLAN_NEVER_READ;
	int64_t age = moment_is_set(campaign->sent_at) ? now.ms - campaign->sent_at.ms : 0;
	if (age < 30 * DAY_MS)
		return PLAN_YOUNG;
	if (!was_lately(campaign->summary_read_at, age < 180 * DAY_MS ? DAY_MS : 7 * DAY_MS, now))
		return PLAN_DUE;
	int64_t wait_ms = campaign_figures_wait(campaign);
	return wait_ms == INT64_MAX || was_lately(campaign->summary_read_at, wait_ms, now) ? PLAN_LATER : PLAN_LACKING;
}

bool sync_find(struct store *store, const char *id, struct arena *arena, struct sync_run *run, bool *found,
               struct error *err) {
	struct condition which = strcmp(id, "active") == 0     ? eq_text("active", active_names[RUN_FIGURES])
	                         : strcmp(id, "contacts") == 0 ? eq_text("active", active_names[RUN_CONTACTS])
	                                                       : by_id(id);
	return store_find(store, RUNS, FILTER(which), NULL, &sync_run_record, arena, run, found, err);
}

bool sync_recent(struct store *store, enum run_kind kind, int limit, struct arena *arena, struct sync_run **runs,
                 int *count, struct error *err) {
	/* Runs older than these fields have no kind and no number. */
	struct condition which = kind == RUN_CONTACTS  ? eq_choice("kind", &run_kinds, RUN_CONTACTS)
	                         : kind == RUN_FIGURES ? ne_choice("kind", &run_kinds, RUN_CONTACTS)
	                                               : anything();
	return store_list(store, RUNS, FILTER(which), SORT(desc("number"), desc("requested_at"), desc("_id")), limit,
	                  &sync_run_record, arena, (void **)runs, count, err);
}

bool sync_read_before(struct store *store, struct moment as_of, struct moment *at, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct sync_run run;
	bool found;
	*at = MOMENT_NONE;
	if (!store_find(store, RUNS,
	                FILTER(lte_moment("data_at", as_of), ne_choice("kind", &run_kinds, RUN_CONTACTS),
	                       ne_choice("state", &run_states, RUN_FAILED)),
	                SORT(desc("data_at"), desc("_id")), &sync_run_record, arena, &run, &found, err))
		return false;
	if (found)
		*at = run.data_at;
	return true;
}

bool sync_newest_history(struct store *store, struct moment *at, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct sync_run run;
	bool found;
	*at = MOMENT_NONE;
	if (!store_find(store, RUNS, FILTER(is_present("history_at")), SORT(desc("history_at"), desc("_id")),
	                &sync_run_record, arena, &run, &found, err))
		return false;
	if (found)
		*at = run.history_at;
	return true;
}

/* Two requests at once may get one number; then their times decide. */
static bool next_number(struct store *store, struct arena *arena, int64_t *number, struct error *err) {
	struct sync_run *newest;
	int count;
	if (!sync_recent(store, RUN_KIND_COUNT, 1, arena, &newest, &count, err))
		return false;
	*number = count && newest->number != COUNT_NONE ? newest->number + 1 : 1;
	return true;
}

static struct sync_run new_run(enum run_kind kind, int64_t number, const char *trigger, const char *by,
                               struct moment now, struct arena *arena) {
	return (struct sync_run){ .kind = kind,
		                      .number = number,
		                      .id = store_new_id(arena),
		                      .active = active_names[kind],
		                      .trigger = trigger,
		                      .requested_by = by,
		                      .phase = "waiting",
		                      .state = RUN_QUEUED,
		                      .requested_at = now,
		                      .started_at = MOMENT_NONE,
		                      .ended_at = MOMENT_NONE,
		                      .progress_at = MOMENT_NONE,
		                      .history_at = MOMENT_NONE,
		                      .data_at = MOMENT_NONE,
		                      .remaining = COUNT_NONE,
		                      .unnamed = COUNT_NONE,
		                      .undated = COUNT_NONE };
}

bool sync_ask_job(struct store *store, const struct sync_run *run, struct arena *arena, struct error *err) {
	const struct job_request request = { .kind = job_names[run->kind],
		                                 .key = arena_print(arena, "run:%s", run->id),
		                                 .subject = run->id };
	const char *id;
	bool already;
	return queue_ask(store, &request, arena, &id, &already, err);
}

/* The unique index on `active` admits one queued or running run, however often the button is pressed. Looking first
 * spares the database most of the inserts that would collide, which it may see as a deadlock and take long over. If the
 * other run ends between the insert and the next look, try again. */
bool sync_request(struct store *store, enum run_kind kind, const char *trigger, const char *by, struct arena *arena,
                  const char **id, bool *already, struct error *err) {
	struct moment now;
	int64_t number;
	if (!store_now(store, &now, err) || !next_number(store, arena, &number, err))
		return false;
	for (int tries = 0; tries < REQUEST_TRIES; tries++) {
		struct sync_run run;
		bool was_there = false;
		if (!sync_find(store, kind == RUN_CONTACTS ? "contacts" : "active", arena, &run, already, err))
			return false;
		if (!*already) {
			run = new_run(kind, number, trigger, by, now, arena);
			if (!store_insert_once(store, RUNS, &sync_run_record, &run, &was_there, err))
				return false;
		}
		*id = run.id;
		if (!was_there)
			return sync_ask_job(store, &run, arena, err);
	}
	return error_set(err, ERROR_CONFLICT, "a sync has just ended: try again");
}

bool sync_save(struct store *store, const struct sync_run *run, int64_t fence, bool *held, struct error *err) {
	return store_update(store, RUNS, FILTER(by_id(run->id), eq_count("fence", fence)),
	                    UPDATE(set_record(&sync_run_record, run, NULL)), held, err);
}
