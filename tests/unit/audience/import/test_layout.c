/* What a file is. */
#include <criterion/criterion.h>
#include <string.h>

#include "audience/import/layout.h"
#include "core/base/buf.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

static struct layout read_chosen(struct arena *arena, const char *bytes, size_t size, char separator) {
	struct layout layout;
	struct error err = ERROR_INIT;
	struct layout_choice choice = { NULL, separator };
	cr_assert(layout_read(arena, bytes, size, true, &choice, &layout, &err), "%s", err.text);
	return layout;
}

static struct layout read_layout(struct arena *arena, const char *text) {
	return read_chosen(arena, text, strlen(text), 0);
}

static void refuse_piece(const char *bytes, size_t size, bool whole, const char *why) {
	ARENA_AUTO arena = arena_new();
	struct layout layout;
	struct error err = ERROR_INIT;
	cr_expect_not(layout_read(arena, bytes, size, whole, &(struct layout_choice){ 0 }, &layout, &err));
	cr_expect_str_eq(err.text, why);
}

static void refuse(const char *bytes, size_t size, const char *why) {
	refuse_piece(bytes, size, true, why);
}

/* A file with semicolons was "imported", with nobody in it (sendportal#67). */
Test(layout, separators_are_told) {
	ARENA_AUTO arena = arena_new();
	cr_expect_eq(read_layout(arena, "id;email;first_name;last_name\n1;a@b.example;Ann;B, C\n").format.separator, ';');
	cr_expect_eq(read_layout(arena, "email,name\na@b.example,\"x;y;z\"\n").format.separator, ',');
	cr_expect_eq(read_layout(arena, "email\tname\na@b.example\tAnn\n").format.separator, '\t');
	cr_expect_eq(read_layout(arena, "email|name\na@b.example|Ann\n").format.separator, '|');
	cr_expect_eq(read_layout(arena, "email;usage\na@b.example;12,5\nc@d.example;3,4\n").format.separator, ';');
	cr_expect_eq(read_layout(arena, "a@b.example;Ann\nc@d.example;Bo\n").format.separator, ';');
	struct layout one = read_layout(arena, "email\na@b.example\n");
	cr_expect_eq(one.why, SEPARATOR_ONE_COLUMN);
	cr_expect_null(one.doubt);
	cr_expect_eq(one.format.columns, 1);
}

Test(layout, a_wrong_separator_is_doubted) {
	ARENA_AUTO arena = arena_new();
	const char *file = "email;name\na@b.example;Ann\n";
	cr_expect_str_eq(read_chosen(arena, file, strlen(file), ',').doubt,
	                 "Only one column was found with the comma as separator, but lines with addresses have a "
	                 "semicolon. "
	                 "Choose the semicolon.");
	cr_expect_not_null(read_layout(arena, "People\na@b.example;Ann\n").doubt);
	cr_expect_null(read_chosen(arena, file, strlen(file), ';').doubt);
}

Test(layout, the_line_of_a_spreadsheet_is_honoured) {
	ARENA_AUTO arena = arena_new();
	struct layout layout = read_layout(arena, "sep=|\r\nemail|name;x\r\na@b.example|Ann\r\n");
	cr_expect_eq(layout.why, SEPARATOR_BY_LINE);
	cr_expect_eq(layout.format.separator, '|');
	cr_expect_str_eq(layout.header.names.items[1], "name;x");
	cr_expect_eq(layout.begin.offset, 7);
	cr_expect_eq(layout.first.offset, 21);
	cr_expect_eq(layout.first.row, 2);
	cr_expect_eq(layout.first.line, 3);
	layout = read_chosen(arena, BYTES("\xff\xfes\0e\0p\0=\0;\0\n\0e\0m\0a\0i\0l\0;\0x\0\n\0"), 0);
	cr_expect_eq(layout.begin.offset, 14);
	cr_expect_str_eq(layout.header.names.items[0], "email");
}

