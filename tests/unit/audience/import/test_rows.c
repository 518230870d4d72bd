/* The rows of a CSV file. */
#include "read.h"

#include <stdlib.h>

#include "core/formats/csv.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

static const char *read_as(struct arena *arena, struct rows_format format, const char *bytes, size_t size) {
	struct reading reading = { 0 };
	struct error err = ERROR_INIT;
	bool fine = reading_read(arena, &reading, &format, &rows_beginning, bytes, size, size + 1, &err);
	const char *out = arena_print(arena, "%s%s", buf_text(&reading.out), fine ? "" : err.text);
	buf_finish(&reading.out);
	return out;
}

static const char *read_text(struct arena *arena, const char *text) {
	return read_as(arena, (struct rows_format){ "UTF-8", ',', 0 }, text, strlen(text));
}

static const char *read_columns(struct arena *arena, int columns, const char *text) {
	return read_as(arena, (struct rows_format){ "UTF-8", ';', columns }, text, strlen(text));
}

Test(rows, are_read) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(read_text(arena, "a,b\r\nc,d\r\n"), "1 1 0:[a][b]\n2 2 5:[c][d]\n");
	cr_expect_str_eq(read_text(arena, "a,b\nc,d"), "1 1 0:[a][b]\n2 2 4:[c][d]\n");
	cr_expect_str_eq(read_text(arena, "a,b\rc,d\r"), "1 1 0:[a][b]\n2 2 4:[c][d]\n");
	cr_expect_str_eq(read_text(arena, "a,,\n,b,"), "1 1 0:[a][][]\n2 2 4:[][b][]\n");
	cr_expect_str_eq(read_text(arena, ""), "");
	cr_expect_str_eq(read_text(arena, "x"), "1 1 0:[x]\n");
}

Test(rows, empty_ones_count_but_are_not_given) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(read_text(arena, "a\n\n\r\n,,\n\"\"\nb\n"), "1 1 0:[a]\n6 6 11:[b]\n");
}

Test(rows, quotes_follow_the_rules) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(read_text(arena, "\"a,\"\"b\"\"\",c\n"), "1 1 0:[a,\"b\"][c]\n");
	cr_expect_str_eq(read_text(arena, "\"two\r\nlines\",x\ny,z"), "1 1 0:[two\r\nlines][x]\n2 3 15:[y][z]\n");
	cr_expect_str_eq(read_text(arena, "back\\slash,\"\\\",5\" pipe\n"), "1 1 0:[back\\slash][\\][5\" pipe]\n");
	cr_expect_str_eq(read_text(arena, "\"a\"b,c\nd,e\n"), "1 1 0:[ab][c]!4\n2 2 7:[d][e]\n");
	cr_expect_str_eq(read_text(arena, "\"\"\"\",\"\"\n"), "1 1 0:[\"][]\n");
}

Test(rows, an_open_quote_is_told_by_its_line) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(read_text(arena, "a,b\nc,\"d\ne,f\n"), "1 1 0:[a][b]\nThe quote in line 2, column 2 is never "
	                                                        "closed. Put a second quote at the end of that cell.");
}

/* Short rows shifted columns (mailpoet PR 6931). */
Test(rows, short_and_long_ones_are_told) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(read_columns(arena, 2, "a;b\nc\nd;e;f\ng;h;;\ni;j\n"),
	                 "1 1 0:[a][b]\n2 2 4:[c]!1\n3 3 6:[d][e]!2\n4 4 12:[g][h]\n5 5 18:[i][j]\n");
	struct rows_format named = { "UTF-8", ';', 4, 2 };
	cr_expect_str_eq(read_as(arena, named, BYTES("a;b\nc\nd;e;f;\n")),
	                 "1 1 0:[a][b]\n2 2 4:[c]!1\n3 3 6:[d][e][f][]\n");
	struct rows_format format = { "UTF-8", ';', 7 };
	struct rows_row row = { .count = 3, .fault = ROWS_SHORT };
	cr_expect_str_eq(rows_fault_told(arena, &row, &format), "The row has 3 cells instead of 7");
}

