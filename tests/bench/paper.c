/* Writes a report of ten pages with six charts repeatedly: paper COUNT FILE. Prints milliseconds per report, its pages
 * and bytes, and the resident memory after the first and the last. The last one is written to FILE. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/paper/pdf.h"

enum { CHARTS = 6, POINTS = 40, ROWS = 200 };

static long resident_kb(void) {
	long pages = 0, ignored;
	FILE *file = fopen("/proc/self/statm", "re");
	if (file && fscanf(file, "%ld %ld", &ignored, &pages) != 2)
		pages = 0;
	if (file)
		(void)fclose(file);
	return pages * sysconf(_SC_PAGESIZE) / 1024;
}

static struct document *report(struct arena *arena) {
	static const struct column columns[] = {
		{ "Sent", false }, { "Campaign", false }, { "Delivered", true }, { "Clicked", true }, { "Click rate, %", true }
	};
	struct document *document = document_new(arena, "Campaign summary");
	document->period = "1 Oct 2026 – 31 Oct 2026 (UTC)";
	document->made_at = document->data_at = (struct moment){ 1793000000000 };
	document_section(document, "How campaigns did");
	for (int c = 0; c < CHARTS; c++) {
		struct chart *chart = arena_new_of(arena, struct chart);
		double *values = arena_array(arena, double, POINTS), *usual = arena_array(arena, double, POINTS);
		struct point *points = arena_array(arena, struct point, POINTS);
		for (int i = 0; i < POINTS; i++) {
			points[i] = (struct point){ .name = arena_print(arena, "2026-10-%02d", i % 31 + 1) };
			values[i] = 3 + sin(i * 0.3 + c);
			usual[i] = 3;
		}
		*chart = (struct chart){ .name = "chart",
			                     .title = "Click rate by campaign",
			                     .unit = "percent of delivered",
			                     .kind = CHART_LINE,
			                     .decimals = 2,
			                     .count = POINTS,
			                     .series_count = 2,
			                     .points = points,
			                     .series = { { "Click rate, %", ROLE_CLICKS, values },
			                                 { "Usual, %", ROLE_MEAN, usual } } };
		document_chart(document, chart);
	}
	document_section(document, "Campaigns");
	struct table *table = document_table(document, "campaigns", "All campaigns", columns, 5);
	for (int i = 0; i < ROWS; i++)
		table_row(document, table,
		          (const struct cell[]){
					  cell_text("2026-10-01"), cell_text(arena_print(arena, "ACME_Energy tips_%d", i)),
					  cell_count(arena, 1234), cell_count(arena, 56), cell_number(arena, 4.54, 2, NULL) });
	return document;
}

int main(int count, char **words) {
	int times = count > 1 ? atoi(words[1]) : 1, pages = 0;
	long first = 0;
	int64_t began = monotonic_ms(), best = INT64_MAX;
	size_t size = 0;
	for (int i = 0; i < times; i++) {
		ARENA_AUTO arena = arena_new();
		BUF_AUTO out = { 0 };
		struct error err = ERROR_INIT;
		int64_t start = monotonic_ms();
		if (!pdf_write(report(arena), &out, &pages, &err)) {
			fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		int64_t took = monotonic_ms() - start;
		best = took < best ? took : best;
		size = out.size;
		first = i == 0 ? resident_kb() : first;
		FILE *file = i + 1 == times && count > 2 ? fopen(words[2], "wbe") : NULL;
		if (file && (fwrite(out.bytes, 1, out.size, file) != out.size || fclose(file) != 0))
			return 1;
	}
	printf("%.1f ms a report (best %lld), %d pages, %zu bytes, resident %ld kB after the first, %ld kB after %d\n",
	       (double)(monotonic_ms() - began) / times, (long long)best, pages, size, first, resident_kb(), times);
	return 0;
}
