/* What the columns of a file have. */
#include "audience/import/tally.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"

static void count_cell(struct column_tally *tally, enum cell_result result) {
	tally->filled += result >= CELL_READ;
	tally->read += result == CELL_READ || result == CELL_COMPLETED;
	tally->completed += result == CELL_COMPLETED;
	tally->wrong += result == CELL_WRONG;
}

static void count_number(struct column_tally *tally, const char *text) {
	double number = strtod(text, NULL);
	if (tally->read == 1 || number < tally->least)
		tally->least = number;
	if (tally->read == 1 || number > tally->most)
		tally->most = number;
}

static void count_fields(struct import_tally *tally, const struct import_mapping *mapping,
                         const struct import_row *row) {
	for (int i = 0, field = 0; i < mapping->count && field < row->field_count; i++) {
		if (mapping->columns[i].target != TARGET_FIELD || row->cells[i] != CELL_READ)
			continue;
		if (mapping->columns[i].type == IMPORT_TYPE_NUMBER)
			count_number(&tally->columns[i], row->fields[field].text);
		field++;
	}
}

static bool has_tag(const struct column_tally *tally, const char *tag) {
	for (int i = 0; i < tally->tag_count; i++)
		if (strcmp(tally->tags[i], tag) == 0)
			return true;
	return false;
}

static void count_tags(struct column_tally *tally, struct arena *arena, const struct strings *tags) {
	for (int i = 0; i < tags->count && tally->tag_count < TALLY_TAGS; i++)
		if (!has_tag(tally, tags->items[i]))
			tally->tags[tally->tag_count++] = arena_copy(arena, tags->items[i]);
}

void tally_add(struct import_tally *tally, struct arena *arena, const struct import_mapping *mapping,
               const struct import_row *row) {
	tally->rows++;
	tally->rejected += row->is_rejected;
	for (int i = 0; i < mapping->count; i++) {
		count_cell(&tally->columns[i], row->cells[i]);
		if (mapping->columns[i].target == TARGET_TAGS && row->cells[i] >= CELL_READ)
			count_tags(&tally->columns[i], arena, &row->tags);
	}
	count_fields(tally, mapping, row);
}

static const char *some(struct arena *arena, int64_t count, const char *what) {
	return arena_print(arena, "%s %s", text_of_count(arena, count), what);
}

static const char *with_wrong(struct arena *arena, const char *told, const struct column_tally *tally) {
	return tally->wrong ? arena_print(arena, "%s, %s", told, some(arena, tally->wrong, "cannot be read")) : told;
}

static const char *phones_told(struct arena *arena, const struct column_tally *tally, const char *country) {
	const char *told = with_wrong(arena, some(arena, tally->read, tally->read == 1 ? "phone number" : "phone numbers"),
	                              tally);
	return tally->completed ? arena_print(arena, "%s; %s without a country code are read as +%s", told,
	                                      text_of_count(arena, tally->completed), country)
	                        : told;
}

static const char *tags_told(struct arena *arena, const struct column_tally *tally) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < tally->tag_count; i++)
		buf_print(&out, "%s“%s”", i == 0 ? "Tags such as " : i + 1 < tally->tag_count ? ", " : " and ", tally->tags[i]);
	return with_wrong(arena, tally->tag_count ? arena_copy(arena, buf_text(&out)) : "No tags", tally);
}

static const char *field_told(struct arena *arena, const struct column_tally *tally, enum import_type type) {
	if (type == IMPORT_TYPE_NUMBER && tally->read)
		return with_wrong(arena, arena_print(arena, "Numbers from %.15g to %.15g", tally->least, tally->most), tally);
	return with_wrong(arena, some(arena, tally->filled, "filled"), tally);
}

const char *tally_told(struct arena *arena, const struct import_tally *tally, const struct import_mapping *mapping,
                       int column, const char *country) {
	const struct column_tally *of = &tally->columns[column];
	switch (mapping->columns[column].target) {
	case TARGET_IGNORE:
		return "Left out";
	case TARGET_EMAIL:
		return arena_print(arena, "%s%s", some(arena, of->read, of->read == 1 ? "valid address" : "valid addresses"),
		                   of->wrong ? arena_print(arena, ", %s", some(arena, of->wrong, "invalid")) : "");
	case TARGET_PHONE:
		return phones_told(arena, of, country);
	case TARGET_TAGS:
		return tags_told(arena, of);
	case TARGET_FIELD:
		return field_told(arena, of, mapping->columns[column].type);
	default:
		return with_wrong(arena, some(arena, of->filled, "filled"), of);
	}
}
