/* Time zones of contacts. */
#include "audience/contacts/home.h"

#include <string.h>
#include <strings.h>

#include "core/base/zones.h"

static const char *field_names[] = { HOME_FIELD, "timezone", "TIMEZONE" };
static const struct strings fields = { field_names, sizeof field_names / sizeof *field_names };

static const char *zone_named(const char *text) {
	const struct strings *all = zones_all();
	struct error ignored = ERROR_INIT;
	for (int i = 0; i < all->count; i++)
		if (strcasecmp(all->items[i], text) == 0)
			return all->items[i];
	return zones_check(text, HOME_FIELD, &ignored) ? zones_kept(text) : NULL;
}

/* Many people live in few zones. */
static const char *find_zone(const char *text) {
	static char before[ZONE_NAME_MAX + 1];
	static const char *found;
	if (text_is_empty(text) || strlen(text) > ZONE_NAME_MAX)
		return NULL;
	if (strcmp(before, text) != 0) {
		found = zone_named(text);
		(void)memcpy(before, text, strlen(text) + 1);
	}
	return found;
}

static const struct attribute *attribute_of(const struct rows *attributes, const char *key) {
	const struct attribute *items = attributes->items;
	for (int i = 0; i < attributes->count; i++)
		if (text_same(items[i].key, key))
			return &items[i];
	return NULL;
}

const char *home_zone(const struct contact *contact) {
	const char *zone = NULL;
	for (int i = 0; i < fields.count && !zone; i++) {
		const struct attribute *attribute = attribute_of(&contact->profile.attributes, fields.items[i]);
		zone = attribute ? find_zone(attribute->text) : NULL;
	}
	return zone;
}

struct written {
	const char *text;
	int64_t people;
};
static const struct field written_fields[] = {
	FIELD(struct written, text, .stored = "_id"),
	FIELD(struct written, people),
};
static const struct record_type written_record = RECORD_TYPE("WrittenZone", struct written, written_fields);

static void add_home(struct rows *homes, const char *zone, int64_t people) {
	struct home *items = homes->items;
	int at = 0;
	while (at < homes->count && !text_same(items[at].zone, zone))
		at++;
	if (at == homes->count)
		items[homes->count++] = (struct home){ zone, 0 };
	items[at].people += people;
}

/* Whoever has several of the fields counts once for each: that only widens what is said of first and last. */
bool homes_count(struct store *store, struct arena *arena, struct rows *homes, bool *is_known, struct error *err) {
	enum { WRITTEN_MAX = 2000 };
	struct error why = ERROR_INIT;
	struct rows rows = { 0 };
	BSON_AUTO stages = BCON_NEW("0", "{", "$unwind", BCON_UTF8("$attributes"), "}", "1", "{", "$match", "{",
	                            "attributes.key", "{", "$in", "[", BCON_UTF8(field_names[0]), BCON_UTF8(field_names[1]),
	                            BCON_UTF8(field_names[2]), "]", "}", "}", "}", "2", "{", "$group", "{", "_id",
	                            BCON_UTF8("$attributes.text"), "people", "{", "$sum", BCON_INT64(1), "}", "}", "}", "3",
	                            "{", "$limit", BCON_INT64(WRITTEN_MAX), "}");
	*is_known = store_aggregate_rows(store, "contacts", FILTER(in_texts("attributes.key", &fields)), stages,
	                                 &written_record, arena, &rows, &why);
	if (!*is_known && why.kind != ERROR_UNAVAILABLE && why.kind != ERROR_BUSY) {
		*err = why;
		return false;
	}
	const struct written *written = rows.items;
	*homes = (struct rows){ arena_array(arena, struct home, rows.count + 1), 0 };
	for (int i = 0; i < rows.count; i++) {
		const char *zone = find_zone(written[i].text);
		if (zone)
			add_home(homes, zone, written[i].people);
	}
	return true;
}