Test(rows, a_long_cell_costs_its_row) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO file = { 0 };
	buf_text_add(&file, "a,\"");
	for (int i = 0; i <= IMPORT_CELL_MAX; i++)
		buf_char(&file, i % 100 ? 'x' : '\n');
	buf_text_add(&file, "\"\nb,c\n");
	const char *out = read_text(arena, buf_text(&file));
	cr_expect_not_null(strstr(out, "!3\n2 103 10006:[b][c]\n"), "%s", out + strlen(out) - 40);
}

Test(rows, many_columns_are_counted) {
	ARENA_AUTO arena = arena_new();
	char line[400];
	memset(line, ',', sizeof line);
	line[0] = 'a';
	line[sizeof line - 2] = 'z';
	line[sizeof line - 1] = '\0';
	const char *out = read_text(arena, line);
	cr_expect(strncmp(out, "1 1 0:[a][]", 11) == 0, "%s", out);
}

Test(rows, what_is_no_text_costs_its_row) {
	ARENA_AUTO arena = arena_new();
	struct rows_format utf8 = { "UTF-8", ',', 0 };
	cr_expect_str_eq(read_as(arena, utf8, BYTES("a\xff,b\nc,d")), "1 1 0:[a\xef\xbf\xbd][b]!5\n2 2 5:[c][d]\n");
	cr_expect_str_eq(read_as(arena, utf8, BYTES("a\0,b\nc,d")), "1 1 0:[a\xef\xbf\xbd][b]!6\n2 2 5:[c][d]\n");
	cr_expect_str_eq(read_as(arena, utf8, BYTES("a\xef\xbf\xbe,b")), "1 1 0:[a\xef\xbf\xbd][b]!6\n");
	cr_expect_str_eq(read_as(arena, utf8,
	                         BYTES("a\x0b"
	                               "b\x1f\xc2\x85"
	                               "c")),
	                 "1 1 0:[a b  c]\n");
	cr_expect_str_eq(read_as(arena, utf8, BYTES("\xef\0b")), "1 1 0:[\xef\xbf\xbd\xef\xbf\xbd"
	                                                         "b]!5\n");
	cr_expect_str_eq(read_as(arena, utf8, BYTES("a\xc3")), "1 1 0:[a\xef\xbf\xbd]!5\n");
}

Test(rows, other_encodings) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(read_as(arena, (struct rows_format){ "WINDOWS-1252", ';', 3 },
	                         BYTES("\xc6r\xf8;J\xfcrgen \xd6z;20 \x80\r\n")),
	                 "1 1 0:[Ærø][Jürgen Öz][20 €]\n");
	cr_expect_str_eq(read_as(arena, (struct rows_format){ "UTF-16LE", ',', 0 },
	                         BYTES("\xff\xfe"
	                               "a\0,\0b\0\r\0\n\0c\0")),
	                 "1 1 2:[a][b]\n2 2 12:[c]\n");
	cr_expect_str_eq(read_as(arena, (struct rows_format){ "UTF-8", ',', 0 },
	                         BYTES("\xef\xbb\xbf"
	                               "email\n")),
	                 "1 1 3:[email]\n");
}

Test(rows, too_many_are_refused) {
	ARENA_AUTO arena = arena_new();
	struct reading reading = { .stop_after = -1 };
	struct rows_format format = { "UTF-8", ',', 0 };
	struct rows_place start = { 0, IMPORT_ROWS_MAX, IMPORT_ROWS_MAX };
	struct error err = ERROR_INIT;
	cr_expect_not_null(reading_read(arena, &reading, &format, &start, BYTES("a\nb\n"), 100, &err));
	cr_expect_null(reading_read(arena, &reading, &format, &start, BYTES("a\nb\nc\n"), 100, &err));
	cr_expect_eq(err.kind, ERROR_TOO_LARGE);
	buf_finish(&reading.out);
}

