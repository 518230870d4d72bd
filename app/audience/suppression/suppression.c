/* Suppressions: storage. */
#include "audience/suppression/stored.h"

#include <stdlib.h>
#include <string.h>

#include "audience/suppression/hashed.h"
#include "core/base/lease.h"
#include "core/store/version.h"

enum { KEYS_AT_ONCE = 1000 };

static const char SUPPRESSIONS[] = "suppressions";

static const char *const reason_names[] = {
	[SUPPRESSION_COMPLAINED] = "complained",
	[SUPPRESSION_BOUNCED] = "bounced",
	[SUPPRESSION_MANUAL] = "manual",
	[SUPPRESSION_ERASED] = "erased",
	[SUPPRESSION_UNSUBSCRIBED] = "unsubscribed",
};
_Static_assert(sizeof reason_names / sizeof *reason_names == SUPPRESSION_REASON_COUNT, "a name a reason");
const struct choices suppression_reasons = CHOICES(reason_names);
const char *const suppression_reason_labels[SUPPRESSION_REASON_COUNT] = {
	[SUPPRESSION_COMPLAINED] = "Complained",
	[SUPPRESSION_BOUNCED] = "Hard bounce",
	[SUPPRESSION_MANUAL] = "By hand",
	[SUPPRESSION_ERASED] = "Erased",
	[SUPPRESSION_UNSUBSCRIBED] = "Unsubscribed",
};

static const char *const source_names[] = {
	[SUPPRESSED_HERE] = "user",    [SUPPRESSED_BY_FILE] = "import", [SUPPRESSED_BY_PROVIDER] = "provider",
	[SUPPRESSED_BY_MAIL] = "mail", [SUPPRESSED_BY_THEM] = "person", [SUPPRESSED_BY_TEXT] = "text_message",
};
_Static_assert(sizeof source_names / sizeof *source_names == SUPPRESSION_SOURCE_COUNT, "a name a source");
const struct choices suppression_sources = CHOICES(source_names);

static const char *const kind_names[] = { [SUPPRESSED_EMAIL] = "email", [SUPPRESSED_PHONE] = "phone" };
_Static_assert(sizeof kind_names / sizeof *kind_names == SUPPRESSION_KIND_COUNT, "a name a kind");
const struct choices suppression_kinds = CHOICES(kind_names);

static const struct field note_fields[] = {
	FIELD(struct suppression_note, at),
	FIELD(struct suppression_note, lifts, .doc = "It is lifted by this; else added"),
	FIELD(struct suppression_note, evidence),
	FIELD(struct suppression_note, source, .choices = &suppression_sources),
	FIELD(struct suppression_note, by),
};
static const struct record_type note_record = RECORD_TYPE("SuppressionNote", struct suppression_note, note_fields);

static const struct field suppression_fields[] = {
	FIELD(struct suppression, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct suppression, key, .flags = FIELD_PRIVATE),
	FIELD(struct suppression, value, .doc = "Address or phone number; null after the person was erased"),
	FIELD(struct suppression, kind, .choices = &suppression_kinds),
	FIELD(struct suppression, reason, .choices = &suppression_reasons),
	FIELD(struct suppression, is_active, .doc = "False: it was lifted"),
	FIELD(struct suppression, at),
	FIELD(struct suppression, evidence),
	FIELD(struct suppression, source, .choices = &suppression_sources),
	FIELD(struct suppression, by, .doc = "The user who said so"),
	FIELD_LIST(struct suppression, history, note_record),
	FIELD(struct suppression, untold_at, .flags = FIELD_PRIVATE),
	FIELD(struct suppression, rev, .flags = FIELD_REVISION),
};
const struct record_type suppression_record = RECORD_TYPE("Suppression", struct suppression, suppression_fields);

enum suppression_kind suppression_kind_of(const char *key) {
	return strchr(key, '@') ? SUPPRESSED_EMAIL : SUPPRESSED_PHONE;
}

bool suppression_may_be_lifted(enum suppression_reason reason) {
	return reason != SUPPRESSION_COMPLAINED;
}

static int by_stored(const void *a, const void *b) {
	return strcmp(((const struct suppression_asked *)a)->stored, ((const struct suppression_asked *)b)->stored);
}

struct suppression_asking suppression_ask(const struct strings *keys, struct arena *arena) {
	struct suppression_asking asking = { arena_array(arena, struct suppression_asked, 2 * keys->count + 1), 0, { 0 } };
	int once = 0;
	for (int i = 0; i < keys->count; i++) {
		const char *key = keys->items[i], *hash = key ? hashed_key(arena, key) : NULL;
		if (key)
			asking.items[asking.count++] = (struct suppression_asked){ key, key };
		if (hash)
			asking.items[asking.count++] = (struct suppression_asked){ hash, key };
	}
	qsort(asking.items, (size_t)asking.count, sizeof *asking.items, by_stored);
	for (int i = 0; i < asking.count; i++)
		if (i == 0 || strcmp(asking.items[i].stored, asking.items[once - 1].stored) != 0)
			asking.items[once++] = asking.items[i];
	asking.count = once;
	asking.stored = (struct strings){ arena_array(arena, const char *, once + 1), once };
	for (int i = 0; i < once; i++)
		asking.stored.items[i] = asking.items[i].stored;
	return asking;
}

const char *suppression_asked_for(const struct suppression_asking *asking, const char *stored) {
	const struct suppression_asked wanted = { stored, NULL };
	const struct suppression_asked *found = bsearch(&wanted, asking->items, (size_t)asking->count,
	                                                sizeof *asking->items, by_stored);
	return found ? found->key : NULL;
}

