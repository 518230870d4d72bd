/* Members of documents of another system, and its demographics. */
#include "audience/customers/foreign.h"

#include <string.h>

static const char *text_of(const bson_iter_t *iter, struct arena *arena) {
	char id[25];
	if (BSON_ITER_HOLDS_UTF8(iter))
		return text_clean(arena, bson_iter_utf8(iter, NULL));
	if (BSON_ITER_HOLDS_OID(iter)) {
		bson_oid_to_string(bson_iter_oid(iter), id);
		return arena_copy(arena, id);
	}
	if (BSON_ITER_HOLDS_DOUBLE(iter))
		return arena_print(arena, "%.15g", bson_iter_double(iter));
	return BSON_ITER_HOLDS_NUMBER(iter) ? arena_print(arena, "%lld", (long long)bson_iter_as_int64(iter)) : NULL;
}

const char *foreign_member(const bson_t *document, const char *name, struct arena *arena) {
	bson_iter_t iter, inner;
	return bson_iter_init(&iter, document) && bson_iter_find_descendant(&iter, name, &inner) ? text_of(&inner, arena)
	                                                                                         : NULL;
}

bson_t *foreign_filter(const char *name, const struct strings *ids) {
	bson_t *filter = bson_new(), within, forms;
	uint32_t count = 0;
	BSON_APPEND_DOCUMENT_BEGIN(filter, name, &within);
	BSON_APPEND_ARRAY_BEGIN(&within, "$in", &forms);
	for (int i = 0; i < ids->count; i++) {
		char key[16];
		const char *index, *id = ids->items[i];
		int64_t number;
		(void)bson_uint32_to_string(count++, &index, key, sizeof key);
		BSON_APPEND_UTF8(&forms, index, id);
		bson_oid_t oid;
		bool is_oid = bson_oid_is_valid(id, strlen(id));
		if (!is_oid && !text_to_int(id, INT64_MIN + 1, INT64_MAX, &number))
			continue;
		(void)bson_uint32_to_string(count++, &index, key, sizeof key);
		if (is_oid) {
			bson_oid_init_from_string(&oid, id);
			BSON_APPEND_OID(&forms, index, &oid);
		} else {
			BSON_APPEND_INT64(&forms, index, number);
		}
	}
	bson_append_array_end(&within, &forms);
	bson_append_document_end(filter, &within);
	return filter;
}

void foreign_groups(const bson_t *document, const char *names, struct strings *groups, struct arena *arena) {
	char *rest = arena_copy(arena, names), *name;
	while ((name = strsep(&rest, ",")) && groups->count < GROUPS_MAX) {
		const char *value = *name ? foreign_member(document, name, arena) : NULL;
		if (value)
			groups->items[groups->count++] = arena_print(arena, "%s: %.60s", name, value);
	}
}

struct adding {
	const struct settings *settings;
	struct customer *customers;
	int count;
	struct arena *arena;
};

static void take_demographics(void *context, const bson_t *document) {
	struct adding *adding = context;
	const char *id = foreign_member(document, adding->settings->demographics_customer, adding->arena);
	for (int i = 0; id && i < adding->count; i++)
		if (text_same(adding->customers[i].id, id))
			foreign_groups(document, adding->settings->demographics_groups, &adding->customers[i].groups,
			               adding->arena);
}

bool demographics_add(struct store *store, const struct settings *settings, struct customer *customers, int count,
                      struct arena *arena, struct error *err) {
	struct adding adding = { settings, customers, count, arena };
	struct strings ids = { arena_array(arena, const char *, (size_t)count + 1), 0 };
	for (int i = 0; i < count; i++)
		ids.items[ids.count++] = customers[i].id;
	if (ids.count == 0)
		return true;
	bson_t *filter = foreign_filter(settings->demographics_customer, &ids);
	bson_t *pipeline = BCON_NEW("pipeline", "[", "{", "$match", BCON_DOCUMENT(filter), "}", "]");
	bool fine = store_aggregate(store, settings->demographics_collection, pipeline, take_demographics, &adding, err);
	bson_destroy(filter);
	bson_destroy(pipeline);
	return fine;
}