/* Files that random choices make from the bytes that matter. */
static size_t make_file(char *file, size_t size, unsigned seed) {
	static const char *const parts[] = { "a",  "b@c.example", "\"", "\"\"", ",", ",",   ";",         "\n",  "\r\n",
		                                 "\r", "Ü",           "😀", "\xff", " ", "'=1", "\"x,\ny\"", "\xc3" };
	size_t length = 0;
	for (srand(seed); length + 16 < size;) {
		const char *part = parts[(size_t)rand() % (sizeof parts / sizeof *parts)];
		memcpy(file + length, part, strlen(part));
		length += strlen(part);
	}
	return length;
}

static const char *const charsets[] = { "UTF-8", "WINDOWS-1252", "UTF-16LE", "CP932" };

Test(rows, pieces_of_any_size_give_the_same) {
	char file[120];
	for (unsigned seed = 1; seed <= 400; seed++) {
		ARENA_AUTO arena = arena_new();
		size_t size = make_file(file, sizeof file, seed);
		struct rows_format format = { charsets[seed % 4], ',', (int)(seed % 3) };
		struct reading whole = { 0 };
		struct error err = ERROR_INIT;
		bool fine = reading_read(arena, &whole, &format, &rows_beginning, file, size, size, &err);
		for (size_t piece = 1; piece < 12; piece++) {
			struct reading parts = { 0 };
			struct error late = ERROR_INIT;
			bool same = reading_read(arena, &parts, &format, &rows_beginning, file, size, piece, &late);
			cr_assert_eq(same, fine);
			cr_assert_str_eq(buf_text(&parts.out), buf_text(&whole.out), "seed %u", seed);
			cr_assert_str_eq(late.text, err.text);
			buf_finish(&parts.out);
		}
		buf_finish(&whole.out);
	}
}

Test(rows, going_on_at_any_row_gives_the_rest) {
	char file[160];
	for (unsigned seed = 1; seed <= 400; seed++) {
		ARENA_AUTO arena = arena_new();
		size_t size = make_file(file, sizeof file, seed);
		struct rows_format format = { charsets[seed % 4], ',', 2 };
		struct reading whole = { 0 };
		struct error err = ERROR_INIT;
		(void)!reading_read(arena, &whole, &format, &rows_beginning, file, size, size, &err);
		for (int stop = 1; stop < whole.rows; stop++) {
			struct reading parts = { .stop_after = stop };
			struct error late = ERROR_INIT;
			cr_assert(reading_read(arena, &parts, &format, &rows_beginning, file, size, 5, &late));
			struct rows_place next = parts.next;
			parts.stop_after = 0;
			(void)!reading_read(arena, &parts, &format, &next, file, size, 7, &late);
			cr_assert_str_eq(buf_text(&parts.out), buf_text(&whole.out), "seed %u, row %d", seed, stop);
			cr_assert_str_eq(late.text, err.text);
			buf_finish(&parts.out);
		}
		buf_finish(&whole.out);
	}
}

/* An export with quotes did not import again (mailpoet PR 7113). */
Test(rows, an_export_reads_back_equal) {
	static const char *const parts[] = { "a", "\"", "\"\"", ",",  ";", "\n", "\r\n",   "\t", "=",         "+49",
		                                 "-", "@",  "'",    "\\", " ", "Ü",  "\u200b", "＝", "two lines", "x" };
	for (unsigned seed = 1; seed <= 3000; seed++) {
		ARENA_AUTO arena = arena_new();
		BUF_AUTO cell = { 0 };
		BUF_AUTO file = { 0 };
		srand(seed);
		for (int i = rand() % 6; i >= 0; i--)
			buf_text_add(&cell, parts[(size_t)rand() % (sizeof parts / sizeof *parts)]);
		csv_cell(&file, "first", true);
		csv_cell(&file, buf_text(&cell), false);
		csv_end(&file);
		const char *expected = arena_print(arena, "1 1 0:[first][%s]\n", buf_text(&cell));
		cr_assert_str_eq(read_text(arena, buf_text(&file)), expected, "%s", buf_text(&file));
	}
}
