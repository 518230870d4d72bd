/* What is asked of an import. */
#include "audience/importing/asking.h"

#include <string.h>

#include "audience/contacts/tag.h"
#include "audience/fields/definition.h"
#include "audience/import/survey.h"
#include "audience/import/tags.h"
#include "audience/import/tally.h"
#include "core/base/secret.h"
#include "core/formats/json.h"

enum { NAME_MAX_SHOWN = 100, COUNTRY_MAX = 4, MAPPING_MAX = 20000 };

static const struct field request_fields[] = {
	FIELD(struct import_request, charset, .max = 40, .doc = "Guessed if left out"),
	FIELD(struct import_request, separator, .max = 10, .doc = "comma, semicolon, tab or bar; guessed if left out"),
	FIELD(struct import_request, header, .max = 10, .doc = "there or not; guessed if left out"),
	FIELD(struct import_request, mapping, .max = MAPPING_MAX,
	      .doc = "A JSON object: column to email, first_name, last_name, full_name, phone, company, job_title, "
	             "location, tags, field:KEY, consent_source, consent_time, consent_text, status, opt_out, created or "
	             "ignore. Guessed if left out"),
	FIELD(struct import_request, policy, .choices = &import_knowns,
	      .doc = "For contacts that exist: fill what is empty (default), overwrite, or skip them"),
	FIELD(struct import_request, tags, .max = 1000,
	      .doc = "For all contacts that are added or changed, separated by commas"),
	FIELD(struct import_request, list, .max = 60, .doc = "The id of a list of your own that they join"),
	FIELD(struct import_request, consent_source, .max = 200, .doc = "Where they agreed, for rows that do not say it"),
	FIELD(struct import_request, country, .max = 10, .doc = "For phone numbers without a country code: 49"),
	FIELD(struct import_request, resubscribe,
	      .doc = "Subscribe those again who unsubscribed; needs a source of consent"),
};
const struct record_type import_request_record = RECORD_TYPE("ImportRequest", struct import_request, request_fields);

const char *const import_separators[4][2] = { { "comma", "," }, { "semicolon", ";" }, { "tab", "\t" }, { "bar", "|" } };

static bool read_choice(const struct import_request *request, struct layout_choice *choice, struct error *err) {
	*choice = (struct layout_choice){ .charset = request->charset };
	for (int i = 0; i < 4; i++)
		if (text_same(request->separator, import_separators[i][0]) ||
		    text_same(request->separator, import_separators[i][1]))
			choice->separator = *import_separators[i][1];
	if (!text_is_empty(request->separator) && !choice->separator)
		return error_field(err, "separator", "Choose comma, semicolon, tab or bar");
	if (text_same(request->header, "there"))
		choice->header = HEADER_IS_THERE;
	else if (text_same(request->header, "not"))
		choice->header = HEADER_IS_NOT;
	else if (!text_is_empty(request->header))
		return error_field(err, "header", "Say there or not: are the columns named in the first row?");
	return true;
}

static bool read_tags(const struct import_request *request, struct arena *arena, struct strings *tags,
                      struct error *err) {
	struct strings wrong;
	*tags = (struct strings){ 0 };
	if (text_is_empty(request->tags))
		return true;
	*tags = tags_read(arena, request->tags, &wrong);
	return wrong.count == 0 ||
	       error_field(err, "tags", "“%.70s” is not a tag. A tag has at most %d characters and no line breaks",
	                   wrong.items[0], TAG_MAX);
}

bool import_take_country(struct import *import, const char *typed, struct arena *arena, struct error *err) {
	const char *text = typed ? text_trim(arena, typed) : "";
	if (text_starts(text, "+"))
		text++;
	else if (text_starts(text, "00"))
		text += 2;
	import->country = *text ? text : NULL;
	return strlen(text) < COUNTRY_MAX && strspn(text, "0123456789") == strlen(text) && *text != '0'
	           ? true
	           : error_field(err, "country", "“%.20s” is not the code of a country. Write it like +49", typed);
}

