/* Definitions of custom fields: rules and storage. */
#include "audience/fields/definition.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/collate.h"
#include "core/base/text.h"
#include "core/store/kept.h"

static const char CUSTOM_FIELDS[] = "custom_fields";

static const char *const type_names[] = {
	[CUSTOM_TEXT] = "text",       [CUSTOM_NUMBER] = "number", [CUSTOM_DATE] = "date",
	[CUSTOM_BOOLEAN] = "boolean", [CUSTOM_CHOICE] = "choice",
};
_Static_assert(sizeof type_names / sizeof *type_names == CUSTOM_TYPE_COUNT, "a name a type");
const struct choices custom_types = CHOICES(type_names);
const char *const custom_type_labels[CUSTOM_TYPE_COUNT] = {
	[CUSTOM_TEXT] = "Text",         [CUSTOM_NUMBER] = "Number", [CUSTOM_DATE] = "Date",
	[CUSTOM_BOOLEAN] = "Yes or no", [CUSTOM_CHOICE] = "Choice",
};

static const struct field definition_fields[] = {
	FIELD(struct definition, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct definition, key, .doc = "Its name in custom_fields"),
	FIELD(struct definition, label),
	FIELD(struct definition, type, .choices = &custom_types),
	FIELD(struct definition, options, .doc = "Of a choice"),
	FIELD(struct definition, fallback, .doc = "What an email says to somebody who has no value"),
	FIELD(struct definition, created_by),
	FIELD(struct definition, created_at),
	FIELD(struct definition, updated_at),
	FIELD(struct definition, rev, .flags = FIELD_REVISION),
};
const struct record_type definition_record = RECORD_TYPE("CustomField", struct definition, definition_fields);

static const struct field request_fields[] = {
	FIELD(struct definition_request, key, .max = CUSTOM_KEY_MAX, .doc = "Made from the label if it is not given"),
	FIELD(struct definition_request, label, .flags = FIELD_REQUIRED, .max = CUSTOM_LABEL_MAX),
	FIELD(struct definition_request, type, .choices = &custom_types),
	FIELD(struct definition_request, options, .max = CUSTOM_OPTIONS_MAX, .doc = "Of a choice"),
	FIELD(struct definition_request, options_text, .max = CUSTOM_OPTIONS_MAX * (CUSTOM_LABEL_MAX + 2),
	      .doc = "The same as one text, an option a line"),
	FIELD(struct definition_request, fallback, .max = CUSTOM_VALUE_MAX),
	FIELD(struct definition_request, rev, .doc = "Of the field as it was read; a stale one is refused"),
};
const struct record_type definition_request_record = RECORD_TYPE("CustomFieldRequest", struct definition_request,
                                                                 request_fields);

static bool is_letter_or_more(char c) {
	return g_ascii_isalpha(c) || (unsigned char)c >= 0x80;
}

bool custom_key_is_valid(const char *key) {
	if (!is_letter_or_more(*key) || text_length(key) > CUSTOM_KEY_MAX || strstr(key, "  "))
		return false;
	for (const char *at = key; *at; at++)
		if (!is_letter_or_more(*at) && !g_ascii_isdigit(*at) && !strchr("_-. ", *at))
			return false;
	return key[strlen(key) - 1] != ' ';
}

const char *custom_key_of(struct arena *arena, const char *label) {
	BUF_AUTO key = { 0 };
	g_autofree char *folded = g_utf8_casefold(label, -1);
	g_autofree char *parted = g_utf8_normalize(folded, -1, G_NORMALIZE_NFKD);
	for (const char *at = parted ? parted : ""; *at && key.size < CUSTOM_KEY_MAX - 8; at = g_utf8_next_char(at)) {
		if (g_unichar_isalnum(g_utf8_get_char(at)))
			buf_add(&key, at, (size_t)(g_utf8_next_char(at) - at));
		else if (!g_unichar_ismark(g_utf8_get_char(at)) && key.size && key.bytes[key.size - 1] != '_')
			buf_char(&key, '_');
	}
	while (key.size && key.bytes[key.size - 1] == '_')
		key.bytes[--key.size] = '\0';
	bool named = key.size && g_unichar_isalpha(g_utf8_get_char(buf_text(&key)));
	return arena_print(arena, "%s%s", named ? "" : "field_", buf_text(&key));
}

static bool read_number(const char *text, double *number) {
	int end = -1;
	bool is_plain = *text && strspn(text, "+-0123456789.") == strlen(text);
	return is_plain && sscanf(text, "%lf%n", number, &end) == 1 && !text[end] && isfinite(*number);
}

static bool read_day(const char *text, struct arena *arena, struct moment *at) {
	return strlen(text) == strlen("2026-11-27") && moment_parse(arena_print(arena, "%sT00:00:00Z", text), at);
}