/* A byte order mark hid the first column (listmonk#65). */
Test(layout, headings_are_cleaned) {
	ARENA_AUTO arena = arena_new();
	struct layout layout = read_layout(arena, "\ufeff E-Mail\u00a0,Pre\u0301nom,,\"\ufeffTags\"\na@b.example,Ann,,x\n");
	cr_expect_str_eq(layout.header.names.items[0], "E-Mail");
	cr_expect_str_eq(layout.header.names.items[1], "Prénom");
	cr_expect_str_eq(layout.header.names.items[2], "");
	cr_expect_str_eq(layout.header.keys.items[3], "tags");
	cr_expect_eq(layout.sample_count, 1);
	cr_expect_str_eq(layout.sample[0].items[0], "a@b.example");
	cr_expect(layout.format.columns == 4 && layout.format.least == 4);
	layout = read_layout(arena, "email,,name,,\na@b.example,,Ann\n");
	cr_expect(layout.format.columns == 5 && layout.format.least == 3);
}

Test(layout, without_headings_columns_are_counted) {
	ARENA_AUTO arena = arena_new();
	struct layout layout = read_layout(arena, "a@b.example,Ann\nc@d.example,Bo\n");
	cr_expect_not(layout.header.is_there);
	cr_expect_str_eq(layout.header.names.items[1], "Column 2");
	cr_expect_eq(layout.first.offset, 0);
	cr_expect_eq(layout.sample_count, 2);
	struct error err = ERROR_INIT;
	struct layout_choice choice = { .header = HEADER_IS_THERE };
	cr_assert(layout_read(arena, BYTES("who@where.example?,b\na@b.example,c\n"), true, &choice, &layout, &err));
	cr_expect_str_eq(layout.header.names.items[1], "b");
	cr_expect_eq(layout.sample_count, 1);
	choice.header = HEADER_IS_NOT;
	cr_assert(layout_read(arena, BYTES("Ann,4100\n"), true, &choice, &layout, &err));
	cr_expect_eq(layout.sample_count, 1);
}

Test(layout, what_cannot_be_used_is_refused) {
	refuse(BYTES(""), "Choose a file: this one is empty");
	refuse(BYTES("\n\n"), "Choose a file: this one is empty");
	refuse(BYTES("Email,name, EMAIL\n"), "Columns 1 and 3 are both called “EMAIL”. Rename one of them in the file.");
	BUF_AUTO many = { 0 };
	for (int i = 0; i <= IMPORT_COLUMNS_MAX; i++)
		buf_print(&many, "%sc%d", i ? "," : "", i);
	refuse(buf_text(&many), many.size, "The file has 65 columns; at most 64 can be imported.");
}

/* old: "this one is empty", and "no rows below the headings", of files with megabytes in one row. */
Test(layout, a_row_without_an_end_is_told) {
	static const char why[] = "One of the first rows is longer than 1 MB, or a quote in it is never closed";
	refuse_piece(BYTES("email,a,b,c"), false, why);
	refuse_piece(BYTES("email,a\na@b.example,\"xxx\na@b.example,x"), false, why);
}

Test(layout, what_is_no_text_is_told) {
	refuse(BYTES("PK\x03\x04\x14\0\x06\0"),
	       "This is a spreadsheet or a ZIP file, not a CSV file. Save it as CSV and choose that");
	refuse(BYTES("\xd0\xcf\x11\xe0\xa1\xb1"), "This is a spreadsheet, not a CSV file. Save it as CSV and choose that");
	refuse(BYTES("\x1f\x8b\x08"), "This is a compressed file, not a CSV file. Save it as CSV and choose that");
	refuse(BYTES("%PDF-1.7"), "This is a PDF, not a CSV file. Save it as CSV and choose that");
	refuse(BYTES("\x89PNG\r\n"), "This is an image, not a CSV file. Save it as CSV and choose that");
}
