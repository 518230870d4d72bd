/* Reads that also return the database's time. */
#include "core/store/clock.h"

#include <string.h>

#include "core/store/connection.h"

#define READ_AT "read_at_"

struct reading {
	const struct record_type *record;
	struct arena *arena;
	char *objects;
	int count, limit;
	struct moment *now;
	struct error *err;
	bool failed;
};

static void take(void *context, const bson_t *document) {
	struct reading *reading = context;
	bson_iter_t iter;
	if (reading->count == reading->limit || reading->failed)
		return;
	if (bson_iter_init_find(&iter, document, READ_AT) && BSON_ITER_HOLDS_DATE_TIME(&iter))
		reading->now->ms = bson_iter_date_time(&iter) + moment_shifted();
	void *object = reading->objects + reading->record->size * (size_t)reading->count++;
	reading->failed = !record_from_bson(reading->record, document, reading->arena, object, reading->err);
}

static void append_stage(bson_t *stages, const char *name, const struct sort *sort) {
	bson_t stage;
	BSON_APPEND_DOCUMENT_BEGIN(stages, name, &stage);
	sort_append(&stage, "$sort", sort);
	bson_append_document_end(stages, &stage);
}

/* [{ $match }, { $sort }, { $limit }, { $set: { read_at_: $$NOW } }] */
static bson_t *reading_pipeline(const struct filter *filter, const struct sort *sort, int limit) {
	BSON_AUTO where = filter_to_bson(filter);
	BSON_AUTO match = BCON_NEW("$match", BCON_DOCUMENT(where));
	BSON_AUTO cut = BCON_NEW("$limit", BCON_INT32(limit));
	BSON_AUTO time = BCON_NEW("$set", "{", READ_AT, BCON_UTF8("$$NOW"), "}");
	bson_t *pipeline = bson_new(), stages;
	BSON_APPEND_ARRAY_BEGIN(pipeline, "pipeline", &stages);
	BSON_APPEND_DOCUMENT(&stages, "0", match);
	append_stage(&stages, "1", sort);
	BSON_APPEND_DOCUMENT(&stages, "2", cut);
	BSON_APPEND_DOCUMENT(&stages, "3", time);
	bson_append_array_end(pipeline, &stages);
	return pipeline;
}

bool store_list_now(struct store *store, const char *collection, const struct filter *filter, const struct sort *sort,
                    int limit, const struct record_type *record, struct arena *arena, void **objects, int *count,
                    struct moment *now, struct error *err) {
	struct reading reading = { record, arena, arena_alloc(arena, record->size * (size_t)limit), 0, limit, now,
		                       err,    false };
	BSON_AUTO pipeline = reading_pipeline(filter, sort, limit);
	*now = MOMENT_NONE;
	bool fine = store_run_pipeline(store, collection, pipeline, take, &reading, err);
	*objects = reading.objects;
	*count = reading.count;
	return fine && (!reading.failed || error_note(err, "reading %s", collection));
}

bool store_find_now(struct store *store, const char *collection, const struct filter *filter,
                    const struct record_type *record, struct arena *arena, void *object, bool *found,
                    struct moment *now, struct error *err) {
	void *rows;
	int count;
	if (!store_list_now(store, collection, filter, SORT(asc("_id")), 1, record, arena, &rows, &count, now, err))
		return false;
	*found = count == 1;
	if (*found)
		memcpy(object, rows, record->size);
	return true;
}

struct step {
	const char *name;
};
static const struct field step_fields[] = { FIELD(struct step, name, .stored = "_id") };
static const struct record_type step_record = RECORD_TYPE("Step", struct step, step_fields);

/* Reads the one collection that is never empty. */
bool store_now(struct store *store, struct moment *now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct step step;
	bool found;
	if (!store_find_now(store, "schema_migrations", &everything, &step_record, arena, &step, &found, now, err))
		return false;
	return found || error_set(err, ERROR_FAULT, "the database has no schema yet. Run 'telltale db migrate'");
}
