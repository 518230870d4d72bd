/* A row as what it says of a person. */
#include <string.h>

#include "audience/import/row.h"
#include "audience/import/tally.h"
#include "core/base/buf.h"
#include "unit/support.h"

struct one {
	struct arena *arena;
	struct import_mapping mapping;
	struct rows_format format;
	struct import_row row;
	struct import_tally tally;
	int rows;
};

static bool take(void *context, const struct rows_row *cells) {
	struct one *one = context;
	struct import_reading reading = { &one->mapping, &one->format, "49", at("2026-11-27T12:00:00Z") };
	import_row_read(one->arena, &reading, cells, &one->row);
	tally_add(&one->tally, one->arena, &one->mapping, &one->row);
	one->rows++;
	return true;
}

/* The last row, as its mapping is guessed, with columns that have no meaning as new fields. */
static struct one read_last(struct arena *arena, const char *text) {
	struct one one = { .arena = arena };
	struct layout layout;
	struct error err = ERROR_INIT;
	cr_assert(layout_read(arena, text, strlen(text), true, &(struct layout_choice){ 0 }, &layout, &err), "%s",
	          err.text);
	mapping_guess(arena, &layout, NULL, 0, &one.mapping);
	for (int i = 0; i < one.mapping.count; i++)
		if (one.mapping.columns[i].target == TARGET_IGNORE && *one.mapping.columns[i].name)
			one.mapping.columns[i].target = TARGET_FIELD;
	one.format = layout.format;
	struct row_reader *rows = rows_open(arena, &layout.format, &layout.first, take, &one, &err);
	cr_assert(rows && rows_feed(rows, text + layout.first.offset, strlen(text) - (size_t)layout.first.offset, &err) &&
	          rows_finish(rows, &err));
	return one;
}

static void expect_problem(const struct one *one, enum import_severity severity, const char *told) {
	cr_assert_gt(one->row.problem_count, 0, "%s", told);
	cr_expect_eq(one->row.problems[0].severity, severity);
	cr_expect_str_eq(import_problem_told(one->arena, &one->row.problems[0]), told);
	cr_expect_eq(one->row.is_rejected, severity == PROBLEM_REJECTS);
}

Test(row, says_who_somebody_is) {
	ARENA_AUTO arena = arena_new();
	struct one
		one = read_last(arena,
	                    "E-Mail;Name;Telefon;Firma;Gruppe;Verbrauch;Einzug;Eigentum\n"
	                    " Ann@Müller.example ;Example, Ann;0170 555 0199;\u00a0ACME ;Mieter, VIP;4100,5;1.2.2026;ja\n");
	cr_expect_str_eq(one.row.email, "Ann@Müller.example");
	cr_expect_str_eq(one.row.address, "Ann@xn--mller-kva.example");
	cr_expect_str_eq(one.row.key, "ann@xn--mller-kva.example");
	cr_expect_str_eq(one.row.texts[MEMBER_FIRST_NAME], "Ann");
	cr_expect_str_eq(one.row.texts[MEMBER_LAST_NAME], "Example");
	cr_expect_str_eq(one.row.texts[MEMBER_PHONE], "+491705550199");
	cr_expect_str_eq(one.row.texts[MEMBER_COMPANY], "ACME");
	cr_expect_null(one.row.texts[MEMBER_LOCATION]);
	cr_expect_eq(one.row.tags.count, 2);
	cr_expect_str_eq(one.row.tags.items[0], "mieter");
	cr_expect_eq(one.row.field_count, 3);
	cr_expect_str_eq(one.row.fields[0].key, "verbrauch");
	cr_expect_str_eq(one.row.fields[0].text, "4100.5");
	cr_expect_str_eq(one.row.fields[1].text, "2026-02-01");
	cr_expect_str_eq(one.row.fields[2].text, "true");
	cr_expect_eq(one.row.problem_count, 0);
	cr_expect_eq(one.row.place.row, 2);
}

Test(row, an_address_may_name_its_person) {
	ARENA_AUTO arena = arena_new();
	struct one one = read_last(arena, "email,First name\nAnn Example <a@b.example>,\n");
	cr_expect_str_eq(one.row.texts[MEMBER_FIRST_NAME], "Ann");
	cr_expect_str_eq(one.row.texts[MEMBER_LAST_NAME], "Example");
	one = read_last(arena, "email,First name\nAnn Example <a@b.example>,Anne\n");
	cr_expect_str_eq(one.row.texts[MEMBER_FIRST_NAME], "Anne");
	cr_expect_null(one.row.texts[MEMBER_LAST_NAME]);
}

