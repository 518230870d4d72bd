/* Contacts as CSV. */
#include "audience/contacts/contact_csv.h"

#include <inttypes.h>
#include <string.h>

#include "audience/fields/definition.h"
#include "core/formats/csv.h"
#include "core/formats/json.h"

bool contact_columns_read(struct store *store, struct arena *arena, struct contact_columns *columns,
                          struct error *err) {
	return definition_list(store, arena, &columns->definitions, err);
}

static const char *const before[] = { "id",      "email",     "first_name", "last_name", "phone",
	                                  "company", "job_title", "location",   "status",    "tags",
	                                  "source",  "is_active", "joined_at" };
static const char *const after[] = { "other_fields",      "campaigns_opened", "campaigns_clicked",
	                                 "campaigns_bounced", "last_event_at",    "unsubscribed_at" };

/* A key that is also the name of a column here is told apart. */
static bool is_taken(const char *key) {
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		if (strcmp(before[i], key) == 0)
			return true;
	for (size_t i = 0; i < sizeof after / sizeof *after; i++)
		if (strcmp(after[i], key) == 0)
			return true;
	return false;
}

void contact_to_csv_head(const struct contact_columns *columns, struct buf *out) {
	const struct definition *definitions = columns->definitions.items;
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		csv_cell(out, before[i], i == 0);
	for (int i = 0; i < columns->definitions.count; i++) {
		ARENA_AUTO arena = arena_new();
		const char *key = definitions[i].key;
		csv_cell(out, is_taken(key) ? arena_print(arena, "field %s", key) : key, false);
	}
	for (size_t i = 0; i < sizeof after / sizeof *after; i++)
		csv_cell(out, after[i], false);
	csv_end(out);
}

static void put_moment(struct buf *out, struct moment at) {
	char text[MOMENT_TEXT];
	csv_cell(out, moment_is_set(at) ? moment_format(at, text) : NULL, false);
}

static void put_count(struct buf *out, int64_t count) {
	buf_char(out, ',');
	if (count != COUNT_NONE)
		buf_print(out, "%" PRId64, count);
}

static void put_value(struct buf *out, const struct value *value, struct arena *arena) {
	const char *text = value ? definition_text(value, arena) : "";
	if (value && (value->kind == VALUE_INT || value->kind == VALUE_REAL))
		csv_number(out, text, false);
	else
		csv_cell(out, text, false);
}

/* Those without a definition, as a JSON object. */
static void put_others(struct buf *out, const struct value *fields, const struct rows *definitions,
                       struct arena *arena) {
	struct value *others = value_map(arena);
	BUF_AUTO json = { 0 };
	for (const struct value *one = fields->first; one; one = one->next) {
		if (definition_of(definitions, one->name))
			continue;
		struct value *copy = arena_new_of(arena, struct value);
		*copy = *one;
		copy->next = NULL;
		(void)value_put(others, one->name, copy);
	}
	json_write(&json, others);
	csv_cell(out, others->count ? buf_text(&json) : NULL, false);
}

static void put_fields(struct buf *out, const struct contact *contact, const struct rows *definitions,
                       struct arena *arena) {
	const char *json = contact->profile.custom_fields;
	const struct definition *items = definitions->items;
	struct value *fields;
	struct error ignored = ERROR_INIT;
	if (!json || !json_read(arena, json, strlen(json), &fields, &ignored))
		fields = value_map(arena);
	for (int i = 0; i < definitions->count; i++)
		put_value(out, value_get(fields, items[i].key), arena);
	put_others(out, fields, definitions, arena);
}

void contact_to_csv(const struct contact_columns *columns, const struct contact *contact, struct arena *arena,
                    struct buf *out) {
	const struct profile *profile = &contact->profile;
	const char *status = contact->status == CONTACT_UNKNOWN ? NULL
	                                                        : choice_name(&contact_statuses, (int)contact->status);
	csv_cell(out, arena_print(arena, "contact_%s", contact->id), true);
	csv_cell(out, contact->email, false);
	csv_cell(out, profile->first_name, false);
	csv_cell(out, profile->last_name, false);
	csv_number(out, profile->phone ? profile->phone : "", false);
	csv_cell(out, profile->company, false);
	csv_cell(out, profile->job_title, false);
	csv_cell(out, profile->location, false);
	csv_cell(out, status, false);
	csv_list(out, &contact->tags, false);
	csv_cell(out, choice_name(&contact_sources, (int)contact->source), false);
	csv_cell(out, contact->is_active ? "true" : "false", false);
	put_moment(out, contact->created_at);
	put_fields(out, contact, &columns->definitions, arena);
	put_count(out, contact->engagement.opened);
	put_count(out, contact->engagement.clicked);
	put_count(out, contact->engagement.bounced);
	put_moment(out, contact->engagement.last_event_at);
	put_moment(out, contact->unsubscribed_at);
	csv_end(out);
}
