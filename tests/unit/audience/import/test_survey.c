/* What all rows tell; and the report of those that were not imported. */
#include <criterion/criterion.h>
#include <string.h>

#include "audience/import/report.h"
#include "audience/import/survey.h"

struct both {
	struct import_survey survey;
	struct header header;
	struct buf report;
};

static bool take(void *context, const struct rows_row *row) {
	struct both *both = context;
	survey_add(&both->survey, row);
	report_row(&both->report, &both->header, row, "No @, alas.");
	return true;
}

static struct both read_all(struct arena *arena, const char *text, struct import_mapping *mapping) {
	struct both both = { 0 };
	struct layout layout;
	struct error err = ERROR_INIT;
	cr_assert(layout_read(arena, text, strlen(text), true, &(struct layout_choice){ 0 }, &layout, &err), "%s",
	          err.text);
	mapping_guess(arena, &layout, NULL, 0, mapping);
	both.header = layout.header;
	report_head(&both.report, &layout.header);
	struct row_reader *rows = rows_open(arena, &layout.format, &layout.first, take, &both, &err);
	cr_assert(rows && rows_feed(rows, text + layout.first.offset, strlen(text) - (size_t)layout.first.offset, &err) &&
	          rows_finish(rows, &err));
	return both;
}

Test(survey, rows_beyond_the_first_tell_too) {
	ARENA_AUTO arena = arena_new();
	struct import_mapping mapping;
	BUF_AUTO text = { 0 };
	buf_text_add(&text, "email;day;usage;both\n");
	for (int i = 0; i < 60; i++)
		buf_text_add(&text, "a@b.example;1/2/2026;4.100;27/11/2026\n");
	buf_text_add(&text, "a@b.example;28/2/2026;12,5;11/27/2026\n");
	struct both both = read_all(arena, buf_text(&text), &mapping);
	cr_expect_eq(mapping.columns[1].order, DATE_UNKNOWN);
	cr_expect_eq(mapping.columns[3].order, DATE_DAY_FIRST);
	survey_settle(&both.survey, &mapping);
	cr_expect_eq(mapping.columns[1].order, DATE_DAY_FIRST);
	cr_expect_eq(mapping.columns[2].decimal, ',');
	cr_expect_eq(mapping.columns[3].order, DATE_UNKNOWN);
	cr_expect_eq(both.survey.rows, 61);
	buf_finish(&both.report);
}

Test(survey, rejected_rows_can_be_mended_and_imported) {
	ARENA_AUTO arena = arena_new();
	struct import_mapping mapping;
	struct both both = read_all(arena, "E-Mail;Telefon;\nann;+49 30;x\nb;\n", &mapping);
	cr_expect_str_eq(buf_text(&both.report), "E-Mail,Telefon,,Import: row,Import: reason\r\n"
	                                         "ann,\"'+49 30\",x,2,\"No @, alas.\"\r\nb,,,3,\"No @, alas.\"\r\n");
	struct both again = read_all(arena, buf_text(&both.report), &mapping);
	cr_expect_eq(mapping.columns[0].target, TARGET_EMAIL);
	cr_expect_eq(mapping.columns[3].target, TARGET_IGNORE);
	cr_expect_eq(mapping.columns[4].target, TARGET_IGNORE);
	cr_expect_eq(again.survey.faulty, 0);
	buf_finish(&both.report);
	buf_finish(&again.report);
}
