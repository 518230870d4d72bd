/* Hits: whose they are, and storing them. */
#include "answering/hit.h"

#include "audience/contacts/contact.h"
#include "dispatch/block.h"

static const char HITS[] = "hits";

static const char *const kind_names[] = {
	[HIT_OPEN] = "open", [HIT_CLICK] = "click", [HIT_UNSUBSCRIBE] = "unsubscribe"
};
_Static_assert(sizeof kind_names / sizeof *kind_names == HIT_KIND_COUNT, "a name a kind");
const struct choices hit_kinds = CHOICES(kind_names);

static const struct field fields[] = {
	FIELD(struct hit, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct hit, campaign_id, .flags = FIELD_ID),
	FIELD(struct hit, block),
	FIELD(struct hit, index),
	FIELD(struct hit, link),
	FIELD(struct hit, contact_id, .flags = FIELD_ID),
	FIELD(struct hit, kind, .choices = &hit_kinds),
	FIELD(struct hit, at),
	FIELD_AS(struct hit, visitor.is_head, "is_head"),
	FIELD_AS(struct hit, visitor.is_prefetch, "is_prefetch"),
	FIELD_AS(struct hit, visitor.agent, "agent", .choices = &agents),
	FIELD_AS(struct hit, visitor.network, "network"),
};
const struct record_type hit_record = RECORD_TYPE("Hit", struct hit, fields);

struct hit hit_of(enum hit_kind kind, const struct token *token, const struct visitor *visitor, struct moment now,
                  struct arena *arena) {
	return (struct hit){ .id = store_new_id(arena),
		                 .campaign_id = arena_copy(arena, token->campaign_id),
		                 .block = token->block,
		                 .index = token->index,
		                 .link = kind == HIT_CLICK ? token->link : COUNT_NONE,
		                 .kind = kind,
		                 .at = now,
		                 .visitor = *visitor };
}

/* What was decided when the mail was written holds, unless they have taken it back since. */
static bool is_kept(const struct recipient *recipient, const struct contact *contact, bool required) {
	return !recipient->is_counted && permission_tracks(contact->tracking.state, true, required);
}

bool hit_settle(struct store *store, struct hit *hit, bool required, struct arena *arena, struct error *err) {
	struct recipient recipient;
	struct contact contact;
	bool found;
	hit->contact_id = NULL;
	if (!block_find_recipient(store, hit->campaign_id, hit->block, (int)hit->index, arena, &recipient, &found, err))
		return false;
	if (found && !contact_find(store, recipient.contact_id, arena, &contact, &found, err))
		return false;
	if (found && is_kept(&recipient, &contact, required))
		hit->contact_id = contact.id;
	else
		hit->block = hit->index = COUNT_NONE;
	return true;
}

bool hit_store(struct store *store, const struct hit *hit, struct error *err) {
	bool was_there;
	return store_insert_once(store, HITS, &hit_record, hit, &was_there, err);
}

bool hit_forget(struct store *store, const struct strings *contact_ids, struct error *err) {
	return store_update_all(store, HITS, FILTER(in_ids("contact_id", contact_ids)),
	                        UPDATE(set_id("contact_id", NULL), set_count("block", COUNT_NONE),
	                               set_count("index", COUNT_NONE), set_text("network", NULL)),
	                        err);
}
