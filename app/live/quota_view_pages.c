/* The connection of a campaign that is sent, and who sends. */
#include "live/quota_view_pages.h"

#include "connections/used_view_pages.h"
#include "core/http/parts.h"
#include "dispatch/block_jobs.h"

bool quota_connection(struct exchange *x, const struct dispatch *dispatch, struct connection *connection, bool *found,
                      struct error *err) {
	struct rows all;
	if (dispatch->connection_id)
		return connection_find(x->store, dispatch->connection_id, x->arena, connection, found, err);
	if (!connection_list(x->store, x->arena, &all, err))
		return false;
	const struct connection *one = connection_for_email(&all);
	*found = one != NULL;
	if (one)
		*connection = *one;
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

bool quota_put(struct exchange *x, struct value *view, const struct monitored *seen, struct error *err) {
	struct connection connection;
	struct block_senders senders;
	bool found;
	if (!quota_connection(x, &seen->dispatch, &connection, &found, err) ||
	    !block_senders_read(x->store, seen->campaign.id, x->now, x->arena, &senders, err))
		return false;
	value_put_text(view, "through", found ? connection.name : NULL);
	value_put_text(view, "through_id", found ? connection.id : NULL);
	value_put_text(view, "senders", senders_text(x, &senders));
	return !found || limits_used_put(x, view, &connection, err);
}
