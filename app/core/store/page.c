/* Keyset pagination. */
#include "core/store/page.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* A position in the order: the sort value and the id. */
struct place {
	const struct field *by; /* NULL: ordered by id alone */
	struct datum value;
	const char *id; /* NULL if `by` is unique */
};

static const void *member_of(const struct field *field, const void *row) {
	return (const char *)row + field->offset;
}

static const char *id_of(const struct record_type *record, const void *row) {
	const struct field *field = record_field_stored(record, "_id");
	assert(field && field->type == FIELD_TEXT);
	return *(const char *const *)member_of(field, row);
}

static const char *key_text(const struct field *field, const void *row, struct arena *arena) {
	const void *at = member_of(field, row);
	if (field->type == FIELD_TEXT)
		return *(const char *const *)at;
	return arena_print(arena, "%" PRId64,
	                   field->type == FIELD_MOMENT ? ((const struct moment *)at)->ms : *(const int64_t *)at);
}

/* "value:id", or just the part that is needed. */
static const char *cursor_at(const struct page_query *query, const struct record_type *record, const void *row,
                             struct arena *arena) {
	if (!query->by)
		return id_of(record, row);
	const char *value = key_text(record_field_stored(record, query->by), row, arena);
	return query->unique ? value : arena_print(arena, "%s:%s", value, id_of(record, row));
}

static bool read_value(const struct field *field, const char *text, struct datum *value) {
	int64_t number;
	if (field->type == FIELD_TEXT) {
		*value = datum_text(text);
		return true;
	}
	if (!text_to_int(text, INT64_MIN + 1, INT64_MAX, &number))
		return false;
	*value = field->type == FIELD_MOMENT ? datum_moment((struct moment){ number }) : datum_count(number);
	return true;
}

static bool read_place(const struct page_query *query, const struct record_type *record, struct arena *arena,
                       struct place *place) {
	*place = (struct place){ .by = query->by ? record_field_stored(record, query->by) : NULL, .id = query->cursor };
	assert(!query->by || place->by);
	if (query->by && query->unique) {
		place->id = NULL;
		return read_value(place->by, query->cursor, &place->value);
	}
	if (query->by) {
		char *value = arena_copy(arena, query->cursor), *colon = strrchr(value, ':');
		if (!colon)
			return false;
		*colon = '\0';
		place->id = colon + 1;
		if (!read_value(place->by, value, &place->value))
			return false;
	}
	return datum_id(place->id).kind == DATUM_ID;
}

static struct condition after_id(const struct page_query *query, const struct place *place) {
	return query->descending ? lt_id("_id", place->id) : gt_id("_id", place->id);
}

/* The redundant bound outside ANY_OF lets the index be used. */
static bool list_after(struct store *store, const char *collection, const struct page_query *query,
                       const struct sort *sort, const struct record_type *record, struct arena *arena,
                       struct rows *rows, struct error *err) {
	const struct condition its = { .op = FILTER_ALL_OF, .nested = query->filter };
	struct place place;
	int limit = query->limit + 1;
	if (text_is_empty(query->cursor))
		return store_list(store, collection, query->filter, sort, limit, record, arena, &rows->items, &rows->count,
		                  err);
	if (!read_place(query, record, arena, &place))
		return error_field(err, "cursor", "This page link is not valid. Start from the first page");
	if (!place.by)
		return store_list(store, collection, FILTER(its, after_id(query, &place)), sort, limit, record, arena,
		                  &rows->items, &rows->count, err);
	const struct condition beyond = { query->descending ? FILTER_LT : FILTER_GT, query->by, place.value, NULL };
	const struct condition within = { query->descending ? FILTER_LTE : FILTER_GTE, query->by, place.value, NULL };
	return store_list(store, collection,
	                  query->unique ? FILTER(its, beyond)
	                                : FILTER(its, within, ANY_OF(beyond, after_id(query, &place))),
	                  sort, limit, record, arena, &rows->items, &rows->count, err);
}

static bool count_all(struct store *store, const char *collection, const struct page_query *query, int64_t *total,
                      struct error *err) {
	*total = COUNT_NONE;
	return !query->count || store_count_most(store, collection, query->filter, query->count_most, total, err);
}

bool store_page(struct store *store, const char *collection, const struct page_query *query,
                const struct record_type *record, struct arena *arena, struct page *page, struct error *err) {
	int direction = query->descending ? -1 : 1;
	const struct sort_term keys[] = { { query->by, direction }, { "_id", direction } };
	const struct sort sort = { query->by ? keys : keys + 1, query->by && !query->unique ? 2 : 1, query->skip };
	*page = (struct page){ .total = COUNT_NONE };
	if (!list_after(store, collection, query, &sort, record, arena, &page->rows, err))
		return false;
	if (page->rows.count > query->limit) {
		page->rows.count = query->limit;
		const char *last = (const char *)page->rows.items + record->size * (size_t)(query->limit - 1);
		page->next = cursor_at(query, record, last, arena);
	}
	return count_all(store, collection, query, &page->total, err);
}
