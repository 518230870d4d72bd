/* What listeners of a campaign are told. */
#include "dispatch/live.h"

#include <stdio.h>
#include <string.h>

#include "core/process/push.h"
#include "core/store/rate_limit.h"
#include "dispatch/live_message.h"
#include "notices/listeners.h"

static void push_message(const char *campaign_id, const struct buf *message) {
	if (message->size)
		push_send(campaign_id, buf_text(message), message->size);
}

/* *found false: it was never started. */
static bool read_progress(struct store *store, const char *id, struct arena *arena, struct progress *progress,
                          bool *found, struct error *err) {
	*found = progress_read(store, id, arena, progress, err);
	return *found || err->kind == ERROR_MISSING;
}

void live_tell(struct store *store, const char *campaign_id, struct moment now) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaign;
	struct progress progress;
	struct live_messages messages;
	struct error ignored = ERROR_INIT;
	bool found, started;
	if (!push_is_open() || !campaign_find(store, campaign_id, arena, &campaign, &found, &ignored) || !found ||
	    !read_progress(store, campaign.id, arena, &progress, &started, &ignored) ||
	    !listeners_renew(store, campaign.id, now))
		return;
	live_messages_of(&campaign, started ? &progress : NULL, now, &messages);
	push_message(campaign.id, &messages.email_progress);
	push_message(campaign.id, &messages.status);
	push_message(campaign.id, &messages.progress);
	push_message(campaign.id, &messages.completed);
	live_messages_free(&messages);
}

static struct live_row *row_of(struct live *live, const char *campaign_id) {
	for (int i = 0; i < LIVE_ROWS; i++)
		if (strcmp(live->rows[i].campaign_id, campaign_id) == 0)
			return &live->rows[i];
	struct live_row *row = &live->rows[live->next++ % LIVE_ROWS];
	*row = (struct live_row){ .due_ms = 0 };
	(void)snprintf(row->campaign_id, sizeof row->campaign_id, "%s", campaign_id);
	return row;
}

/* Of all processes one may tell in each second. */
static bool take_turn(struct store *store, const char *campaign_id) {
	char name[40];
	int taken = 0;
	int64_t wait_ms;
	struct error ignored = ERROR_INIT;
	(void)snprintf(name, sizeof name, "live:%s", campaign_id);
	const struct rate_limit limit = { name, 1, 1 };
	return rate_limit_take(store, &limit, 1, &taken, &wait_ms, &ignored) && taken == 1;
}

void live_progress(struct live *live, struct store *store, const char *campaign_id, struct moment now) {
	struct live_row *row = row_of(live, campaign_id);
	bool due = now.ms >= row->due_ms || now.ms < row->due_ms - 2 * LIVE_TURN_MS; /* or the clock was set back */
	if (!due || !push_is_open())
		return;
	row->due_ms = now.ms + LIVE_TURN_MS;
	if (take_turn(store, campaign_id))
		live_tell(store, campaign_id, now);
}
