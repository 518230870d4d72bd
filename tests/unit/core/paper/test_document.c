/* A document as CSV, for machines. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "core/formats/json.h"
#include "core/paper/document.h"
#include "unit/support.h"

Test(document, csv_holds_every_table) {
	static const struct column columns[] = { { "Campaign", false }, { "Delivered", true } };
	static const struct point points[] = { { .name = "One", .plain = "2026-10-01" },
		                                   { .name = "Two", .plain = "2026-11-01" } };
	static double values[] = { 2, 3 };
	const struct chart chart = { .name = "trend",
		                         .title = "Click rate by campaign",
		                         .unit = "percent of delivered",
		                         .mark = "%",
		                         .count = 2,
		                         .series_count = 1,
		                         .points = points,
		                         .series = { { "Click rate", ROLE_CLICKS, values } } };
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct document *document = document_new(arena, "Report");
	document_chart(document, &chart);
	struct table *table = document_table(document, "campaigns", "Campaigns", columns, 2);
	table_row(document, table, (const struct cell[]){ cell_text("One"), cell_count(arena, 48210) });
	table->totals = arena_array(arena, struct cell, 2);
	table->totals[0] = cell_text("Total");
	table->totals[1] = cell_count(arena, 48210);
	document_to_csv(document, &out);
	cr_expect(strstr(buf_text(&out), "\r\nTotal,48210\r\n") != NULL, "%s", buf_text(&out));
	cr_expect(strstr(buf_text(&out), "\"Click rate by campaign, percent of delivered\"") != NULL);
	cr_expect(strstr(buf_text(&out), "\r\nCampaign,\"Click rate, %\"\r\n2026-10-01,2\r\n") != NULL, "%s",
	          buf_text(&out));
}

/* Numbers without separators or units, times in ISO 8601, nothing where nothing is known; texts keep their guard. */
Test(document, csv_is_for_machines) {
	static const struct column columns[] = { { .label = "A" }, { "B", true }, { "C", true }, { .label = "D" } };
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct document *document = document_new(arena, "Report");
	struct card *cards = arena_array(arena, struct card, 2);
	cards[0] = (struct card){ .label = "Delivered", .value = cell_count(arena, 12340), .note = "people" };
	cards[1] = (struct card){ .label = "Click rate",
		                      .value = cell_number(arena, 2.705, 2, "%"),
		                      .change = { "▼ 0.30 pp", "-0.30" } };
	document_cards(document, "Summary", cards, 2);
	struct table *table = document_table(document, "t", "Table", columns, 4);
	table_row(document, table,
	          (const struct cell[]){ cell_text("-1"), cell_change(arena, -12340), cell_number(arena, NAN, 2, NULL),
	                                 cell_moment(arena, at("2026-11-21T10:00:00Z")) });
	table_row(document, table,
	          (const struct cell[]){ cell_text("=1+1"), cell_count(arena, INT64_MIN), cell_number(arena, -0.0, 1, "%"),
	                                 cell_day(arena, at("2026-11-21T10:00:00Z")) });
	document_to_csv(document, &out);
	cr_expect_str_eq(buf_text(&out), "Summary\r\nFigure,Value,Change,Note\r\nDelivered,12340,,people\r\n"
	                                 "Click rate,2.71,-0.30,\r\n\r\nTable\r\nA,B,C,D\r\n"
	                                 "\"'-1\",-12340,,2026-11-21T10:00:00Z\r\n\"'=1+1\",,0.0,2026-11-21\r\n");
}

/* People see the column that names the rows first, and a count below its rate. */
Test(document, shows_a_table_as_people_read_it) {
	static const struct column columns[] = { { .label = "Sent" },
		                                     { .label = "Campaign", .name = true },
		                                     { "Clicked", true, .under = "clicked" },
		                                     { "Click rate", true, .unit = "%", .role = "clicks", .key = 1 } };
	ARENA_AUTO arena = arena_new();
	struct document *document = document_new(arena, "Report");
	struct table *table = document_table(document, "t", "Table", columns, 4);
	struct cell rate = cell_number(arena, 2.5, 2, "%");
	rate.share = 0.5;
	table_row(document, table,
	          (const struct cell[]){ cell_text("1 Oct"), cell_text("Tips"), cell_count(arena, 1026), rate });
	BUF_AUTO out = { 0 };
	json_write(&out, document_to_value(document, arena));
	const char *shown = strstr(buf_text(&out), "\"head\"");
	cr_assert(shown, "%s", buf_text(&out));
	cr_expect(strstr(shown, "\"text\":\"Tips\"") < strstr(shown, "\"text\":\"1 Oct\""), "%s", shown);
	cr_expect(strstr(shown, "\"below\":\"1,026 clicked\""), "%s", shown);
	cr_expect(strstr(shown, "\"width\":\"w50\""), "%s", shown);
}

/* A narrow screen says what a count is of, and has words alone below each other. */
Test(document, a_table_fits_a_narrow_screen) {
	static const struct column links[] = { { .label = "Link", .whole = true },
		                                   { "People", true, .key = 2, .one = "person", .many = "people" },
		                                   { "Of delivered", true, .unit = "%", .key = 1 } };
	static const struct column words[] = { { .label = "Rate" }, { .label = "Formula" } };
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct document *document = document_new(arena, "Report");
	struct table *table = document_table(document, "links", "Links", links, 3);
	for (int people = 1; people <= 2; people++)
		table_row(document, table,
		          (const struct cell[]){ cell_text("https://a.example"), cell_count(arena, people),
		                                 cell_number(arena, people, 2, "%") });
	table = document_table(document, "rates", "Rates", words, 2);
	table_row(document, table, (const struct cell[]){ cell_text("Click rate"), cell_text("clicked ÷ delivered") });
	json_write(&out, document_to_value(document, arena));
	const char *shown = buf_text(&out), *second = strstr(shown, "\"stacks\":true");
	cr_expect(strstr(shown, "\"word\":\" person\"") && strstr(shown, "\"word\":\" people\""), "%s", shown);
	cr_expect(strstr(shown, "\"folds\":true,\"stacks\":false") && second, "%s", shown);
}

/* The legend of a chart without lines has marks without them. */
Test(document, a_legend_is_drawn_as_its_chart) {
	static const struct point points[] = { { .name = "One" }, { .name = "Two" } };
	static double values[] = { 2, 3 };
	struct chart chart = { .name = "trend",
		                   .title = "Click rate by campaign",
		                   .scattered = true,
		                   .count = 2,
		                   .series_count = 1,
		                   .points = points,
		                   .series = { { "Click rate", ROLE_CLICKS, values } } };
	ARENA_AUTO arena = arena_new();
	for (int scattered = 0; scattered <= 1; scattered++) {
		BUF_AUTO out = { 0 };
		struct document *document = document_new(arena, "Report");
		chart.scattered = scattered;
		document_chart(document, &chart);
		json_write(&out, document_to_value(document, arena));
		cr_expect_eq(strstr(buf_text(&out), "\"mark\":\"point-clicks\"") != NULL, scattered, "%s", buf_text(&out));
	}
}
