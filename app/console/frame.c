/* What every page shows around its content. */
#include "console/frame.h"

#include "campaigns/own_campaign.h"
#include "console/saved_view.h"
#include "core/store/version.h"
#include "notices/notice.h"
#include "observing/sync.h"

enum { MENU_VIEWS = 6 };

/* Better a page without the number of notices than none. */
static const char *unread_of(struct exchange *x) {
	struct error ignored = ERROR_INIT;
	int64_t unread = 0;
	bool known = notice_count_unread(x->store, &unread, &ignored);
	return known && unread ? text_of_count(x->arena, unread) : NULL;
}

/* Class and words for each state of a run. */
static const struct {
	const char *state, *words, *detail;
} run_words[RUN_STATE_COUNT] = {
	[RUN_QUEUED] = { "running", "Sync is waiting", "A sync is waiting to start." },
	[RUN_RUNNING] = { "running", "Syncing", "A sync is running." },
	[RUN_COMPLETE] = { "", "Synced", "Everything was read in full." },
	[RUN_PARTIAL] = { "partial", "Partly synced", "Some of it could not be read." },
	[RUN_FAILED] = { "failed", "Sync failed", "The last sync failed." },
};

static void put_sync_words(struct value *view, const char *state, const char *words, const char *detail) {
	struct value *sync = value_put(view, "sync", value_map(view->arena));
	value_put_text(sync, "state", state);
	value_put_text(sync, "words", words);
	value_put_text(sync, "detail", detail);
}

static void put_sync(struct exchange *x, struct value *view) {
	struct error ignored = ERROR_INIT;
	struct sync_run *runs;
	int count = 0;
	if (x->is_cut_off || !sync_recent(x->store, RUN_FIGURES, 1, x->arena, &runs, &count, &ignored)) {
		put_sync_words(view, "stale", "Sync unknown", "The database does not answer.");
	} else if (count == 0) {
		put_sync_words(view, "stale", "Not synced yet", "The first sync has not ended.");
	} else {
		const char *when = text_of_moment_near(x->arena, runs[0].ended_at, x->now);
		const char *words = run_words[runs[0].state].words;
		put_sync_words(view, run_words[runs[0].state].state,
		               *when ? arena_print(x->arena, "%s %s", words, when) : words, run_words[runs[0].state].detail);
	}
}

/* The first of the user's saved views by name, for the menu. */
static void put_views(struct exchange *x, struct value *view) {
	struct error ignored = ERROR_INIT;
	struct rows rows;
	struct value *list = value_put(view, "my_views", value_list(x->arena));
	if (x->is_cut_off || !view_list(x->store, x->identity.user, x->arena, &rows, &ignored))
		return;
	const struct saved_view *items = rows.items;
	for (int i = 0; i < rows.count && i < MENU_VIEWS; i++) {
		struct value *one = value_push(list, value_map(x->arena));
		value_put_text(one, "name", items[i].name);
		value_put_text(one, "address", items[i].address);
	}
}

/* How many campaigns are queued, being sent or paused; counted anew once campaigns have changed. */
static int64_t under_way(struct exchange *x) {
	static int64_t version = -1, known;
	const struct versions *observed = store_observed(x->store);
	struct error ignored = ERROR_INIT;
	int64_t count;
	if (observed && observed->campaigns == version)
		return known;
	if (!campaign_count_under_way(x->store, &count, &ignored))
		return 0;
	version = observed ? observed->campaigns : -1;
	return known = count;
}

void console_frame(struct exchange *x, struct value *view) {
	/* The rail is also there for somebody whose session cannot be looked up. */
	int64_t going = x->identity.user && !x->is_cut_off ? under_way(x) : 0;
	value_put_text(view, "under_way", going ? text_of_count(x->arena, going) : NULL);
	if (!x->identity.user)
		return;
	put_views(x, view);
	value_put_text(view, "unread", x->is_cut_off ? NULL : unread_of(x));
	put_sync(x, view);
}