static bool take_choices(const struct import_request *request, struct arena *arena, struct import *import,
                         struct error *err) {
	import->known = request->policy;
	import->resubscribe = request->resubscribe;
	import->consent_source = text_is_empty(request->consent_source) ? NULL : request->consent_source;
	if (request->resubscribe && !import->consent_source)
		return error_field(err, "consent_source",
		                   "Say where they agreed to be mailed again. Without that nobody is subscribed again");
	return read_tags(request, arena, &import->tags, err) && import_take_country(import, request->country, arena, err);
}

/* The last part of a path, shortened. */
static const char *name_of(const char *name, struct arena *arena) {
	for (const char *at = name; at && (at = strpbrk(at, "/\\")); at++)
		name = at + 1;
	name = text_is_empty(name) ? "contacts.csv" : text_tidy(arena, text_clean(arena, name));
	return text_length(name) <= NAME_MAX_SHOWN ? name : "contacts.csv";
}

static void take_layout(struct import *import, const struct layout *layout, enum header_choice header,
                        struct arena *arena) {
	import->charset = layout->format.charset;
	import->charset_told = charset_told(arena, &layout->charset);
	import->separator = arena_print(arena, "%c", layout->format.separator);
	import->column_count = layout->format.columns;
	import->header = header;
	import->has_header = layout->header.is_there;
	import->first = (struct import_place){ layout->first.offset, layout->first.row, layout->first.line };
	import->at = import->first;
	import->rows = COUNT_NONE;
}

static bool check_size(const struct import_upload *upload, struct error *err) {
	if (upload->size == 0)
		return error_field(err, "file", "Choose a file: this one is empty");
	if (upload->size > IMPORT_FILE_MAX) {
		(void)error_field(err, "file", "The file is larger than 200 MB. Split it into several");
		err->kind = ERROR_TOO_LARGE;
		return false;
	}
	return true;
}

bool import_ask(const struct import_upload *upload, const struct import_request *request,
                const struct import_field *fields, int field_count, struct arena *arena, struct import *import,
                struct error *err) {
	struct layout_choice choice;
	struct layout layout;
	struct import_mapping mapping;
	char *digest = arena_array(arena, char, SECRET_HEX);
	size_t piece = (size_t)(upload->size < IMPORT_PIECE ? upload->size : IMPORT_PIECE);
	bool whole = (int64_t)piece == upload->size;
	record_clear(&import_record, import);
	import->undo_row = import->removed = import->restored = import->kept = import->looked_at = import->repeated = 0;
	import->counts = import->expected = (struct import_counts){ 0 };
	if (!check_size(upload, err) || !read_choice(request, &choice, err) || !take_choices(request, arena, import, err) ||
	    !layout_read(arena, upload->bytes, piece, whole, &choice, &layout, err))
		return false;
	if (layout.doubt)
		return error_field(err, "file", "%s", layout.doubt);
	if (layout.sample_count == 0)
		return error_field(err, "file", "The file has headings, but no rows below them");
	import->id = upload->id;
	import->name = name_of(upload->name, arena);
	import->state = IMPORT_MAPPING;
	import->created_by = upload->by;
	import->created_at = upload->now;
	import->bytes = upload->size;
	import->pieces = 1 + (upload->size - 1) / IMPORT_PIECE;
	secret_digest_bytes(upload->bytes, (size_t)upload->size, digest);
	import->sha256 = digest;
	take_layout(import, &layout, choice.header, arena);
	mapping_guess(arena, &layout, fields, field_count, &mapping);
	import_put_mapping(import, &mapping, arena);
	if (!text_is_empty(request->mapping) && !import_ask_mapping(import, request->mapping, arena, err))
		return false;
	import_set_types(import, fields, field_count);
	return import_tell(import, upload->bytes, piece, whole, upload->now, arena, err);
}

