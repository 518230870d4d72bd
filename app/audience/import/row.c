/* A row of a file as what it says of one person. */
#include "audience/import/row.h"

#include <glib.h>
#include <string.h>

#include "audience/contacts/phone.h"
#include "audience/import/address.h"
#include "audience/import/clean.h"
#include "audience/import/number.h"
#include "audience/import/tags.h"

static const char *const member_names[MEMBER_COUNT] = { "first_name", "last_name", "phone",
	                                                    "company",    "job_title", "location" };
const struct choices import_members = CHOICES(member_names);

/* The row while it is read. */
struct work {
	struct arena *arena;
	const struct import_reading *reading;
	const struct import_column *column;
	int at; /* the column's number */
	struct import_row *row;
	const char *address_name;
};

static void add_problem(struct work *work, enum import_severity severity, const char *value, const char *why,
                        const char *example) {
	struct import_problem *problem = &work->row->problems[work->row->problem_count++];
	*problem = (struct import_problem){
		severity, work->at, work->column ? work->column->name : NULL, clean_short(work->arena, value), why, example
	};
	work->row->is_rejected = work->row->is_rejected || severity == PROBLEM_REJECTS;
}

static enum cell_result wrong(struct work *work, enum import_severity severity, const char *value, const char *why,
                              const char *example) {
	add_problem(work, severity, value, arena_print(work->arena, "“%s” %s", clean_short(work->arena, value), why),
	            example);
	return severity == PROBLEM_FLAGS ? CELL_READ : CELL_WRONG;
}

typedef enum cell_result read_cell(struct work *work, const char *cell);

static enum cell_result read_email(struct work *work, const char *cell) {
	struct address address;
	const char *why = address_read(work->arena, cell, &address);
	if (why) {
		add_problem(work, PROBLEM_REJECTS, cell, why, "jane@acme.example");
		return CELL_WRONG;
	}
	work->row->email = address.typed;
	work->address_name = address.name;
	work->row->address = address.ascii;
	work->row->key = address.key;
	return CELL_READ;
}

static enum cell_result take_text(struct work *work, enum import_member member, const char *text) {
	if (text_length(text) > IMPORT_TEXT_MAX)
		return wrong(work, PROBLEM_LEAVES_OUT, text, "has more than 200 characters", NULL);
	work->row->texts[member] = text;
	return CELL_READ;
}

static enum cell_result read_first_name(struct work *work, const char *cell) {
	return take_text(work, MEMBER_FIRST_NAME, cell);
}

static enum cell_result read_last_name(struct work *work, const char *cell) {
	return take_text(work, MEMBER_LAST_NAME, cell);
}

static enum cell_result read_company(struct work *work, const char *cell) {
	return take_text(work, MEMBER_COMPANY, cell);
}

static enum cell_result read_job_title(struct work *work, const char *cell) {
	return take_text(work, MEMBER_JOB_TITLE, cell);
}

static enum cell_result read_location(struct work *work, const char *cell) {
	return take_text(work, MEMBER_LOCATION, cell);
}

static enum cell_result read_full_name(struct work *work, const char *cell) {
	const char *first, *last;
	words_split_name(work->arena, cell, &first, &last);
	enum cell_result result = *first ? take_text(work, MEMBER_FIRST_NAME, first) : CELL_READ;
	return result == CELL_READ && *last ? take_text(work, MEMBER_LAST_NAME, last) : result;
}

/* "Ann Example <ann@example.com>" gives a name to whoever has none of its own in the row. */
static void name_by_address(struct work *work, const char *name) {
	const char **texts = work->row->texts;
	const char *first, *last;
	if (!*name || texts[MEMBER_FIRST_NAME] || texts[MEMBER_LAST_NAME] || text_length(name) > IMPORT_TEXT_MAX)
		return;
	words_split_name(work->arena, name, &first, &last);
	texts[MEMBER_FIRST_NAME] = *first ? first : NULL;
	texts[MEMBER_LAST_NAME] = *last ? last : NULL;
}

static enum cell_result read_phone(struct work *work, const char *cell) {
	static const char EXAMPLE[] = "+49 30 5550142";
	char number[PHONE_SIZE];
	if (clean_is_scientific(cell))
		return wrong(work, PROBLEM_LEAVES_OUT, cell, "was shortened by a spreadsheet, and its last digits are lost",
		             EXAMPLE);
	enum phone_result result = phone_read(cell, work->reading->country, number);
	if (result == PHONE_NO_COUNTRY)
		return wrong(work, PROBLEM_LEAVES_OUT, cell, "has no country code", EXAMPLE);
	if (result == PHONE_WRONG)
		return wrong(work, PROBLEM_LEAVES_OUT, cell, "is not clear as a phone number", EXAMPLE);
	work->row->texts[MEMBER_PHONE] = arena_copy(work->arena, number);
	return result == PHONE_COMPLETED ? CELL_COMPLETED : CELL_READ;
}

