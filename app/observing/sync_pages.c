/* The sync page and button, and their JSON. */
#include "observing/sync_pages.h"

#include <string.h>

#include "core/jobs/owner.h"
#include "core/process/keeping.h"
#include "metrics/share.h"
#include "observing/sync.h"

enum { HISTORY = 30, RUNS_MAX = 10000 };

static const char *const run_state_labels[RUN_STATE_COUNT] = {
	[RUN_QUEUED] = "Waiting",  [RUN_RUNNING] = "Running", [RUN_COMPLETE] = "Complete",
	[RUN_PARTIAL] = "Partial", [RUN_FAILED] = "Failed",
};

/* How it was requested, for people. */
static const char *trigger_label(const char *trigger) {
	static const char *const labels[][2] = {
		{ "button", "Sync now" },
		{ "schedule", "Schedule" },
		{ "cli", "Command line" },
		{ "full", "Command line, in full" },
		{ "hook", "EmailOctopus reported news" },
	};
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (text_same(labels[i][0], trigger))
			return labels[i][1];
	return trigger;
}

/* "1 person is", "12 people are"; NULL if there is nobody. */
static const char *people_text(struct arena *arena, int64_t count) {
	if (count <= 0)
		return NULL;
	return text_of_counted(arena, count, "person is", "people are");
}

static struct value *run_view(const struct sync_run *run, struct moment now, struct arena *arena) {
	struct value *view = record_to_value(&sync_run_record, run, arena);
	int64_t end = moment_is_set(run->ended_at) ? run->ended_at.ms : now.ms;
	value_put_text(view, "requested_human", text_of_moment(arena, run->requested_at));
	bool started = moment_is_set(run->started_at);
	value_put_text(view, "seconds",
	               started ? arena_print(arena, "%.1f", (double)(end - run->started_at.ms) / 1000) : NULL);
	value_put_text(view, "by", text_of_author(arena, run->requested_by));
	value_put_text(view, "state_label", run_state_labels[run->state]);
	value_put_text(view, "trigger_label", trigger_label(run->trigger));
	value_put_bool(view, "is_active", run->state == RUN_QUEUED || run->state == RUN_RUNNING);
	value_put_bool(view, "has_plan", run->plan.count > 0);
	value_put_bool(view, "has_gaps", run->gap_count > 0);
	value_put_bool(view, "has_unreadable", run->unreadable_count > 0);
	value_put_text(view, "unnamed_people", people_text(arena, run->unnamed));
	value_put_text(view, "undated_people", people_text(arena, run->undated));
	value_put_int(view, "percent", (int64_t)metric_or_zero(share_percent(run->done, run->planned)));
	return view;
}

/* The newest contacts run, which continues in the background. */
static bool put_contacts(struct exchange *x, struct value *view, struct error *err) {
	struct sync_run *runs;
	int count;
	if (!sync_recent(x->store, RUN_CONTACTS, 1, x->arena, &runs, &count, err))
		return false;
	(void)value_put(view, "people", count ? run_view(&runs[0], x->now, x->arena) : value_null(x->arena));
	return true;
}

static bool put_runs(struct exchange *x, struct value *view, struct error *err) {
	struct sync_run *runs;
	int count;
	if (!sync_recent(x->store, RUN_FIGURES, HISTORY, x->arena, &runs, &count, err))
		return false;
	struct value *list = value_put(view, "runs", value_list(x->arena));
	for (int i = 0; i < count; i++)
		(void)value_push(list, run_view(&runs[i], x->now, x->arena));
	(void)value_put(view, "latest", count ? run_view(&runs[0], x->now, x->arena) : value_null(x->arena));
	return put_contacts(x, view, err);
}

/* What telltale-keeper calls the state of a process (core/process/keeping.h), and pages. */
static struct value *process_view(const struct service_row *row, struct arena *arena) {
	static const struct {
		const char *told, *key, *label;
	} states[] = { { "up", "active", "Running" },
		           { "waiting", "queued", "Waiting" },
		           { "stopping", "paused", "Stopping" },
		           { "down", "paused", "Stopped" } };
	struct value *view = value_map(arena);
	value_put_text(view, "name", row->name);
	const char *key = "ended", *label = row->state;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		bool is_it = text_same(states[i].told, row->state);
		key = is_it ? states[i].key : key;
		label = is_it ? states[i].label : label;
	}
	value_put_text(view, "state", key);
	value_put_text(view, "state_label", label);
	value_put_text(view, "since", text_of_moment(arena, (struct moment){ row->since_s * 1000 }));
	value_put_int(view, "restarts", row->restarts);
	value_put_text(view, "end", row->end == KEEPING_NEVER ? "–" : keeping_end(arena, row->end));
	value_put_text(view, "next", row->next_s ? text_of_moment(arena, (struct moment){ row->next_s * 1000 }) : "–");
	return view;
}