bool import_ask_again(struct import *import, const struct import_request *request, const char *bytes, size_t size,
                      bool whole, const struct import_field *fields, int field_count, struct moment now,
                      struct arena *arena, struct error *err) {
	struct layout_choice choice;
	struct layout layout;
	struct import_mapping mapping;
	if (!read_choice(request, &choice, err) || !layout_read(arena, bytes, size, whole, &choice, &layout, err))
		return false;
	if (layout.doubt)
		return error_field(err, "separator", "%s", layout.doubt);
	import->columns = (struct rows){ 0 };
	import->problem = NULL;
	take_layout(import, &layout, choice.header, arena);
	mapping_guess(arena, &layout, fields, field_count, &mapping);
	import_put_mapping(import, &mapping, arena);
	return import_tell(import, bytes, size, whole, now, arena, err);
}

const char *import_choice_word(const struct import_stored_column *column, struct arena *arena) {
	return column->target == TARGET_FIELD ? arena_print(arena, "field:%s", column->field)
	                                      : choice_name(&import_targets, (int)column->target);
}

/* "email"; "field:usage"; "field" for a new one that is called as the column is. */
static bool choose(struct import_stored_column *column, const char *word, struct arena *arena, struct error *err) {
	int target = TARGET_FIELD;
	if (text_starts(word, "field:"))
		column->field = arena_copy(arena, word + strlen("field:"));
	else if (!choice_find(&import_targets, word, &target))
		return error_field(err, "mapping", "“%.40s” is nothing that a column can be", word);
	column->target = (unsigned)target;
	if (target == TARGET_FIELD && text_is_empty(column->field))
		column->field = custom_key_of(arena, column->name);
	return true;
}

static struct import_stored_column *column_named(const struct import *import, const char *name, struct arena *arena) {
	struct import_stored_column *columns = import->columns.items;
	for (int i = 0; i < import->columns.count; i++)
		if (text_same(columns[i].name, text_tidy(arena, name)))
			return &columns[i];
	return NULL;
}

bool import_ask_mapping(struct import *import, const char *json, struct arena *arena, struct error *err) {
	struct value *map;
	struct import_stored_column *columns = import->columns.items;
	if (!json_read(arena, json, strlen(json), &map, err) || map->kind != VALUE_MAP)
		return error_field(err, "mapping", "The mapping must be a JSON object, such as {\"Address\": \"email\"}");
	for (int i = 0; i < import->columns.count; i++) /* what it does not name is left out */
		columns[i].target = TARGET_IGNORE;
	for (const struct value *one = map->first; one; one = one->next) {
		struct import_stored_column *column = column_named(import, one->name, arena);
		if (!column)
			return error_field(err, "mapping", "The file has no column “%.60s”", one->name);
		if (one->kind != VALUE_TEXT)
			return error_field(err, "mapping", "Say in words what the column “%.60s” is", one->name);
		if (!choose(column, one->text, arena, err))
			return false;
	}
	return true;
}

static const char *of_column(const struct params *form, const char *what, int i, struct arena *arena) {
	return params_get(form, arena_print(arena, "%s.%d", what, i));
}

bool import_take_form(struct import *import, const struct params *form, struct arena *arena, struct error *err) {
	struct import_stored_column *columns = import->columns.items;
	for (int i = 0; i < import->columns.count; i++) {
		const char *word = of_column(form, "to", i, arena), *order = of_column(form, "order", i, arena);
		const char *decimal = of_column(form, "decimal", i, arena);
		int chosen;
		if (word && !choose(&columns[i], word, arena, err))
			return false;
		bool orders = order && choice_find(&date_orders, order, &chosen) && chosen != DATE_UNKNOWN;
		bool parts = text_same(decimal, ".") || text_same(decimal, ",");
		if (orders)
			columns[i].order = (unsigned)chosen;
		if (parts)
			columns[i].decimal = decimal;
		columns[i].by_hand = columns[i].by_hand || orders || parts;
	}
	return true;
}

