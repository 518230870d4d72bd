/* Subscriber lists: storage. */
#include "audience/lists/list.h"

#include "audience/lists/own_list.h"
#include "audience/lists/past.h"

#include "core/base/checked.h"
#include "core/base/collate.h"
#include "core/store/kept.h"

#include <string.h>

enum { LISTS_MAX = 10000 };

static const char LISTS[] = "lists", SNAPSHOTS[] = "list_snapshots";

static const char *const type_names[] = {
	[LIST_OBSERVED] = "observed",
	[LIST_STATIC] = "static",
	[LIST_DYNAMIC] = "dynamic",
	[LIST_SEGMENTED] = "segmented",
};
_Static_assert(sizeof type_names / sizeof *type_names == LIST_TYPE_COUNT, "a name a type");
const struct choices list_types = CHOICES(type_names);

static const char *const tracking_names[] = {
	[LIST_TRACKING_UNSET] = "unset",
	[LIST_TRACKING_NAMED] = "named",
	[LIST_TRACKING_COUNTED] = "counted",
};
_Static_assert(sizeof tracking_names / sizeof *tracking_names == LIST_TRACKING_COUNT, "a name a choice");
const struct choices list_trackings = CHOICES(tracking_names);

static const struct field count_fields[] = {
	FIELD(struct list_counts, subscribed, .unit = "contacts"),
	FIELD(struct list_counts, unsubscribed, .unit = "contacts"),
	FIELD(struct list_counts, pending, .unit = "contacts"),
};
static const struct record_type counts_record = RECORD_TYPE("ListCounts", struct list_counts, count_fields);

static const struct field engagement_fields[] = {
	FIELD(struct list_engagement, contacts, .unit = "contacts"),
	FIELD(struct list_engagement, opened, .unit = "contacts",
	      .doc = "Opened at least one campaign, automated opens included; campaigns that are gone count"),
	FIELD(struct list_engagement, clicked, .unit = "contacts",
	      .doc = "Clicked in at least one campaign; those that are gone count"),
	FIELD(struct list_engagement, never_opened, .unit = "contacts"),
	FIELD(struct list_engagement, joined_30_days, .unit = "contacts"),
	FIELD(struct list_engagement, clicked_30_days, .unit = "contacts", .doc = "Last click within 30 days"),
	FIELD(struct list_engagement, clicked_90_days, .unit = "contacts", .doc = "Last click 31 to 90 days ago"),
	FIELD(struct list_engagement, clicked_180_days, .unit = "contacts", .doc = "Last click 91 to 180 days ago"),
	FIELD(struct list_engagement, clicked_earlier, .unit = "contacts", .doc = "Last click more than 180 days ago"),
	FIELD(struct list_engagement, counted_at),
};
const struct record_type list_engagement_record = RECORD_TYPE("ListEngagement", struct list_engagement,
                                                              engagement_fields);

static const struct field field_fields[] = {
	FIELD(struct list_field, tag),
	FIELD(struct list_field, label),
	FIELD(struct list_field, type),
	FIELD(struct list_field, fallback),
};
const struct record_type list_field_record = RECORD_TYPE("ListField", struct list_field, field_fields);

static const struct field list_fields[] = {
	FIELD(struct list, id, .stored = "_id", .flags = FIELD_ID),
	FIELD_RECORD(struct list, external, external_record),
	FIELD(struct list, name),
	FIELD(struct list, seen_run, .flags = FIELD_ID),
	FIELD(struct list, missing_run, .flags = FIELD_ID | FIELD_PRIVATE),
	FIELD(struct list, missing_with, .flags = FIELD_PRIVATE),
	FIELD(struct list, double_opt_in),
	FIELD_RECORD(struct list, counts, counts_record),
	FIELD_LIST(struct list, fields, list_field_record),
	FIELD(struct list, tags),
	FIELD(struct list, created_at),
	FIELD(struct list, synced_at),
	FIELD(struct list, gone_at, .doc = "A sync no longer found it at the provider"),
	FIELD_RECORD(struct list, engagement, list_engagement_record),
	FIELD(struct list, contacts_read_at),
	FIELD(struct list, contacts_full_at, .doc = "The whole list was read then"),
	FIELD(struct list, listed_since, .flags = FIELD_PRIVATE),
	FIELD(struct list, list_type, .choices = &list_types,
	      .doc = "Observed at a provider; static: members are added and removed; dynamic: by a rule; segmented: those "
	             "of "
	             "another list whom a rule meets"),
	FIELD(struct list, description),
	FIELD(struct list, public_name,
	      .doc = "As its contacts are shown it, where they choose what they get; null: they are not"),
	FIELD(struct list, created_by),
	FIELD(struct list, is_active, .flags = FIELD_TRUE, .doc = "A list that is not active is offered nowhere"),
	FIELD(struct list, updated_at),
	FIELD(struct list, rule, .flags = FIELD_OBJECT, .doc = "Of a dynamic or segmented list"),
	FIELD(struct list, base_list_id, .flags = FIELD_ID, .doc = "Of a segmented list"),
	FIELD(struct list, tracking, .choices = &list_trackings,
	      .doc = "Opens and clicks of members whose consent is unknown: named, or only counted"),
	FIELD(struct list, tracking_at, .doc = "When that was last decided"),
	FIELD(struct list, tracking_by),
	FIELD(struct list, rev, .doc = "Of an own list"),
};
const struct record_type list_record = RECORD_TYPE("List", struct list, list_fields);

