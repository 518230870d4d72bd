/* The connection of a campaign that is sent, and who sends. */
#include "live/quota_view_pages.h"

#include "connections/used_view_pages.h"
#include "core/http/parts.h"
#include "dispatch/block_jobs.h"

static bool find_usual(struct exchange *x, const struct connection **usual, struct error *err) {
	struct rows all;
	if (!connection_list(x->store, x->arena, &all, err))
		return false;
	*usual = connection_for_email(&all);
	return true;
}

bool quota_connection(struct exchange *x, const struct dispatch *dispatch, const struct connection **through,
                      struct error *err) {
	struct connection *named = arena_new_of(x->arena, struct connection);
	bool found;
	if (!dispatch->connection_id)
		return find_usual(x, through, err);
	if (!connection_find(x->store, dispatch->connection_id, x->arena, named, &found, err))
		return false;
	*through = found ? named : NULL;
	return true;
}

enum { LATE_MS = MINUTE_MS }; /* senders look for what is due every few seconds */

/* "2 at work, last seen 3 s ago". Between two mails that its speed keeps apart a sender may do something else. */
static const char *senders_text(struct exchange *x, const struct block_senders *senders) {
	if (!senders->count && moment_is_set(senders->due_at) && x->now.ms - senders->due_at.ms > LATE_MS)
		return arena_print(x->arena, "None: nothing was taken up since %s",
		                   text_of_moment_near(x->arena, senders->due_at, x->now));
	if (!senders->count)
		return moment_is_set(senders->due_at) ? "Waiting for the next email’s turn" : "None";
	int64_t ago = (x->now.ms - senders->seen_at.ms) / SECOND_MS;
	return arena_print(x->arena, "%lld at work, last seen %lld\u00a0s ago", (long long)senders->count,
	                   (long long)(ago > 0 ? ago : 0));
}

bool quota_put(struct exchange *x, struct value *view, const struct monitored *seen, const struct connection *through,
               struct error *err) {
	struct block_senders senders;
	if (!block_senders_read(x->store, seen->campaign.id, x->now, x->arena, &senders, err))
		return false;
	value_put_text(view, "through", through ? through->name : NULL);
	value_put_text(view, "through_id", through ? through->id : NULL);
	value_put_text(view, "senders", senders_text(x, &senders));
	return !through || limits_used_put(x, view, through, err);
}
