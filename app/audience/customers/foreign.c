/* Reading documents of another system, and its demographics. */
#include "audience/customers/foreign.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of_decimal(const bson_iter_t *iter, struct arena *arena) {
	char text[BSON_DECIMAL128_STRING];
	bson_decimal128_t decimal;
	if (!bson_iter_decimal128(iter, &decimal))
		return NULL;
	bson_decimal128_to_string(&decimal, text);
	return arena_copy(arena, text);
}

static const char *text_of(const bson_iter_t *iter, struct arena *arena) {
	char id[25], day[MOMENT_TEXT];
	switch (bson_iter_type(iter)) {
	case BSON_TYPE_UTF8:
		return text_clean(arena, bson_iter_utf8(iter, NULL));
	case BSON_TYPE_OID:
		bson_oid_to_string(bson_iter_oid(iter), id);
		return arena_copy(arena, id);
	case BSON_TYPE_DOUBLE:
		return arena_print(arena, "%.15g", bson_iter_double(iter));
	case BSON_TYPE_INT32:
	case BSON_TYPE_INT64:
		return arena_print(arena, "%lld", (long long)bson_iter_as_int64(iter));
	case BSON_TYPE_DECIMAL128:
		return text_of_decimal(iter, arena);
	case BSON_TYPE_BOOL:
		return bson_iter_bool(iter) ? "yes" : "no";
	case BSON_TYPE_DATE_TIME:
		return arena_copy(arena, moment_format((struct moment){ bson_iter_date_time(iter) }, day));
	default:
		return NULL;
	}
}

const char *foreign_member(const bson_t *document, const char *name, struct arena *arena) {
	bson_iter_t iter, inner;
	return bson_iter_init(&iter, document) && bson_iter_find_descendant(&iter, name, &inner) ? text_of(&inner, arena)
	                                                                                         : NULL;
}

double foreign_number(const bson_t *document, const char *name, struct arena *arena) {
	const char *text = foreign_member(document, name, arena);
	char *end = NULL;
	double number = text ? strtod(text, &end) : NAN;
	return text && end > text && !*end && isfinite(number) ? number : NAN;
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
	return store_each_document(store, settings->demographics_collection,
	                           FILTER(in_any_form(settings->demographics_customer, &ids)), 0, take_demographics,
	                           &adding, err);
}