static const struct field snapshot_fields[] = {
	FIELD(struct list_snapshot, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct list_snapshot, list_id, .flags = FIELD_ID),
	FIELD(struct list_snapshot, run_id, .flags = FIELD_ID),
	FIELD(struct list_snapshot, source, .doc = "The call that brought the figures"),
	FIELD(struct list_snapshot, snapshot_time),
	FIELD_RECORD(struct list_snapshot, counts, counts_record),
};
const struct record_type list_snapshot_record = RECORD_TYPE("ListSnapshot", struct list_snapshot, snapshot_fields);

static bool same_counts(const struct list_counts *a, const struct list_counts *b) {
	return a->subscribed == b->subscribed && a->unsubscribed == b->unsubscribed && a->pending == b->pending;
}

static bool append_counts(struct store *store, const struct list *list, const char *run_id, struct moment at,
                          struct arena *arena, struct error *err) {
	struct list_snapshot snapshot = { .id = store_new_id(arena),
		                              .list_id = list->id,
		                              .run_id = run_id,
		                              .source = "GET /lists",
		                              .snapshot_time = at,
		                              .counts = list->counts };
	bool was_there;
	return store_insert_once(store, SNAPSHOTS, &list_snapshot_record, &snapshot, &was_there, err);
}

/* Which of these lists exist, unordered. Only the holder of the sync lease writes lists. */
static bool find_known(struct store *store, const char *connection_id, const struct strings *external_ids,
                       struct arena *arena, struct list **lists, int *count, struct error *err) {
	return store_list(store, LISTS,
	                  FILTER(eq_id("external.connection_id", connection_id), in_texts("external.id", external_ids)),
	                  NULL, external_ids->count + 1, &list_record, arena, (void **)lists, count, err);
}

/* Adds a list that is only known by reference so far. */
static bool add_list(struct store *store, const struct external *external, struct arena *arena, const char **id,
                     struct error *err) {
	struct list list;
	record_clear(&list_record, &list);
	*id = list.id = store_new_id(arena);
	list.external = *external;
	return store_insert(store, LISTS, &list_record, &list, err);
}

bool list_identify(struct store *store, const char *connection_id, const struct strings *external_ids,
                   struct arena *arena, struct strings *ids, struct error *err) {
	struct list *known;
	int count;
	*ids = (struct strings){ arena_array(arena, const char *, external_ids->count + 1), 0 };
	if (external_ids->count == 0)
		return true;
	if (!find_known(store, connection_id, external_ids, arena, &known, &count, err))
		return false;
	for (int i = 0; i < external_ids->count; i++) {
		struct external external = { connection_id, external_ids->items[i] };
		const char *id = NULL;
		for (int k = 0; k < count && !id; k++)
			id = text_same(known[k].external.id, external.id) ? known[k].id : NULL;
		if (!id && !add_list(store, &external, arena, &id, err))
			return false;
		ids->items[ids->count++] = id;
	}
	return true;
}

/* What could not be read stays as it was. */
static void keep_unread(struct list *list, const struct list *before, struct arena *arena) {
	int64_t *counts[] = { &list->counts.subscribed, &list->counts.unsubscribed, &list->counts.pending };
	const int64_t known[] = { before->counts.subscribed, before->counts.unsubscribed, before->counts.pending };
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (*counts[i] == COUNT_NONE)
			*counts[i] = known[i];
	record_keep(&list_record, list, before, &list->unread, arena);
}

