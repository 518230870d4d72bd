/* The history of what is listed of a campaign. */
#include "campaigns/listed.h"

#include <stddef.h>

#include "campaigns/stored.h"
#include "core/store/state_history.h"

static const struct field state_fields[] = {
	FIELD(struct listed_state, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct listed_state, campaign_id, .flags = FIELD_ID),
	FIELD(struct listed_state, since),
	FIELD_RECORD(struct listed_state, campaign, campaign_record),
	FIELD(struct listed_state, inferred),
};
const struct record_type listed_state_record = RECORD_TYPE("ListedState", struct listed_state, state_fields);

void listed_copy(struct campaign *to, const struct campaign *from) {
	to->name = from->name;
	to->subject = from->subject;
	to->provider_status = from->provider_status;
	to->status = from->status;
	to->from_name = from->from_name;
	to->from_email = from->from_email;
	to->list_id = from->list_id;
	to->list_ids = from->list_ids;
	to->created_at = from->created_at;
	to->sent_at = from->sent_at;
	to->content_bytes = from->content_bytes;
	to->partner_id = from->partner_id;
	to->project_id = from->project_id;
	to->gone_at = from->gone_at;
	to->search = from->search;
	to->sort_sent = from->sort_sent;
}

/* Only what is listed. */
static struct campaign listed_of(const struct campaign *campaign) {
	struct campaign listed;
	record_clear(&campaign_record, &listed);
	listed_copy(&listed, campaign);
	return listed;
}

bool listed_same(const struct campaign *a, const struct campaign *b) {
	const struct campaign first = listed_of(a), second = listed_of(b);
	return record_same(&campaign_record, &first, &second);
}

static bool is_same(const void *a, const void *b) {
	return listed_same(a, b);
}

static bool append(struct store *store, const void *object, struct moment since, bool inferred, struct arena *arena,
                   struct error *err) {
	const struct campaign *campaign = object;
	struct listed_state state = { store_new_id(arena), campaign->id, since, listed_of(campaign), inferred };
	return store_insert(store, LISTED_STATES, &listed_state_record, &state, err);
}

static bool write_gone(struct store *store, const char *id, struct moment at, struct moment since, struct error *err) {
	bool matched;
	return store_update(store, CAMPAIGNS, FILTER(by_id(id)),
	                    UPDATE(set_moment("gone_at", at), set_moment("listed_since", since), CAMPAIGN_CHANGED),
	                    &matched, err);
}

static bool write_missing(struct store *store, const struct filter *which, const char *run_id, int64_t count,
                          struct error *err) {
	return store_update_all(store, CAMPAIGNS, which,
	                        UPDATE(set_id("missing_run", run_id), set_count("missing_with", count)), err);
}

static const struct state_history states = { append,
	                                         is_same,
	                                         write_gone,
	                                         write_missing,
	                                         CAMPAIGNS,
	                                         &campaign_record,
	                                         offsetof(struct campaign, id),
	                                         offsetof(struct campaign, listed_since),
	                                         offsetof(struct campaign, gone_at) };

bool listed_note(struct store *store, const struct campaign *before, struct campaign *after, struct moment at,
                 struct arena *arena, struct error *err) {
	return state_history_note(&states, store, before, after, at, arena, err);
}

bool campaign_mark_gone(struct store *store, const char *connection_id, const char *run_id, struct moment at,
                        struct unseen *unseen, struct error *err) {
	return state_history_end_unseen(&states, store, connection_id, run_id, at, unseen, err);
}
