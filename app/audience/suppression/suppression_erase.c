/* Suppressions of people who are erased. */
#include <string.h>

#include "audience/suppression/hashed.h"
#include "audience/suppression/stored.h"
#include "core/store/version.h"

static const char SUPPRESSIONS[] = "suppressions";

/* Without what users wrote, which may name the person; what programs noted names campaigns and lists. */
static struct rows without_words(const struct rows *history, struct arena *arena) {
	struct suppression_note *notes = arena_array(arena, struct suppression_note, history->count + 1);
	for (int i = 0; i < history->count; i++) {
		notes[i] = ((const struct suppression_note *)history->items)[i];
		if (notes[i].source == SUPPRESSED_HERE || notes[i].source == SUPPRESSED_BY_FILE)
			notes[i].evidence = NULL;
	}
	return (struct rows){ notes, history->count };
}

/* The same row under its hash. If there is one already, the person was erased before: that one has the history of then,
 * and takes this one's newest note. */
static bool hash_row(struct store *store, const struct suppression *row, const char *hash, struct arena *arena,
                     struct error *err) {
	struct suppression after = *row;
	struct suppression_note *newest;
	int64_t dropped;
	bool matched;
	after.key = hash;
	after.value = NULL;
	after.history = without_words(&row->history, arena);
	newest = (struct suppression_note *)after.history.items + after.history.count - 1;
	after.evidence = after.history.count ? newest->evidence : NULL;
	if (store_update(store, SUPPRESSIONS, FILTER(by_id(row->id)),
	                 UPDATE(set_record(&suppression_record, &after, ONLY("key", "value", "evidence", "history")),
	                        add_count("rev", 1)),
	                 &matched, err))
		return true;
	if (err->kind != ERROR_CONFLICT)
		return false;
	const struct suppression_entry entry = { row->key, row->reason, after.evidence, row->source, row->by, row->at };
	return (!row->is_active || suppression_add(store, &entry, 1, arena, err)) &&
	       store_delete(store, SUPPRESSIONS, FILTER(by_id(row->id)), &dropped, err);
}

/* First the row that keeps them away, under the hash: whatever is interrupted after it can be repeated. */
static bool keep_away(struct store *store, const char *key, struct moment now, struct arena *arena, struct error *err) {
	const char *hash = hashed_key(arena, key);
	const struct suppression fresh = { .key = hash, .kind = suppression_kind_of(key), .reason = SUPPRESSION_ERASED };
	const struct suppression_note note = { now, false, "Erased here", SUPPRESSED_HERE, NULL };
	struct suppression row = suppression_noted(&fresh, &note, arena);
	bool was_there;
	row.id = store_new_id(arena);
	return store_insert_once(store, SUPPRESSIONS, &suppression_record, &row, &was_there, err) &&
	       (!was_there || suppression_add(store,
	                                      &(struct suppression_entry){ key, SUPPRESSION_ERASED, "Erased here",
	                                                                   SUPPRESSED_HERE, NULL, now },
	                                      1, arena, err));
}

bool suppression_erase(struct store *store, const struct strings *keys, struct moment now, struct arena *arena,
                       struct error *err) {
	struct suppression *rows;
	int count;
	if (!hashed_begin(store, err))
		return false;
	const struct suppression_asking asking = suppression_ask(keys, arena);
	for (int i = 0; i < keys->count; i++)
		if (keys->items[i] && !keep_away(store, keys->items[i], now, arena, err))
			return false;
	if (!suppression_read(store, &asking, arena, &rows, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!hashed_is(rows[i].key) && !hash_row(store, &rows[i], hashed_key(arena, rows[i].key), arena, err))
			return false;
	return version_bump(store, REALM_PEOPLE, err);
}