bool list_save(struct store *store, struct list *list, const char *run_id, struct moment at, struct arena *arena,
               bool *changed, struct error *err) {
	struct list before;
	struct strings one = { &list->external.id, 1 }, ids;
	bool found;
	if (!list_identify(store, list->external.connection_id, &one, arena, &ids, err) ||
	    !store_find(store, LISTS, FILTER(by_id(ids.items[0])), NULL, &list_record, arena, &before, &found, err))
		return false;
	keep_unread(list, &before, arena);
	list->id = ids.items[0];
	list->seen_run = run_id;
	list->missing_with = COUNT_NONE;
	list->synced_at = at;
	bool is_first = !moment_is_set(before.synced_at);
	*changed = is_first || !same_counts(&before.counts, &list->counts);
	return list_note_state(store, is_first ? NULL : &before, list, at, arena, err) &&
	       (!*changed || append_counts(store, list, run_id, at, arena, err)) &&
	       store_save(store, LISTS, FILTER(by_id(list->id)), &list_record, list,
	                  ONLY("name", "seen_run", "missing_run", "missing_with", "double_opt_in", "counts", "fields",
	                       "tags", "created_at", "synced_at", "gone_at", "listed_since"),
	                  &found, err);
}

int64_t list_total(const struct list_counts *counts) {
	return checked_sum(checked_sum(counts->subscribed, counts->unsubscribed), counts->pending);
}

bool list_save_read(struct store *store, const char *list_id, struct moment at, bool whole, struct error *err) {
	bool matched;
	return store_update(store, LISTS, FILTER(by_id(list_id)),
	                    UPDATE(set_moment("contacts_read_at", at),
	                           whole ? set_moment("contacts_full_at", at) : no_edit()),
	                    &matched, err);
}

bool list_save_engagement(struct store *store, const char *list_id, const struct list_engagement *engagement,
                          struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool matched;
	return list_note_engagement(store, list_id, engagement, arena, err) &&
	       store_update(store, LISTS, FILTER(by_id(list_id)),
	                    UPDATE(set_nested("engagement", &list_engagement_record, engagement)), &matched, err);
}

static bool read_by_name(struct store *store, const char *of, struct arena *arena, struct rows *lists,
                         struct error *err) {
	(void)of;
	if (!store_list(store, LISTS, FILTER(is_present("synced_at")), SORT(asc("name"), asc("_id")), LISTS_MAX,
	                &list_record, arena, &lists->items, &lists->count, err))
		return false;
	COLLATE(lists->items, lists->count, struct list, name);
	return true;
}

bool list_all_ever(struct store *store, struct arena *arena, struct list **lists, int *count, struct error *err) {
	static struct kept kept = { .realms = REALM_FIGURES, .size = sizeof **lists, .read = read_by_name };
	return kept_rows(&kept, store, NULL, arena, (void **)lists, count, err);
}

bool list_all(struct store *store, struct arena *arena, struct list **lists, int *count, struct error *err) {
	int ever;
	*count = 0;
	if (!list_all_ever(store, arena, lists, &ever, err))
		return false;
	for (int i = 0; i < ever; i++)
		if (!moment_is_set((*lists)[i].gone_at))
			(*lists)[(*count)++] = (*lists)[i];
	return true;
}

bool list_find(struct store *store, const char *id, struct arena *arena, struct list *list, bool *found,
               struct error *err) {
	return store_find(store, LISTS,
	                  FILTER(by_id_or(text_after(id, "list_"), "external.id"), is_absent("deleted_at"),
	                         ANY_OF(is_present("synced_at"), in_texts("list_type", OWN_TYPES))),
	                  NULL, &list_record, arena, list, found, err);
}

bool list_resolve(struct store *store, const char *id, struct arena *arena, const char **own, struct error *err) {
	struct list list;
	bool found;
	*own = text_is_empty(id) ? NULL : text_after(id, "list_");
	if (!*own || store_is_id(*own))
		return true;
	if (!store_find(store, LISTS, FILTER(eq_text("external.id", *own)), NULL, &list_record, arena, &list, &found, err))
		return false;
	*own = found ? list.id : *own;
	return true;
}

bool list_of_request(struct store *store, const char *asked, const char *field, struct arena *arena, const char **id,
                     struct error *err) {
	struct list list;
	bool found;
	*id = NULL;
	if (text_is_empty(asked))
		return true;
	if (!list_find(store, asked, arena, &list, &found, err))
		return false;
	*id = list.id;
	return found || error_field(err, field, "There is no list “%.60s”", asked);
}