static int by_key_then_reason(const void *a, const void *b) {
	const struct suppression *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	return order ? order : (x->reason > y->reason) - (x->reason < y->reason);
}

bool suppression_read(struct store *store, const struct suppression_asking *asking, struct arena *arena,
                      struct suppression **rows, int *count, struct error *err) {
	*rows = arena_array(arena, struct suppression, asking->count * SUPPRESSION_REASON_COUNT + 1);
	*count = 0;
	if (!hashed_check(store, err))
		return false;
	for (int first = 0; first < asking->count; first += KEYS_AT_ONCE) {
		int some = asking->count - first < KEYS_AT_ONCE ? asking->count - first : KEYS_AT_ONCE, read;
		const struct strings keys = { asking->stored.items + first, some };
		struct suppression *piece;
		if (!store_list(store, SUPPRESSIONS, FILTER(in_texts("key", &keys)), NULL, some * SUPPRESSION_REASON_COUNT,
		                &suppression_record, arena, (void **)&piece, &read, err))
			return false;
		memcpy(*rows + *count, piece, (size_t)read * sizeof *piece);
		*count += read;
	}
	qsort(*rows, (size_t)*count, sizeof **rows, by_key_then_reason);
	return true;
}

bool suppression_find(struct store *store, const struct strings *keys, struct arena *arena, struct suppression **rows,
                      int *count, struct error *err) {
	const struct suppression_asking asking = suppression_ask(keys, arena);
	int all, active = 0;
	if (!suppression_read(store, &asking, arena, rows, &all, err))
		return false;
	for (int i = 0; i < all; i++)
		if ((*rows)[i].is_active) {
			(*rows)[active] = (*rows)[i];
			(*rows)[active].key = suppression_asked_for(&asking, (*rows)[i].key);
			active++;
		}
	qsort(*rows, (size_t)active, sizeof **rows, by_key_then_reason);
	*count = active;
	return true;
}

const struct suppression *suppression_of(const struct suppression *rows, int count, const char *key) {
	int low = 0, high = count;
	while (key && low < high) {
		int middle = low + (high - low) / 2;
		if (strcmp(rows[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return key && low < count && strcmp(rows[low].key, key) == 0 ? &rows[low] : NULL;
}

bool suppression_find_one(struct store *store, const char *id, struct arena *arena, struct suppression *row,
                          bool *found, struct error *err) {
	if (text_starts(id, "suppression_"))
		id += strlen("suppression_");
	return store_find(store, SUPPRESSIONS, FILTER(by_id(id)), NULL, &suppression_record, arena, row, found, err);
}

bool suppression_find_erased(struct store *store, const struct strings *keys, struct arena *arena,
                             struct strings *erased, struct error *err) {
	struct suppression *rows;
	int count;
	*erased = (struct strings){ arena_array(arena, const char *, keys->count + 1), 0 };
	if (!suppression_find(store, keys, arena, &rows, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (rows[i].reason == SUPPRESSION_ERASED)
			erased->items[erased->count++] = rows[i].key;
	return true;
}

#define NOTED ONLY("is_active", "at", "evidence", "source", "by", "history", "untold_at")

bool suppression_write(struct store *store, const struct suppression *rows, int count, struct arena *arena, bool *all,
                       struct error *err) {
	const struct moment now = moment_now();
	struct bulk *bulk = bulk_open(store, SUPPRESSIONS);
	for (int i = 0; i < count; i++) {
		struct suppression row = rows[i];
		row.untold_at = row.value ? now : MOMENT_NONE; /* who was erased is nobody */
		if (row.id) {
			bulk_update(bulk, FILTER(by_id(row.id), eq_count("rev", row.rev)),
			            UPDATE(set_record(&suppression_record, &row, NOTED), add_count("rev", 1)));
			continue;
		}
		row.id = store_new_id(arena);
		bulk_insert(bulk, &suppression_record, &row);
	}
	return bulk_run_all(bulk, all, err) && version_bump(store, REALM_PEOPLE, err);
}

bool suppression_find_untold(struct store *store, const struct strings *keys, int limit, struct arena *arena,
                             struct suppression **rows, int *count, struct error *err) {
	return store_list(store, SUPPRESSIONS, FILTER(in_texts("key", keys), is_present("untold_at")), NULL, limit,
	                  &suppression_record, arena, (void **)rows, count, err);
}

bool suppression_find_left(struct store *store, int64_t patience_ms, int limit, struct moment now, struct arena *arena,
                           struct suppression **rows, int *count, struct error *err) {
	int found;
	*count = 0;
	if (!store_list(store, SUPPRESSIONS, FILTER(is_present("untold_at")), SORT(asc("untold_at"), asc("_id")), limit,
	                &suppression_record, arena, (void **)rows, &found, err))
		return false;
	for (int i = 0; i < found; i++)
		if (!was_lately((*rows)[i].untold_at, patience_ms, now))
			(*rows)[(*count)++] = (*rows)[i];
	return true;
}

bool suppression_told(struct store *store, const struct suppression *rows, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, SUPPRESSIONS);
	for (int i = 0; i < count; i++)
		bulk_update(bulk, FILTER(by_id(rows[i].id), eq_count("rev", rows[i].rev)), UPDATE(unset("untold_at")));
	return bulk_run(bulk, NULL, err);
}

bool suppression_copy(struct store *into, const struct rows *rows, struct error *err) {
	const struct suppression *all = rows->items;
	struct bulk *bulk = bulk_open(into, SUPPRESSIONS);
	for (int i = 0; i < rows->count; i++)
		bulk_insert(bulk, &suppression_record, &all[i]);
	return bulk_run(bulk, NULL, err);
}
