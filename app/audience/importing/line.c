/* What an import did to a row. */
#include "audience/importing/line.h"

#include <inttypes.h>
#include <stdio.h>

static const char LINES[] = "import_rows";

static const char *const undone_names[LINE_UNDONE_COUNT] = { "stands", "removed", "restored", "kept" };
static const struct choices undone_choices = CHOICES(undone_names);

static const struct field line_fields[] = {
	FIELD(struct import_line, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct import_line, row),
	FIELD(struct import_line, outcome, .choices = &import_outcomes),
	FIELD(struct import_line, contact_id, .flags = FIELD_ID),
	FIELD(struct import_line, key),
	FIELD(struct import_line, who),
	FIELD(struct import_line, reason),
	FIELD(struct import_line, cells),
	FIELD(struct import_line, rev),
	FIELD(struct import_line, joined),
	FIELD(struct import_line, resubscribed),
	FIELD_RECORD(struct import_line, own, own_record),
	FIELD(struct import_line, undone, .choices = &undone_choices),
	FIELD(struct import_line, kept_why),
	FIELD(struct import_line, at),
};
const struct record_type import_line_record = RECORD_TYPE("ImportLine", struct import_line, line_fields);

/* The import's second, what tells it from others of that second, and the row. */
const char *import_line_id(const char *import_id, int64_t row, struct arena *arena) {
	uint32_t hash = 0x811c9dc5U;
	for (const char *at = import_id; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 0x01000193U;
	return arena_print(arena, "%.8s%08" PRIx32 "%08" PRIx32, import_id, hash, (uint32_t)row);
}

bool import_line_list(struct store *store, const char *import_id, int64_t after, int64_t last, int limit,
                      struct arena *arena, struct import_line **lines, int *count, struct error *err) {
	const char *from = import_line_id(import_id, after, arena),
			   *to = import_line_id(import_id, last ? last : UINT32_MAX, arena);
	return store_list(store, LINES, FILTER(gt_id("_id", from), lte_id("_id", to)), SORT(asc("_id")), limit,
	                  &import_line_record, arena, (void **)lines, count, err);
}

bool import_line_insert(struct store *store, const struct import_line *lines, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, LINES);
	for (int i = 0; i < count; i++)
		bulk_insert(bulk, &import_line_record, &lines[i]);
	return bulk_run(bulk, NULL, err);
}

bool import_line_drop(struct store *store, const struct strings *ids, struct error *err) {
	int64_t deleted;
	return ids->count == 0 || store_delete(store, LINES, FILTER(in_ids("_id", ids)), &deleted, err);
}

bool import_line_drop_all(struct store *store, const char *import_id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	int64_t deleted;
	return store_delete(store, LINES,
	                    FILTER(gte_id("_id", import_line_id(import_id, 0, arena)),
	                           lte_id("_id", import_line_id(import_id, UINT32_MAX, arena))),
	                    &deleted, err);
}

bool import_line_forget(struct store *store, const struct strings *ids, const struct strings *keys, struct error *err) {
	int64_t deleted;
	return (ids->count == 0 || store_delete(store, LINES, FILTER(in_ids("contact_id", ids)), &deleted, err)) &&
	       (keys->count == 0 || store_delete(store, LINES, FILTER(in_texts("key", keys)), &deleted, err));
}

bool import_line_save_undone(struct store *store, const struct import_line *lines, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, LINES);
	for (int i = 0; i < count; i++)
		bulk_update(bulk, FILTER(by_id(lines[i].id)),
		            UPDATE(set_record(&import_line_record, &lines[i], ONLY("undone", "kept_why"))));
	return bulk_run(bulk, NULL, err);
}

bool import_line_drop_old(struct store *store, struct moment before, struct error *err) {
	int64_t deleted;
	return store_delete(store, LINES, FILTER(lt_moment("at", before)), &deleted, err);
}
