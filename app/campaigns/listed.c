/* The history of what is listed of a campaign. */
#include "campaigns/listed.h"

#include "campaigns/stored.h"

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
	BUF_AUTO one = { 0 };
	BUF_AUTO other = { 0 };
	struct campaign first = listed_of(a), second = listed_of(b);
	record_to_json(&campaign_record, &first, &one);
	record_to_json(&campaign_record, &second, &other);
	return text_same(buf_text(&one), buf_text(&other));
}

static bool append(struct store *store, const struct campaign *campaign, struct moment since, bool inferred,
                   struct arena *arena, struct error *err) {
	struct listed_state state = { store_new_id(arena), campaign->id, since, listed_of(campaign), inferred };
	return store_insert(store, LISTED_STATES, &listed_state_record, &state, err);
}

bool listed_note(struct store *store, const struct campaign *before, struct campaign *after, struct moment at,
                 struct arena *arena, struct error *err) {
	bool has_row = before && moment_is_set(before->listed_since);
	struct moment was = !before ? MOMENT_NONE : has_row ? before->listed_since : store_id_moment(before->id);
	after->listed_since = was;
	if (before && !has_row && !append(store, before, was, true, arena, err))
		return false;
	if (before && listed_same(before, after))
		return true;
	after->listed_since = moment_is_set(was) && at.ms <= was.ms ? moment_add(was, 1) : at;
	return append(store, after, after->listed_since, false, arena, err);
}