static enum cell_result read_tags(struct work *work, const char *cell) {
	struct strings unusable, tags = tags_read(work->arena, cell, &unusable);
	struct strings *all = &work->row->tags;
	for (int i = 0; i < tags.count && all->count < IMPORT_TAGS_MAX; i++)
		if (!strings_have(all, tags.items[i]))
			all->items[all->count++] = tags.items[i];
	if (unusable.count)
		return wrong(work, PROBLEM_LEAVES_OUT, unusable.items[0],
		             "is no tag: that has at most 64 characters and no comma, and a person at most 100", "solar; vip");
	return CELL_READ;
}

static bool read_date(struct work *work, const char *cell, struct date_value *date) {
	static const char EXAMPLE[] = "2026-11-27";
	switch (date_read(cell, work->column->order, date)) {
	case DATE_READ:
		return true;
	case DATE_AMBIGUOUS:
		(void)wrong(work, PROBLEM_LEAVES_OUT, cell, "may be two dates: choose whether the day or the month comes first",
		            EXAMPLE);
		return false;
	case DATE_WRONG:
		break;
	}
	(void)wrong(work, PROBLEM_LEAVES_OUT, cell, "is no date", EXAMPLE);
	return false;
}

static enum cell_result read_past(struct work *work, const char *cell, struct moment *at) {
	struct date_value date;
	if (!read_date(work, cell, &date))
		return CELL_WRONG;
	if (date.at.ms > work->reading->now.ms)
		return wrong(work, PROBLEM_LEAVES_OUT, cell, "has not been yet", NULL);
	*at = date.at;
	return CELL_READ;
}

static enum cell_result read_consent_time(struct work *work, const char *cell) {
	return read_past(work, cell, &work->row->consent_at);
}

static enum cell_result read_created(struct work *work, const char *cell) {
	return read_past(work, cell, &work->row->created_at);
}

static enum cell_result take_long_text(struct work *work, const char *cell, const char **text) {
	if (text_length(cell) > IMPORT_VALUE_MAX)
		return wrong(work, PROBLEM_LEAVES_OUT, cell, "has more than 1,000 characters", NULL);
	*text = cell;
	return CELL_READ;
}

static enum cell_result read_consent_source(struct work *work, const char *cell) {
	return take_long_text(work, cell, &work->row->consent_source);
}

static enum cell_result read_consent_text(struct work *work, const char *cell) {
	return take_long_text(work, cell, &work->row->consent_text);
}

static enum cell_result read_status(struct work *work, const char *cell) {
	if (words_status(work->arena, cell, &work->row->status))
		return CELL_READ;
	return wrong(work, PROBLEM_REJECTS, cell, "is no status that is known here", "subscribed or unsubscribed");
}

static enum cell_result read_opt_out(struct work *work, const char *cell) {
	bool truth;
	if (!words_truth(work->arena, cell, &truth))
		return wrong(work, PROBLEM_REJECTS, cell, "says neither yes nor no", "yes or no");
	work->row->status = truth ? IMPORT_UNSUBSCRIBED : IMPORT_STATUS_UNTOLD;
	return CELL_READ;
}

static enum cell_result number_field(struct work *work, const char *cell, const char **text) {
	char number[NUMBER_SIZE];
	if (clean_is_scientific(cell))
		return wrong(work, PROBLEM_LEAVES_OUT, cell, "was shortened by a spreadsheet, and its last digits are lost",
		             "123456789012");
	enum number_result result = number_read(cell, work->column->decimal, number);
	if (result == NUMBER_AMBIGUOUS)
		return wrong(work, PROBLEM_LEAVES_OUT, cell,
		             "may be two numbers: choose whether a point or a comma begins decimals", "4100 or 4.1");
	if (result == NUMBER_WRONG)
		return wrong(work, PROBLEM_LEAVES_OUT, cell, "is no number", "4100 or 12.5");
	*text = arena_copy(work->arena, number);
	return CELL_READ;
}

static enum cell_result date_field(struct work *work, const char *cell, const char **text) {
	struct date_value date;
	char out[MOMENT_TEXT];
	if (!read_date(work, cell, &date))
		return CELL_WRONG;
	*text = date.has_time ? arena_copy(work->arena, moment_format(date.at, out))
	                      : text_of_iso_day(work->arena, date.at);
	return CELL_READ;
}

static enum cell_result boolean_field(struct work *work, const char *cell, const char **text) {
	bool truth;
	if (!words_truth(work->arena, cell, &truth))
		return wrong(work, PROBLEM_LEAVES_OUT, cell, "says neither yes nor no", "yes or no");
	*text = truth ? "true" : "false";
	return CELL_READ;
}

