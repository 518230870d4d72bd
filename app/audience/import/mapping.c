/* Which column of a file is what. */
#include "audience/import/mapping.h"

#include <glib.h>
#include <string.h>

#include "audience/contacts/phone.h"
#include "audience/fields/definition.h"
#include "audience/import/address.h"
#include "audience/import/clean.h"
#include "audience/import/number.h"
#include "audience/import/words.h"
#include "core/base/buf.h"

static const char *const target_names[TARGET_COUNT] = {
	"ignore", "email", "first_name",     "last_name",    "full_name",    "phone",  "company", "job_title", "location",
	"tags",   "field", "consent_source", "consent_time", "consent_text", "status", "opt_out", "created",
};
const struct choices import_targets = CHOICES(target_names);

const char *const import_target_labels[TARGET_COUNT] = {
	"Do not import",   "Email",           "First name", "Last name", "Full name",    "Phone",
	"Company",         "Job title",       "Location",   "Tags",      "Custom field", "Source of consent",
	"Time of consent", "Text of consent", "Status",     "Opted out", "Date added",
};

static const char *const type_names[IMPORT_TYPE_COUNT] = { "text", "number", "date", "boolean" };
const struct choices import_types = CHOICES(type_names);

/* The values of a column in the sample that are not empty. */
static struct strings values_of(struct arena *arena, const struct layout *layout, int column) {
	struct strings values = { arena_array(arena, const char *, layout->sample_count + 1), 0 };
	for (int i = 0; i < layout->sample_count; i++) {
		const char *value = column < layout->sample[i].count ? text_tidy(arena, layout->sample[i].items[column]) : "";
		if (*value)
			values.items[values.count++] = value;
	}
	return values;
}

static void take_samples(struct arena *arena, const struct strings *values, struct import_column *column) {
	struct strings distinct = strings_distinct(arena, values);
	column->sample_count = MIN(distinct.count, IMPORT_SAMPLES);
	for (int i = 0; i < column->sample_count; i++)
		column->samples[i] = clean_short(arena, distinct.items[i]);
}

typedef bool is_kind(struct arena *arena, const char *value);

static bool is_address(struct arena *arena, const char *value) {
	(void)arena;
	return address_is_likely(value);
}

static bool is_phone(struct arena *arena, const char *value) {
	(void)arena;
	return phone_is_likely(value);
}

static bool is_number(struct arena *arena, const char *value) {
	char number[NUMBER_SIZE];
	(void)arena;
	return number_read(value, 0, number) != NUMBER_WRONG || clean_is_scientific(value);
}

static bool is_date(struct arena *arena, const char *value) {
	struct date_value date;
	(void)arena;
	return date_read(value, DATE_UNKNOWN, &date) != DATE_WRONG;
}

static bool is_truth(struct arena *arena, const char *value) {
	bool truth;
	return words_truth(arena, value, &truth);
}

/* At least four of five: some cells of a column are wrong in many files. */
static bool most_are(struct arena *arena, const struct strings *values, is_kind *is) {
	int count = 0;
	for (int i = 0; i < values->count; i++)
		count += is(arena, values->items[i]);
	return count > 0 && count * 5 >= values->count * 4;
}

static bool is_status(struct arena *arena, const char *value) {
	enum import_status status;
	return words_status(arena, value, &status);
}

/* "Estado" is also a province: then the heading tells nothing. What is surely a status is one, whatever it says, since
 * people must not be mailed because it was not understood. */
static bool is_plausible(struct arena *arena, const struct strings *values, enum import_target target,
                         const char *key) {
	static is_kind *const kinds[TARGET_COUNT] = {
		[TARGET_STATUS] = is_status, [TARGET_CREATED] = is_date, [TARGET_CONSENT_TIME] = is_date
	};
	bool is_sure = !kinds[target] ||
	               (target == TARGET_STATUS && strcmp(key, "estado") != 0 && strcmp(key, "stato") != 0);
	bool any = is_sure || values->count == 0;
	for (int i = 0; i < values->count && !any; i++)
		any = kinds[target](arena, values->items[i]);
	return any;
}

static enum import_type type_of(struct arena *arena, const struct strings *values) {
	static const struct {
		is_kind *is;
		enum import_type type;
	} kinds[] = { { is_number, IMPORT_TYPE_NUMBER }, { is_date, IMPORT_TYPE_DATE }, { is_truth, IMPORT_TYPE_BOOLEAN } };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		int count = 0;
		for (int k = 0; k < values->count; k++)
			count += kinds[i].is(arena, values->items[k]);
		if (count > 0 && count == values->count)
			return kinds[i].type;
	}
	return IMPORT_TYPE_TEXT;
}

