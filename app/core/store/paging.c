/* Pages in order of a moment. */
#include "core/store/paging.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

char *paging_cursor(struct arena *arena, struct moment moment, const char *id) {
	return arena_print(arena, "%" PRId64 ":%s", moment.ms, id);
}

static bool read_cursor(const char *cursor, int64_t *ms, bson_oid_t *oid) {
	const char *colon = strchr(cursor, ':');
	char number[24] = "";
	if (!colon || colon - cursor >= (ptrdiff_t)sizeof number)
		return false;
	memcpy(number, cursor, (size_t)(colon - cursor));
	if (!text_to_int(number, 0, INT64_MAX, ms) || !bson_oid_is_valid(colon + 1, strlen(colon + 1)))
		return false;
	bson_oid_init_from_string(oid, colon + 1);
	return true;
}

/* The bound outside of $or lets the index be used. */
bool paging_append(bson_t *filter, const char *field, bool descending, const char *cursor, struct error *err) {
	const char *outer = descending ? "$lte" : "$gte", *inner = descending ? "$lt" : "$gt";
	int64_t ms;
	bson_oid_t oid;
	if (text_is_empty(cursor))
		return true;
	if (!read_cursor(cursor, &ms, &oid))
		return error_field(err, "cursor", "this cursor was not made here: start from the first page");
	bson_t *bound = BCON_NEW("$and", "[", "{", field, "{", outer, BCON_DATE_TIME(ms), "}", "}", "{", "$or", "[", "{",
	                         field, "{", inner, BCON_DATE_TIME(ms), "}", "}", "{", "_id", "{", inner, BCON_OID(&oid),
	                         "}", "}", "]", "}", "]");
	bson_concat(filter, bound);
	bson_destroy(bound);
	return true;
}

bson_t *paging_sort(const char *field, bool descending) {
	int32_t direction = descending ? -1 : 1;
	return BCON_NEW(field, BCON_INT32(direction), "_id", BCON_INT32(direction));
}
