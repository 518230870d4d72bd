/* What needs attention, at the top of the dashboard. */
#include "connections/connection.h"
#include "console/dashboard_view.h"
#include "dispatch/progress.h"

enum { TASKS = 3 };

/* What the limits are about, in the plural. */
static const char *const limit_words[LIMIT_COUNT] = {
	[LIMIT_COMPLAINTS] = "complaints", [LIMIT_HARD_BOUNCES] = "hard bounces", [LIMIT_UNSUBSCRIBES] = "unsubscribes"
};

/* "broke 2 limits: complaints 0.366 %, hard bounces 8.05 %"; NULL if it broke none. */
static const char *broken_text(struct arena *arena, const struct campaign *campaign) {
	struct broken_limit broken[LIMIT_COUNT];
	int count = campaign->has_report ? metrics_broken_limits(&campaign->current_metrics, broken) : 0;
	BUF_AUTO out = { 0 };
	if (count == 0)
		return NULL;
	if (count > 1)
		buf_print(&out, "broke %d limits: ", count);
	else
		buf_text_add(&out, "broke a limit: ");
	for (int i = 0; i < count; i++) {
		const struct limit_row *row = &limit_rows[broken[i].limit];
		buf_print(&out, "%s%s %.*f\u00a0%%", i ? ", " : "", limit_words[broken[i].limit], row->decimals,
		          broken[i].percent);
	}
	if (count == 1)
		buf_print(&out, " (limit %s)", limit_rows[broken->limit].words);
	return arena_copy(arena, buf_text(&out));
}

struct task {
	const char *kind, *icon, *name, *words, *address, *action;
};

static void put_task(struct value *tasks, const struct task *task) {
	struct value *one = value_push(tasks, value_map(tasks->arena));
	value_put_text(one, "kind", task->kind);
	value_put_text(one, "icon", task->icon);
	value_put_text(one, "name", task->name);
	value_put_text(one, "words", task->words);
	value_put_text(one, "address", task->address);
	value_put_text(one, "action", task->action);
}

/* "The sync of today, 09:00" "failed: EmailOctopus did not answer" */
void dashboard_put_trouble(struct value *tasks, const struct board *board, const struct sync_run *run) {
	struct arena *arena = tasks->arena;
	const char *when = text_of_moment_near(arena, run->requested_at, board->x->now);
	bool failed = run->state == RUN_FAILED;
	const char *why = !text_is_empty(run->problem) ? run->problem
	                  : run->gap_count == 1
	                      ? "something could not be read"
	                      : arena_print(arena, "%s things could not be read", text_of_count(arena, run->gap_count));
	put_task(tasks, &(struct task){ failed ? "bad" : "warn", "refresh", arena_print(arena, "The sync of %s", when),
	                                arena_print(arena, "%s: %s", failed ? "failed" : "is partial", why), "/sync",
	                                "See what is missing" });
}

static bool is_under_way(const struct campaign *campaign) {
	return campaign->origin == CAMPAIGN_OWN &&
	       (campaign->status == CAMPAIGN_QUEUED || campaign->status == CAMPAIGN_SENDING ||
	        campaign->status == CAMPAIGN_PAUSED);
}

/* "is sending: 1,243 of 5,000"; what is counted anew while it is shown is on its monitor. */
static bool under_way_words(struct exchange *x, const struct campaign *campaign, const char **words,
                            struct error *err) {
	const char *what = campaign->status == CAMPAIGN_PAUSED ? "is paused" : "is sending";
	struct error none = ERROR_INIT;
	struct progress progress;
	*words = campaign->status == CAMPAIGN_QUEUED ? "is about to be sent" : what;
	if (campaign->status == CAMPAIGN_QUEUED)
		return true;
	if (!progress_read(x->store, campaign->id, x->arena, &progress, &none)) {
		*err = none;
		return none.kind == ERROR_MISSING;
	}
	*words = arena_print(x->arena, "%s: %s of %s sent", what, text_of_count(x->arena, progress.accepted),
	                     text_of_count(x->arena, progress_total(&progress)));
	return true;
}

/* One line for all: the newest, and how many others. */
static bool put_under_way(struct exchange *x, struct value *tasks, struct error *err) {
	struct campaign_filter filter = CAMPAIGN_EVERY;
	const struct campaign *first = NULL;
	struct campaign *campaigns;
	const char *words;
	int count, found = 0;
	filter.own = true;
	if (!campaign_select(x->store, &filter, x->arena, &campaigns, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		if (!is_under_way(&campaigns[i]))
			continue;
		first = first ? first : &campaigns[i];
		found++;
	}
	if (!first)
		return true;
	if (!under_way_words(x, first, &words, err))
		return false;
	if (found > 1)
		words = arena_print(x->arena, "%s, and %s under way", words,
		                    text_of_counted(x->arena, found - 1, "other campaign is", "other campaigns are"));
	put_task(tasks, &(struct task){ first->status == CAMPAIGN_PAUSED ? "warn" : "info", "send", campaign_name(first),
	                                words, arena_print(x->arena, "/campaigns/%s/monitor", first->id), "View" });
	return true;
}

/* EmailOctopus is not among them: its sync tells. */
static bool put_disconnected(struct exchange *x, struct value *tasks, struct error *err) {
	struct rows connections;
	if (!connection_list(x->store, x->arena, &connections, err))
		return false;
	const struct connection *items = connections.items;
	for (int i = 0; i < connections.count && tasks->count < TASKS; i++) {
		const struct connection_health health = connection_health(&items[i]);
		if (items[i].provider == PROVIDER_EMAILOCTOPUS || !text_same(health.kind, "failed"))
			continue;
		put_task(tasks, &(struct task){ "warn", "plug-connected", items[i].name,
		                                arena_print(x->arena, "is disconnected: %s", health.why),
		                                arena_print(x->arena, "/connections/%s", items[i].id), "Reconnect" });
	}
	return true;
}

/* Of a past moment only the limits: the others are about now. */
bool dashboard_put_tasks(struct value *view, const struct board *board, const struct sync_run *run, struct error *err) {
	struct arena *arena = view->arena;
	struct value *tasks = value_put(view, "tasks", value_list(arena));
	const char *past = value_get_text(view, "past_query");
	int more = 0;
	if (run && (run->state == RUN_FAILED || run->state == RUN_PARTIAL))
		dashboard_put_trouble(tasks, board, run);
	if (!past && (!put_under_way(board->x, tasks, err) || !put_disconnected(board->x, tasks, err)))
		return false;
	for (int i = 0; i < board->now.count; i++) {
		const struct campaign *campaign = &board->now.campaigns[i];
		const char *words = broken_text(arena, campaign);
		if (words && tasks->count < TASKS)
			put_task(tasks, &(struct task){ "bad", "alert-triangle", campaign_name(campaign), words,
			                                arena_print(arena, "/campaigns/%s%s", campaign->id, past ? past : ""),
			                                "See why" });
		else if (words)
			more++;
	}
	value_put_bool(view, "has_tasks", tasks->count > 0);
	value_put_text(view, "more_tasks",
	               more ? text_of_counted(arena, more, "more campaign broke a limit", "more campaigns broke a limit")
	                    : NULL);
	return true;
}