static const struct import_field *known_field(struct arena *arena, const char *key, const struct import_field *fields,
                                              int count) {
	for (int i = 0; *key && i < count; i++)
		if (strcmp(clean_key(arena, fields[i].key), key) == 0 || strcmp(clean_key(arena, fields[i].label), key) == 0)
			return &fields[i];
	return NULL;
}

static void suggest_field(struct arena *arena, const struct strings *values, struct import_column *column) {
	column->field = custom_key_of(arena, column->name);
	column->type = type_of(arena, values);
	column->is_new = true;
}

static void use_field(struct import_column *column, const struct import_field *field) {
	column->target = TARGET_FIELD;
	column->why = MAPPED_BY_NAME;
	column->field = field->key;
	column->type = field->type;
	column->is_new = false;
}

/* The only column of its kind that a name did not tell. */
static void use_values(struct arena *arena, const struct layout *layout, struct import_mapping *mapping,
                       enum import_target target, is_kind *is) {
	for (int i = 0; i < mapping->count; i++)
		if (mapping->columns[i].target == target)
			return;
	for (int i = 0; i < mapping->count; i++) {
		struct strings values = values_of(arena, layout, i);
		struct import_column *column = &mapping->columns[i];
		if (column->target != TARGET_IGNORE || !*column->name || !most_are(arena, &values, is))
			continue;
		column->target = target;
		column->why = MAPPED_BY_VALUES;
		return;
	}
}

static int column_of(const struct import_mapping *mapping, enum import_target target) {
	for (int i = 0; i < mapping->count; i++)
		if (mapping->columns[i].target == target)
			return i;
	return -1;
}

/* "Mail" may say yes or no, and the addresses stand in another column. */
static void correct_email(struct arena *arena, const struct layout *layout, struct import_mapping *mapping) {
	int at = column_of(mapping, TARGET_EMAIL);
	struct strings values = at >= 0 ? values_of(arena, layout, at) : (struct strings){ 0 };
	for (int i = 0; i < values.count; i++)
		if (address_is_likely(values.items[i]))
			return;
	if (!values.count)
		return;
	mapping->columns[at].target = TARGET_IGNORE;
	use_values(arena, layout, mapping, TARGET_EMAIL, is_address);
	if (column_of(mapping, TARGET_EMAIL) < 0)
		mapping->columns[at].target = TARGET_EMAIL;
	else
		mapping->columns[at].why = MAPPED_NOT;
}

/* "Vorname;Name" and "Prénom;Nom" are first and last name; "Nombre" or "Nom" alone is all of it. */
static void settle_names(struct import_mapping *mapping) {
	int first = column_of(mapping, TARGET_FIRST_NAME), last = column_of(mapping, TARGET_LAST_NAME);
	int full = column_of(mapping, TARGET_FULL_NAME);
	if (first >= 0 && last < 0 && full >= 0)
		mapping->columns[full].target = TARGET_LAST_NAME;
	else if (first >= 0 && last >= 0 && full >= 0)
		mapping->columns[full].target = TARGET_IGNORE;
	else if ((first >= 0) != (last >= 0) && full < 0) {
		const char *name = mapping->columns[first >= 0 ? first : last].name;
		if (g_ascii_strcasecmp(name, "nombre") == 0 || g_ascii_strcasecmp(name, "nome") == 0 ||
		    g_ascii_strcasecmp(name, "nom") == 0)
			mapping->columns[first >= 0 ? first : last].target = TARGET_FULL_NAME;
	}
}

static bool may_repeat(enum import_target target) {
	return target == TARGET_IGNORE || target == TARGET_TAGS || target == TARGET_FIELD;
}

/* A person has one phone number here, and text messages reach a mobile one. */
static bool is_mobile(struct arena *arena, const struct import_column *column) {
	static const char *const words[] = { "mobil", "mobiel", "movil",    "cell", "celular",
		                                 "handy", "gsm",    "portable", "sms" };
	const char *key = clean_key(arena, column->name);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(key, words[i]))
			return true;
	return false;
}

static bool is_better(struct arena *arena, const struct import_column *later, const struct import_column *earlier) {
	if (!later->sample_count || !earlier->sample_count)
		return later->sample_count > 0;
	return later->target == TARGET_PHONE && is_mobile(arena, later) && !is_mobile(arena, earlier);
}

/* Of several columns of the same meaning the first with values counts. */
static void settle_doubles(struct arena *arena, struct import_mapping *mapping) {
	for (int i = 0; i < mapping->count; i++) {
		struct import_column *column = &mapping->columns[i];
		for (int k = 0; k < i && !may_repeat(column->target); k++) {
			struct import_column *earlier = &mapping->columns[k];
			if (earlier->target != column->target)
				continue;
			struct import_column *loser = is_better(arena, column, earlier) ? earlier : column;
			loser->target = TARGET_IGNORE;
			loser->why = MAPPED_NOT;
		}
	}
}