static bool is_day(const char *text, struct arena *arena) {
	struct moment at;
	return read_day(text, arena, &at);
}

static bool is_one_of(const char *text, const char *const *words) {
	for (; *words; words++)
		if (g_ascii_strcasecmp(text, *words) == 0)
			return true;
	return false;
}

static bool take_number(const struct definition *definition, const char *text, const char *field, struct arena *arena,
                        struct value **out, struct error *err) {
	double number;
	if (!read_number(text, &number))
		return error_field(err, field, "%s is a number, such as 12.5. “%.40s” is none", definition->label, text);
	bool is_whole = number == floor(number) && fabs(number) < 1e15;
	*out = is_whole ? value_int(arena, (int64_t)number) : value_real(arena, number);
	return true;
}

static bool take_boolean(const struct definition *definition, const char *text, const char *field, struct arena *arena,
                         struct value **out, struct error *err) {
	static const char *const yes[] = { "true", "yes", "1", NULL }, *const no[] = { "false", "no", "0", NULL };
	bool is_yes = is_one_of(text, yes);
	if (!is_yes && !is_one_of(text, no))
		return error_field(err, field, "%s is yes or no. “%.40s” is neither", definition->label, text);
	*out = value_bool(arena, is_yes);
	return true;
}

static bool take_option(const struct definition *definition, const char *text, const char *field, struct arena *arena,
                        struct value **out, struct error *err) {
	const char *folded = text_fold(arena, text);
	BUF_AUTO all = { 0 };
	for (int i = 0; i < definition->options.count; i++) {
		const char *option = definition->options.items[i];
		if (text_same(text_fold(arena, option), folded)) {
			*out = value_text(arena, option);
			return true;
		}
		buf_print(&all, "%s%s", i ? ", " : "", option);
	}
	return error_field(err, field, "%s has no option “%.40s”. Choose one of: %.300s", definition->label, text,
	                   buf_text(&all));
}

const char *definition_text(const struct value *value, struct arena *arena) {
	switch (value->kind) {
	case VALUE_TEXT:
		return text_trim(arena, value->text);
	case VALUE_BOOL:
		return value->boolean ? "true" : "false";
	case VALUE_INT:
		return arena_print(arena, "%lld", (long long)value->integer);
	case VALUE_REAL:
		return arena_print(arena, "%.15g", value->real);
	default:
		return "";
	}
}

const char *definition_shown(const struct definition *definition, const struct value *value, struct arena *arena) {
	struct moment day;
	const char *text = definition_text(value, arena);
	if (value->kind == VALUE_BOOL)
		return value->boolean ? "Yes" : "No";
	if (definition && definition->type == CUSTOM_DATE && read_day(text, arena, &day))
		return text_of_date(arena, day);
	return text;
}

bool definition_value(const struct definition *definition, const struct value *value, const char *field,
                      struct arena *arena, struct value **out, struct error *err) {
	const char *text = definition_text(value, arena);
	*out = value_text(arena, *text ? text : NULL);
	if (!*text)
		return true;
	switch (definition->type) {
	case CUSTOM_NUMBER:
		return take_number(definition, text, field, arena, out, err);
	case CUSTOM_BOOLEAN:
		return take_boolean(definition, text, field, arena, out, err);
	case CUSTOM_CHOICE:
		return take_option(definition, text, field, arena, out, err);
	case CUSTOM_DATE:
		return is_day(text, arena) ||
		       error_field(err, field, "%s is a date, such as 2026-11-27. “%.40s” is none", definition->label, text);
	default:
		return text_length(text) <= CUSTOM_VALUE_MAX ||
		       error_field(err, field, "%s can have at most %d characters", definition->label, CUSTOM_VALUE_MAX);
	}
}

static bool read_by_label(struct store *store, const char *of, struct arena *arena, struct rows *rows,
                          struct error *err) {
	(void)of;
	if (!store_list(store, CUSTOM_FIELDS, &everything, SORT(asc("key")), DEFINITIONS_MAX, &definition_record, arena,
	                &rows->items, &rows->count, err))
		return false;
	COLLATE(rows->items, rows->count, struct definition, label);
	return true;
}

bool definition_list(struct store *store, struct arena *arena, struct rows *definitions, struct error *err) {
	static struct kept kept = { .realms = REALM_SETTINGS, .size = sizeof(struct definition), .read = read_by_label };
	return kept_rows(&kept, store, NULL, arena, &definitions->items, &definitions->count, err);
}

const struct definition *definition_of(const struct rows *definitions, const char *key) {
	const struct definition *items = definitions->items;
	for (int i = 0; i < definitions->count; i++)
		if (text_same(items[i].key, key))
			return &items[i];
	return NULL;
}

