/* A document as CSV. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/paper/document.h"

Test(document, csv_holds_every_table) {
	static const struct column columns[] = { { "Campaign", false }, { "Delivered", true } };
	static const char *labels[] = { "1 Oct", "1 Nov" };
	static double values[] = { 2, 3 };
	const struct chart chart = { .name = "trend",
		                         .title = "Click rate by campaign",
		                         .unit = "percent of delivered",
		                         .count = 2,
		                         .series_count = 1,
		                         .labels = labels,
		                         .series = { { "Click rate, %", ROLE_CLICKS, values } } };
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct document *document = document_new(arena, "Report");
	document_chart(document, &chart);
	struct table *table = document_table(document, "campaigns", "Campaigns", columns, 2);
	table_row(document, table, (const char *[]){ "One", "48,210" });
	table->totals = arena_array(arena, const char *, 2);
	table->totals[0] = "Total";
	table->totals[1] = "48,210";
	document_to_csv(document, &out);
	cr_expect(strstr(buf_text(&out), "Total,\"48,210\"") != NULL, "%s", buf_text(&out));
	cr_expect(strstr(buf_text(&out), "\"Click rate by campaign, percent of delivered\"") != NULL);
}