bool import_fields(struct store *store, struct arena *arena, struct import_field **fields, int *count,
                   struct error *err) {
	static const enum import_type types[CUSTOM_TYPE_COUNT] = { [CUSTOM_TEXT] = IMPORT_TYPE_TEXT,
		                                                       [CUSTOM_NUMBER] = IMPORT_TYPE_NUMBER,
		                                                       [CUSTOM_DATE] = IMPORT_TYPE_DATE,
		                                                       [CUSTOM_BOOLEAN] = IMPORT_TYPE_BOOLEAN,
		                                                       [CUSTOM_CHOICE] = IMPORT_TYPE_TEXT };
	struct rows definitions;
	if (!definition_list(store, arena, &definitions, err))
		return false;
	const struct definition *items = definitions.items;
	*fields = arena_array(arena, struct import_field, definitions.count + 1);
	*count = definitions.count;
	for (int i = 0; i < definitions.count; i++)
		(*fields)[i] = (struct import_field){ items[i].key, items[i].label, types[items[i].type] };
	return true;
}

static const struct import_field *field_with(const struct import_field *fields, int count, const char *key) {
	for (int i = 0; i < count; i++)
		if (text_same(fields[i].key, key))
			return &fields[i];
	return NULL;
}

/* A field that is defined has its type, whatever the values look like. */
void import_set_types(struct import *import, const struct import_field *fields, int count) {
	struct import_stored_column *columns = import->columns.items;
	for (int i = 0; i < import->columns.count; i++) {
		const struct import_field *field = columns[i].target == TARGET_FIELD
		                                       ? field_with(fields, count, columns[i].field)
		                                       : NULL;
		columns[i].is_new = columns[i].target == TARGET_FIELD && !field;
		if (field)
			columns[i].type = field->type;
	}
}

bool import_check(const struct import *import, struct error *err) {
	struct import_mapping mapping;
	import_get_mapping(import, &mapping);
	return mapping_check(&mapping, err);
}

/* The first piece, counted by column. */
struct telling {
	struct import_reading reading;
	struct import_tally tally;
	struct import_survey survey;
	struct import_mapping mapping;
	struct arena *arena;
};

static bool tell_row(void *context, const struct rows_row *row) {
	struct telling *telling = context;
	ARENA_AUTO arena = arena_new();
	struct import_row read;
	import_row_read(arena, &telling->reading, row, &read);
	tally_add(&telling->tally, telling->arena, &telling->mapping, &read);
	return telling->tally.rows < IMPORT_TOLD_ROWS;
}

static bool survey_row(void *context, const struct rows_row *row) {
	struct telling *telling = context;
	survey_add(&telling->survey, row);
	return telling->survey.rows < IMPORT_TOLD_ROWS;
}

static bool read_first(const struct import *import, const char *bytes, size_t size, bool whole, rows_take *take,
                       struct telling *telling, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct rows_format format = import_format(import);
	const struct rows_place first = import_place(&import->first);
	struct row_reader *rows = rows_open(arena, &format, &first, take, telling, err);
	size_t from = (size_t)first.offset < size ? (size_t)first.offset : size;
	return rows && rows_feed(rows, bytes + from, size - from, err) &&
	       (!whole || rows_stopped(rows) || rows_finish(rows, err));
}

bool import_tell(struct import *import, const char *bytes, size_t size, bool whole, struct moment now,
                 struct arena *arena, struct error *err) {
	struct telling *telling = arena_new_of(arena, struct telling);
	const struct rows_format format = import_format(import);
	struct import_stored_column *columns = import->columns.items;
	const char *country = import->country ? import->country : "";
	telling->arena = arena;
	import_get_mapping(import, &telling->mapping);
	telling->reading = (struct import_reading){ &telling->mapping, &format, country, now };
	if (!read_first(import, bytes, size, whole, survey_row, telling, err))
		return false;
	survey_settle(&telling->survey, &telling->mapping);
	if (!read_first(import, bytes, size, whole, tell_row, telling, err))
		return false;
	for (int i = 0; i < import->columns.count; i++) {
		columns[i].told = tally_told(arena, &telling->tally, &telling->mapping, i, country);
		if (columns[i].by_hand)
			continue;
		char decimal = telling->mapping.columns[i].decimal;
		columns[i].order = telling->mapping.columns[i].order;
		columns[i].decimal = decimal ? arena_print(arena, "%c", decimal) : NULL;
	}
	return true;
}