/* Both ways of saying them, each once. */
static struct strings options_of(const struct definition_request *request, struct arena *arena) {
	char *rest = arena_copy(arena, request->options_text ? request->options_text : ""), *line;
	struct strings options = { arena_array(arena, const char *, request->options.count + strlen(rest) + 2), 0 };
	for (int i = 0; i < request->options.count; i++)
		options.items[options.count++] = request->options.items[i];
	while ((line = strsep(&rest, "\n")))
		options.items[options.count++] = text_trim(arena, line);
	int count = 0;
	for (int i = 0; i < options.count; i++)
		if (*options.items[i] && !strings_have(&(struct strings){ options.items, count }, options.items[i]))
			options.items[count++] = options.items[i];
	options.count = count;
	return options;
}

static bool check_options(const struct definition *definition, struct error *err) {
	if (definition->options.count > CUSTOM_OPTIONS_MAX)
		return error_field(err, "options_text", "A choice can have at most %d options", CUSTOM_OPTIONS_MAX);
	for (int i = 0; i < definition->options.count; i++)
		if (text_length(definition->options.items[i]) > CUSTOM_LABEL_MAX)
			return error_field(err, "options_text", "The option “%.40s…” is too long. Use at most %d characters",
			                   definition->options.items[i], CUSTOM_LABEL_MAX);
	return definition->options.count > 0 || error_field(err, "options_text", "Give the options, one per line");
}

static bool read_request(const struct definition_request *request, struct moment now, struct arena *arena,
                         struct definition *definition, struct error *err) {
	record_clear(&definition_record, definition);
	definition->label = text_clean(arena, request->label);
	definition->key = text_is_empty(request->key) ? custom_key_of(arena, request->label) : request->key;
	definition->type = request->type;
	definition->fallback = text_is_empty(request->fallback) ? NULL : request->fallback;
	definition->updated_at = now;
	definition->rev = request->rev;
	if (definition->type == CUSTOM_CHOICE) {
		definition->options = options_of(request, arena);
		if (!check_options(definition, err))
			return false;
	}
	if (!*definition->key || !custom_key_is_valid(definition->key))
		return error_field(err, "key",
		                   "“%.60s” is no key. Begin with a letter, then use letters, digits, “_”, “-”, “.” and spaces",
		                   definition->key);
	return true;
}

static bool end_write(struct store *store, bool fine, const char *key, struct error *err) {
	if (fine)
		return version_bump(store, REALM_SETTINGS, err);
	bool taken = err->kind == ERROR_CONFLICT && !store_is_stale(err);
	if (taken) {
		(void)error_field(err, "key", "A field with the key “%.64s” exists already. Choose another key", key);
		err->kind = ERROR_CONFLICT;
	}
	return false;
}

bool definition_create(struct store *store, const struct definition_request *request, const char *id, const char *by,
                       struct moment now, struct arena *arena, struct error *err) {
	struct definition definition;
	int64_t others;
	bool was_there;
	if (!read_request(request, now, arena, &definition, err) ||
	    !store_count(store, CUSTOM_FIELDS, FILTER(ne_id("_id", id)), &others, err))
		return false;
	if (others >= DEFINITIONS_MAX)
		return error_set(err, ERROR_INVALID, "There are %d custom fields, the most there can be. Delete one first",
		                 DEFINITIONS_MAX);
	definition.id = id;
	definition.created_at = now;
	definition.created_by = by;
	bool fine = store_create(store, CUSTOM_FIELDS, &definition_record, &definition, id, &was_there, err);
	return end_write(store, fine, definition.key, err);
}

bool definition_change(struct store *store, const struct definition_request *request, const char *key,
                       struct moment now, struct arena *arena, struct error *err) {
	struct definition definition;
	struct definition_request same = *request;
	bool found = true;
	if (!text_is_empty(request->key) && !text_same(request->key, key))
		return error_field(err, "key", "The key of a field stays “%.64s”: contacts store their values under it", key);
	same.key = key;
	if (!read_request(&same, now, arena, &definition, err))
		return false;
	bool fine = store_save(store, CUSTOM_FIELDS, FILTER(eq_text("key", key)), &definition_record, &definition,
	                       EXCEPT("id", "key", "created_at", "created_by"), &found, err);
	return end_write(store, fine, key, err) && (found || error_set(err, ERROR_MISSING, "no custom field %.64s", key));
}

bool definition_drop(struct store *store, const char *key, bool *found, struct error *err) {
	int64_t deleted;
	if (!store_delete(store, CUSTOM_FIELDS, FILTER(eq_text("key", key)), &deleted, err))
		return false;
	*found = deleted > 0;
	return version_bump(store, REALM_SETTINGS, err);
}