Test(row, status_and_consent) {
	ARENA_AUTO arena = arena_new();
	struct one one = read_last(arena, "email,status,consent source,consent time,created\n"
	                                  "a@b.example,Abgemeldet,Fair in Leipzig,2026-03-01 10:00,2026-03-01T10:00:00Z\n");
	cr_expect_eq(one.row.status, IMPORT_UNSUBSCRIBED);
	cr_expect_str_eq(one.row.consent_source, "Fair in Leipzig");
	cr_expect_eq(one.row.consent_at.ms, at("2026-03-01T10:00:00Z").ms);
	cr_expect_eq(one.row.created_at.ms, at("2026-03-01T10:00:00Z").ms);
	one = read_last(arena, "email,Email opt out\na@b.example,true\n");
	cr_expect_eq(one.row.status, IMPORT_UNSUBSCRIBED);
	one = read_last(arena, "email,Email opt out\na@b.example,false\n");
	cr_expect_eq(one.row.status, IMPORT_STATUS_UNTOLD);
}

Test(row, is_rejected_with_a_reason) {
	ARENA_AUTO arena = arena_new();
	struct one one = read_last(arena, "email,name\nann@mail,Ann\n");
	expect_problem(&one, PROBLEM_REJECTS,
	               "email: “ann@mail” is incomplete: the part after the @ has no dot. Write it like "
	               "jane@acme.example.");
	cr_expect_str_eq(import_row_reason(arena, &one.row), "email: “ann@mail” is incomplete: the part after the @ has no "
	                                                     "dot. Write it like jane@acme.example.");
	one = read_last(arena, "email,name\n,Ann\n");
	expect_problem(&one, PROBLEM_REJECTS, "The row has neither an address nor a phone number.");
	one = read_last(arena, "email,status\na@b.example,perhaps\n");
	expect_problem(&one, PROBLEM_REJECTS,
	               "status: “perhaps” is no status that is known here. Write it like subscribed or unsubscribed.");
	one = read_last(arena, "email,name,x\na@b.example,Ann\n");
	expect_problem(&one, PROBLEM_REJECTS, "The row has 2 cells instead of 3.");
}

Test(row, a_wrong_value_is_left_out) {
	ARENA_AUTO arena = arena_new();
	struct one one = read_last(arena, "email,phone\na@b.example,1.23E+11\n");
	expect_problem(&one, PROBLEM_LEAVES_OUT,
	               "phone: “1.23E+11” was shortened by a spreadsheet, and its last digits are lost. Write it like +49 "
	               "30 5550142.");
	cr_expect_null(one.row.texts[MEMBER_PHONE]);
	one = read_last(arena, "email,seen\na@b.example,3/4/2026\n");
	expect_problem(&one, PROBLEM_LEAVES_OUT,
	               "seen: “3/4/2026” may be two dates: choose whether the day or the month comes first. Write it like "
	               "2026-11-27.");
	one = read_last(arena, "email,usage\na@b.example,\"4,100\"\n");
	expect_problem(&one, PROBLEM_LEAVES_OUT,
	               "usage: “4,100” may be two numbers: choose whether a point or a comma begins decimals. Write it "
	               "like 4100 or 4.1.");
	one = read_last(arena, "email,number\na@b.example,x\nc@d.example,1.23E+11\n");
	expect_problem(&one, PROBLEM_FLAGS,
	               "number: “1.23E+11” may have been shortened by a spreadsheet. Write it like 123456789012.");
	cr_expect_str_eq(one.row.fields[0].text, "1.23E+11");
	one = read_last(arena, "email,company\na@b.example,M\ufffdller\n");
	expect_problem(&one, PROBLEM_FLAGS,
	               "company: “M\ufffdller” has letters that were lost before this file was saved.");
	one = read_last(arena, "email,created\na@b.example,2027-01-01\n");
	expect_problem(&one, PROBLEM_LEAVES_OUT, "created: “2027-01-01” has not been yet.");
}

Test(row, columns_are_counted) {
	ARENA_AUTO arena = arena_new();
	struct one one = read_last(arena, "E-Mail;Telefon;Verbrauch;Gruppe;Notiz\na@b.example;0170 5550199;640;Mieter;x\n"
	                                  "c@d.example;+49 30 5550142;18200;Eigentümer;\nbad;;700;Mieter;\n");
	one.mapping.columns[4].target = TARGET_IGNORE;
	cr_expect_str_eq(tally_told(arena, &one.tally, &one.mapping, 0, "49"), "2 valid addresses, 1 invalid");
	cr_expect_str_eq(tally_told(arena, &one.tally, &one.mapping, 1, "49"),
	                 "2 phone numbers; 1 without a country code are read as +49");
	cr_expect_str_eq(tally_told(arena, &one.tally, &one.mapping, 2, "49"), "Numbers from 640 to 18200");
	cr_expect_str_eq(tally_told(arena, &one.tally, &one.mapping, 3, "49"), "Tags such as “mieter” and “eigentümer”");
	cr_expect_str_eq(tally_told(arena, &one.tally, &one.mapping, 4, "49"), "Left out");
	cr_expect_eq(one.tally.rows, 3);
	cr_expect_eq(one.tally.rejected, 1);
}
