/* Filters as BSON: until their last caller is gone. */
#include <string.h>

#include "core/store/connection.h"

bson_t *store_filter_id(const char *id, const char *field) {
	bson_oid_t oid;
	if (!bson_oid_is_valid(id, strlen(id)))
		return field ? BCON_NEW(field, BCON_UTF8(id)) : BCON_NEW("_id", BCON_NULL);
	bson_oid_init_from_string(&oid, id);
	return BCON_NEW("_id", BCON_OID(&oid));
}

bson_t *store_filter_ids(const struct strings *ids) {
	bson_t *filter = bson_new(), within, items;
	char key[16];
	const char *index;
	BSON_APPEND_DOCUMENT_BEGIN(filter, "_id", &within);
	BSON_APPEND_ARRAY_BEGIN(&within, "$in", &items);
	for (int i = 0; i < ids->count; i++) {
		bson_oid_t oid;
		if (!bson_oid_is_valid(ids->items[i], strlen(ids->items[i])))
			continue;
		bson_oid_init_from_string(&oid, ids->items[i]);
		(void)bson_uint32_to_string((uint32_t)i, &index, key, sizeof key);
		BSON_APPEND_OID(&items, index, &oid);
	}
	bson_append_array_end(&within, &items);
	bson_append_document_end(filter, &within);
	return filter;
}

bson_t *store_filter_in(const char *field, const struct strings *texts) {
	bson_t *filter = bson_new(), in, list;
	char key[16];
	const char *index;
	BSON_APPEND_DOCUMENT_BEGIN(filter, field, &in);
	BSON_APPEND_ARRAY_BEGIN(&in, "$in", &list);
	for (int i = 0; i < texts->count; i++) {
		(void)bson_uint32_to_string((uint32_t)i, &index, key, sizeof key);
		BSON_APPEND_UTF8(&list, index, texts->items[i]);
	}
	bson_append_array_end(&in, &list);
	bson_append_document_end(filter, &in);
	return filter;
}

char *store_pattern(struct arena *arena, const char *text) {
	BUF_AUTO out = { 0 };
	for (; *text; text++) {
		if (strchr("\\^$.|?*+()[]{}", *text))
			buf_char(&out, '\\');
		buf_char(&out, *text);
	}
	return arena_copy(arena, buf_text(&out));
}