static enum cell_result text_field(struct work *work, const char *cell, const char **text) {
	enum cell_result result = take_long_text(work, cell, text);
	if (result == CELL_READ && clean_is_scientific(cell))
		return wrong(work, PROBLEM_FLAGS, cell, "may have been shortened by a spreadsheet", "123456789012");
	return result;
}

static enum cell_result read_field(struct work *work, const char *cell) {
	static enum cell_result (*const kinds[IMPORT_TYPE_COUNT])(struct work *, const char *, const char **) = {
		[IMPORT_TYPE_TEXT] = text_field,
		[IMPORT_TYPE_NUMBER] = number_field,
		[IMPORT_TYPE_DATE] = date_field,
		[IMPORT_TYPE_BOOLEAN] = boolean_field,
	};
	const char *text = NULL;
	enum cell_result result = kinds[work->column->type](work, cell, &text);
	if (text)
		work->row->fields[work->row->field_count++] = (struct import_value){ work->column->field, text,
			                                                                 work->column->type };
	return result;
}

static read_cell *const readers[TARGET_COUNT] = {
	[TARGET_EMAIL] = read_email,
	[TARGET_FIRST_NAME] = read_first_name,
	[TARGET_LAST_NAME] = read_last_name,
	[TARGET_FULL_NAME] = read_full_name,
	[TARGET_PHONE] = read_phone,
	[TARGET_COMPANY] = read_company,
	[TARGET_JOB_TITLE] = read_job_title,
	[TARGET_LOCATION] = read_location,
	[TARGET_TAGS] = read_tags,
	[TARGET_FIELD] = read_field,
	[TARGET_CONSENT_SOURCE] = read_consent_source,
	[TARGET_CONSENT_TIME] = read_consent_time,
	[TARGET_CONSENT_TEXT] = read_consent_text,
	[TARGET_STATUS] = read_status,
	[TARGET_OPT_OUT] = read_opt_out,
	[TARGET_CREATED] = read_created,
};

static void read_columns(struct work *work, const struct rows_row *cells) {
	const struct import_mapping *mapping = work->reading->mapping;
	for (int i = 0; i < mapping->count && i < cells->cells.count; i++) {
		work->at = i;
		work->column = &mapping->columns[i];
		read_cell *reader = readers[work->column->target];
		const char *cell = reader ? text_tidy(work->arena, cells->cells.items[i]) : "";
		if (reader)
			work->row->cells[i] = *cell ? reader(work, cell) : CELL_EMPTY;
		if (work->row->cells[i] == CELL_READ && strstr(cell, "\ufffd"))
			(void)wrong(work, PROBLEM_FLAGS, cell, "has letters that were lost before this file was saved", NULL);
	}
	work->at = -1;
	work->column = NULL;
}

void import_row_read(struct arena *arena, const struct import_reading *reading, const struct rows_row *cells,
                     struct import_row *row) {
	enum { PER_COLUMN = 3 }; /* a full name may have two problems, and lost letters */
	struct work work = { arena, reading, NULL, -1, row, "" };
	*row = (struct import_row){ .place = cells->place, .consent_at = MOMENT_NONE, .created_at = MOMENT_NONE };
	row->problems = arena_array(arena, struct import_problem, reading->mapping->count * PER_COLUMN + 2);
	row->fields = arena_array(arena, struct import_value, reading->mapping->count + 1);
	row->tags.items = arena_array(arena, const char *, IMPORT_TAGS_MAX);
	if (cells->fault) {
		add_problem(&work, PROBLEM_REJECTS, "", rows_fault_told(arena, cells, reading->format), NULL);
		return;
	}
	read_columns(&work, cells);
	name_by_address(&work, work.address_name);
	if (!row->is_rejected && !row->key && !row->texts[MEMBER_PHONE])
		add_problem(&work, PROBLEM_REJECTS, "", "The row has neither an address nor a phone number", NULL);
}

const char *import_problem_told(struct arena *arena, const struct import_problem *problem) {
	const char *heading = problem->heading ? problem->heading : "";
	const char *told = arena_print(arena, "%s%s%s", heading, *heading ? ": " : "", problem->why);
	return problem->example ? arena_print(arena, "%s. Write it like %s.", told, problem->example)
	                        : arena_print(arena, "%s.", told);
}

const char *import_row_reason(struct arena *arena, const struct import_row *row) {
	for (int i = 0; i < row->problem_count; i++)
		if (row->problems[i].severity == PROBLEM_REJECTS)
			return import_problem_told(arena, &row->problems[i]);
	return NULL;
}