static void guess_column(struct arena *arena, const struct layout *layout, const struct import_field *fields,
                         int field_count, int i, struct import_column *column) {
	const char *key = layout->header.keys.items[i];
	struct strings values = values_of(arena, layout, i);
	column->name = layout->header.names.items[i];
	take_samples(arena, &values, column);
	column->order = date_order_of(&values);
	column->decimal = number_decimal_of(&values);
	suggest_field(arena, &values, column);
	if (column->why == MAPPED_BY_PRESET)
		return;
	const struct import_field *field = known_field(arena, key, fields, field_count);
	column->target = mapping_by_name(key);
	if (!is_plausible(arena, &values, column->target, key))
		column->target = TARGET_IGNORE;
	column->why = column->target ? MAPPED_BY_NAME : MAPPED_NOT;
	if (!column->target && field)
		use_field(column, field);
}

void mapping_guess(struct arena *arena, const struct layout *layout, const struct import_field *fields, int field_count,
                   struct import_mapping *mapping) {
	enum import_target listed[IMPORT_COLUMNS_MAX];
	for (int i = 0; i < IMPORT_COLUMNS_MAX; i++)
		listed[i] = TARGET_COUNT;
	*mapping = (struct import_mapping){ .count = layout->header.names.count };
	mapping->preset = mapping_by_preset(&layout->header, listed);
	for (int i = 0; i < mapping->count; i++) {
		struct import_column *column = &mapping->columns[i];
		if (listed[i] != TARGET_COUNT) {
			column->target = listed[i];
			column->why = MAPPED_BY_PRESET;
		}
		guess_column(arena, layout, fields, field_count, i, column);
	}
	settle_doubles(arena, mapping);
	settle_names(mapping);
	correct_email(arena, layout, mapping);
	use_values(arena, layout, mapping, TARGET_EMAIL, is_address);
	use_values(arena, layout, mapping, TARGET_PHONE, is_phone);
}

int mapping_recognised(const struct import_mapping *mapping) {
	int count = 0;
	for (int i = 0; i < mapping->count; i++)
		count += mapping->columns[i].target != TARGET_IGNORE;
	return count;
}

/* Begins with a letter; letters, digits, "_", "-", "." and spaces in between: no "$" and no control character reaches
 * a query. */
static bool is_field_key(const char *key) {
	if (!key || !g_unichar_isalpha(g_utf8_get_char(key)) || text_length(key) > IMPORT_KEY_MAX)
		return false;
	for (; *key; key = g_utf8_next_char(key))
		if (!g_unichar_isalnum(g_utf8_get_char(key)) && !strchr("_-. ", *key))
			return false;
	return !strchr("-. ", key[-1]);
}

static bool same_place(const struct import_column *a, const struct import_column *b) {
	if (a->target == TARGET_FIELD && b->target == TARGET_FIELD)
		return text_same(a->field, b->field);
	return a->target == b->target && !may_repeat(a->target);
}

static bool check_column(const struct import_mapping *mapping, int i, struct error *err) {
	const struct import_column *column = &mapping->columns[i];
	if (column->target == TARGET_FIELD && !is_field_key(column->field))
		return error_field(err, "columns",
		                   "“%.40s”: a custom field's name begins with a letter and has letters, digits, - and _.",
		                   column->name);
	for (int k = 0; k < i; k++)
		if (same_place(column, &mapping->columns[k]))
			return error_field(err, "columns", "“%.40s” and “%.40s” both go to %s. Leave one of them out.",
			                   mapping->columns[k].name, column->name,
			                   column->target == TARGET_FIELD ? column->field : import_target_labels[column->target]);
	return true;
}

bool mapping_check(const struct import_mapping *mapping, struct error *err) {
	for (int i = 0; i < mapping->count; i++)
		if (!check_column(mapping, i, err))
			return false;
	bool parts = column_of(mapping, TARGET_FIRST_NAME) >= 0 || column_of(mapping, TARGET_LAST_NAME) >= 0;
	if (parts && column_of(mapping, TARGET_FULL_NAME) >= 0)
		return error_field(err, "columns", "Choose either the full name, or first and last name.");
	if (column_of(mapping, TARGET_STATUS) >= 0 && column_of(mapping, TARGET_OPT_OUT) >= 0)
		return error_field(err, "columns", "Choose either the status or “opted out”.");
	return column_of(mapping, TARGET_EMAIL) >= 0 || column_of(mapping, TARGET_PHONE) >= 0 ||
	       error_field(err, "columns", "Choose the column that has the email addresses.");
}