/* As telltale-keeper tells; nothing if it has never run here. */
static void put_processes(struct exchange *x, struct value *view) {
	struct service_row *rows = arena_array(x->arena, struct service_row, KEEPING_SERVICES);
	char owner[KEEPING_OWNER];
	int count;
	bool kept = keeping_read(x->settings->home, owner, rows, &count);
	struct value *list = value_put(view, "processes", value_list(x->arena));
	for (int i = 0; i < count; i++)
		(void)value_push(list, process_view(&rows[i], x->arena));
	value_put_bool(view, "has_processes", kept);
	value_put_bool(view, "keeper_gone", kept && owner_is_gone(owner));
}

static bool show_page(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	value_put_bool(view, "already", params_get(&x->query, "already") != NULL);
	value_put_bool(view, "asked", params_get(&x->query, "asked") != NULL);
	put_processes(x, view);
	return put_runs(x, view, err) && reply_page(x, "observing/sync", "Sync", "sync", view, err);
}

static bool show_fragment(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	return put_runs(x, view, err) && reply_page(x, "observing/sync_run", "Sync", "sync", view, err);
}

static bool ask(struct exchange *x, struct error *err) {
	const char *id;
	bool already;
	if (!sync_request(x->store, RUN_FIGURES, "button", x->identity.user, x->arena, &id, &already, err))
		return false;
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "id", id);
	value_put_bool(answer, "already_running", already);
	value_put_text(answer, "watch", arena_print(x->arena, "/api/sync/%s", id));
	return reply_done(x, already ? "/sync?already=1" : "/sync?asked=1", answer);
}

static bool find_runs(struct exchange *x, int limit, struct rows *rows, struct error *err) {
	struct sync_run *runs;
	int kind = RUN_FIGURES;
	const char *value = params_get(&x->query, "kind");
	if (!text_is_empty(value) && !choice_find(&run_kinds, value, &kind))
		return error_field(err, "kind", "kind must be figures or contacts, not '%.40s'", value);
	if (!sync_recent(x->store, (enum run_kind)kind, limit, x->arena, &runs, &rows->count, err))
		return false;
	rows->items = runs;
	return true;
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows runs;
	return find_runs(x, HISTORY, &runs, err) && reply_rows(x, &sync_run_record, runs);
}

static bool list_csv(struct exchange *x, struct error *err) {
	struct rows runs;
	return find_runs(x, RUNS_MAX, &runs, err) && reply_csv_rows(x, "sync-runs.csv", &sync_run_record, runs);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct sync_run run;
	bool found;
	if (!sync_find(x->store, x->values[0], x->arena, &run, &found, err))
		return false;
	return found ? reply_record(x, &sync_run_record, &run)
	             : error_set(err, ERROR_MISSING, "no sync run %.60s", x->values[0]);
}

const struct route sync_routes[] = {
	{ "GET", "/sync", GUARD_SIGNED_IN, show_page },
	{ "GET", "/sync/latest", GUARD_SIGNED_IN, show_fragment },
	{ "GET", "/sync.csv", GUARD_SIGNED_IN, list_csv, .download = true },
	{ "POST", "/sync", GUARD_SIGNED_IN, ask, .creates = true },
	{ "GET", "/api/sync", GUARD_SIGNED_IN, list_api, .summary = "The newest sync runs", .output = &sync_run_record,
	  .list = true, .parameters = "kind" },
	{ "POST", "/api/sync", GUARD_SIGNED_IN, ask, .summary = "Request a sync", .status = 202, .creates = true,
	  .shape = "id:text already_running:bool watch:text" },
	{ "GET", "/api/sync/:run_id", GUARD_SIGNED_IN, show_api, .summary = "One sync run", .output = &sync_run_record },
	{ 0 },
};
