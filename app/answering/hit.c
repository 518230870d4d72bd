/* Hits: whose they are, and storing them. */
#include "answering/hit.h"

static const char HITS[] = "hits";

static const char *const kind_names[] = {
	[HIT_OPEN] = "open", [HIT_CLICK] = "click", [HIT_UNSUBSCRIBE] = "unsubscribe"
};
_Static_assert(sizeof kind_names / sizeof *kind_names == HIT_KIND_COUNT, "a name a kind");
const struct choices hit_kinds = CHOICES(kind_names);

static const char *const class_names[] = {
	[HIT_HUMAN] = "human", [HIT_PROXY] = "proxy", [HIT_MACHINE] = "machine", [HIT_UNKNOWN] = "unknown"
};
_Static_assert(sizeof class_names / sizeof *class_names == HIT_CLASS_COUNT, "a name a class");
const struct choices hit_classes = CHOICES(class_names);

static const char *const reason_names[] = {
	[REASON_NONE] = "none",
	[REASON_PICTURES] = "picture_proxy",
	[REASON_PRIVACY] = "privacy_proxy",
	[REASON_HEAD] = "head",
	[REASON_PREFETCH] = "prefetch",
	[REASON_SCANNER] = "scanner",
	[REASON_PROGRAM] = "program",
	[REASON_EARLY] = "before_delivery",
	[REASON_BARE_CLICK] = "bare_agent",
	[REASON_MANY_LINKS] = "many_links",
	[REASON_ALL_LINKS] = "all_links",
	[REASON_SAME_NETWORK] = "same_network",
	[REASON_SWEEP] = "many_people",
	[REASON_SILENT] = "no_agent",
	[REASON_SOON] = "soon_after_delivery",
};
_Static_assert(sizeof reason_names / sizeof *reason_names == HIT_REASON_COUNT, "a name a reason");
const struct choices hit_reasons = CHOICES(reason_names);

static const struct field fields[] = {
	FIELD(struct hit, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct hit, campaign_id, .flags = FIELD_ID),
	FIELD(struct hit, block),
	FIELD(struct hit, index),
	FIELD(struct hit, hour, .doc = "Of one that is only counted: since 1970"),
	FIELD(struct hit, link),
	FIELD(struct hit, contact_id, .flags = FIELD_ID),
	FIELD(struct hit, kind, .choices = &hit_kinds),
	FIELD(struct hit, at),
	FIELD_AS(struct hit, visitor.is_head, "is_head"),
	FIELD_AS(struct hit, visitor.is_prefetch, "is_prefetch"),
	FIELD_AS(struct hit, visitor.agent, "agent", .choices = &agents),
	FIELD_AS(struct hit, visitor.network, "network"),
	FIELD(struct hit, waits, .flags = FIELD_PRIVATE),
	FIELD(struct hit, judged_as, .choices = &hit_classes),
	FIELD(struct hit, because, .choices = &hit_reasons),
};
const struct record_type hit_record = RECORD_TYPE("Hit", struct hit, fields);

struct hit hit_of(enum hit_kind kind, const struct token *token, const struct visitor *visitor, struct moment now,
                  struct arena *arena) {
	return (struct hit){ .id = store_new_id(arena),
		                 .campaign_id = arena_copy(arena, token->campaign_id),
		                 .block = token->block,
		                 .index = token->index,
		                 .link = kind == HIT_CLICK ? token->link : COUNT_NONE,
		                 .hour = COUNT_NONE,
		                 .kind = kind,
		                 .at = now,
		                 .visitor = *visitor,
		                 .waits = true,
		                 .judged_as = HIT_UNKNOWN };
}

void hit_make_nobodys(struct hit *hit) {
	hit->contact_id = NULL;
	hit->block = hit->index = COUNT_NONE;
	hit->hour = hit->at.ms / HOUR_MS;
}

bool hit_store(struct store *store, const struct hit *hit, struct error *err) {
	bool was_there;
	return store_insert_once(store, HITS, &hit_record, hit, &was_there, err);
}

bool hit_forget(struct store *store, const struct strings *contact_ids, struct error *err) {
	return store_update_all(store, HITS, FILTER(in_ids("contact_id", contact_ids)),
	                        UPDATE(unset("contact_id"), unset("network")), err);
}
