/* The PDF writer: pages, scripts, long tables, determinism. PAPER_OUT=file keeps the sample there. */
#include <criterion/criterion.h>
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/paper/logo.h"
#include "core/paper/pdf.h"
#include "core/paper/sheet.h"
#include "unit/support.h"

static void add_charts(struct document *document) {
	static struct point points[12];
	static double values[12], low[12], high[12], lost[12], hours[12];
	for (int i = 0; i < 12; i++) {
		points[i] = (struct point){ .name = arena_print(document->arena, "2026-%02d-01", i + 1), .hours = i * i };
		values[i] = 2 + sin(i);
		low[i] = 2.4;
		high[i] = 3.1;
		lost[i] = -1 - i % 3;
		hours[i] = i * i;
	}
	static struct chart charts[] = {
		{ .name = "trend",
		  .title = "Click rate by campaign",
		  .unit = "Percent of delivered",
		  .mark = "%",
		  .finding = "From 1.0 % to 3.0 %.",
		  .kind = CHART_LINE,
		  .decimals = 2,
		  .count = 12,
		  .points = points,
		  .series_count = 3,
		  .series = { { "Click rate", ROLE_CLICKS, values },
		              { "Usual from", ROLE_LOW, low },
		              { "Usual to", ROLE_HIGH, high } } },
		{ .name = "weeks",
		  .title = "Joined and left",
		  .unit = "Contacts a week",
		  .kind = CHART_STACKED,
		  .count = 12,
		  .points = points,
		  .series_count = 3,
		  .series = { { "Joined", ROLE_JOINED, values }, { "Left", ROLE_LOST, lost }, { "Net", ROLE_MEAN, low } } },
		{ .name = "growth",
		  .title = "Opens since sending",
		  .unit = "People",
		  .kind = CHART_STEPS,
		  .count = 12,
		  .points = points,
		  .series_count = 1,
		  .series = { { "Opened", ROLE_OPENS, hours } } },
	};
	for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
		document_chart(document, &charts[i]);
}

static struct document *sample(struct arena *arena, int rows) {
	static const struct column columns[] = { { "Campaign", false }, { "Delivered", true }, { "Click rate, %", true } };
	static const struct card cards[] = {
		{ "Delivered", { .text = "48,210" }, "people; sent − bounces", { .text = "▲ 4.10 %" } },
		{ "Open rate", { .text = "38.4 %" }, "incl. automated opens", { .text = "▼ 1.20 pp" } },
		{ "Click rate", { .text = "2.71 %" }, "unique clickers ÷ delivered" },
		{ "Unsubscribe rate", { .text = "0.19 %" } },
	};
	struct document *document = document_new(arena, "Partner report: Grüße, Ελλάδα, Привет, 日本語, مرحبا, 🌞");
	document->partner = "ACME <&> \"Solar\" (owners)";
	document->period = "1 Oct 2026 – 31 Oct 2026 (UTC)";
	document->prepared_by = "Telltale";
	document->made_at = document->data_at = at("2026-11-01T10:00:00Z");
	document->check_code = "7KQ4-00AB";
	document->footnote = "Click rate: people who clicked ÷ delivered.";
	document_section(document, "Summary");
	document_cards(document, "Summary", cards, 4);
	static const char *words[] = { "The click rate rose.", "Nothing else." };
	static const struct mail_view mail = { "Best email", "ACME", "Hi there", "1 Oct", "2.71 % clicked" };
	static const struct stage stages[] = { { "Sent", { .text = "50" }, { NULL }, 1, ROLE_PLAIN },
		                                   { "Opened", { .text = "20" }, { .text = "40 %" }, 0.4, ROLE_OPENS } };
	document_findings(document, "Key findings", &(struct strings){ words, 2 });
	document_mail(document, &mail);
	document_funnel(document, NULL, stages, 2);
	document_mail(document, &mail);
	document_mail(document, &mail);
	document_heading(document, "How it went");
	add_charts(document);
	document_section(document, "Campaigns");
	struct table *table = document_table(document, "campaigns", "Campaigns, newest first", columns, 3);
	for (int i = 0; i < rows; i++)
		table_row(document, table,
		          (const struct cell[]){ cell_text(arena_print(arena, "Campaign %d ) \\ ( %%PDF /JS", i)),
		                                 cell_count(arena, 1234), cell_number(arena, i % 7 ? 2.71 : NAN, 2, NULL) });
	table->totals = arena_array(arena, struct cell, 3);
	table->totals[0] = cell_text("Total");
	table->totals[1] = cell_count(arena, 48210);
	return document;
}

Test(pdf, is_written_the_same_each_time) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO first = { 0 };
	BUF_AUTO second = { 0 };
	struct error err = ERROR_INIT;
	int pages, again;
	cr_assert(pdf_write(sample(arena, 500), &first, &pages, &err), "%s", err.text);
	cr_assert(pdf_write(sample(arena, 500), &second, &again, &err));
	cr_expect_gt(pages, 10);
	cr_expect_eq(pages, again);
	cr_expect_eq(first.size, second.size);
	cr_expect_eq(memcmp(first.bytes, second.bytes, first.size), 0);
	const char *path = getenv("PAPER_OUT");
	if (path) {
		FILE *file = fopen(path, "wb");
		(void)fwrite(first.bytes, 1, first.size, file);
		(void)fclose(file);
	}
}

/* Whoever copies an address from the page must get it whole and unchanged: no hyphens where it breaks, no "…". */
Test(pdf, addresses_break_without_signs) {
	static const struct column columns[] = { { .label = "Link", .whole = true }, { "People", true } };
	ARENA_AUTO arena = arena_new();
	char *address = arena_print(arena, "https://example.com/?x=%0*d", 1900, 0), *at_zero = strstr(address, "000");
	memset(at_zero, 'y', strlen(at_zero));
	struct typeset *set = typeset_new();
	PangoLayout *layout = typeset_layout(set, address, &face_body, 300, 60, PANGO_ALIGN_LEFT);
	int glyphs = 0;
	for (GSList *line = pango_layout_get_lines_readonly(layout); line; line = line->next)
		for (GSList *run = ((PangoLayoutLine *)line->data)->runs; run; run = run->next)
			glyphs += ((PangoGlyphItem *)run->data)->glyphs->num_glyphs;
	cr_expect_eq(glyphs, (int)strlen(address));
	cr_expect_not(pango_layout_is_ellipsized(layout));
	g_object_unref(layout);
	typeset_free(set);
	/* The table gives it as many lines as it needs. */
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	int pages;
	struct document *document = document_new(arena, "Links");
	document_section(document, "Links");
	struct table *table = document_table(document, "links", "Links", columns, 2);
	for (int i = 0; i < 3; i++)
		table_row(document, table, (const struct cell[]){ cell_text(address), cell_count(arena, 4) });
	cr_assert(pdf_write(document, &out, &pages, &err), "%s", err.text);
	const char *path = getenv("PAPER_LINKS");
	FILE *file = path ? fopen(path, "wb") : NULL;
	if (file) {
		(void)fwrite(out.bytes, 1, out.size, file);
		(void)fclose(file);
	}
}

/* A hand-made PNG of 1 × 1 pixel (RFC 2083). */
static const unsigned char dot[] = { 0x89, 'P',  'N',  'G',  '\r', '\n', 0x1a, '\n', 0,    0,    0,    13,   'I',  'H',
	                                 'D',  'R',  0,    0,    0,    1,    0,    0,    0,    1,    8,    0,    0,    0,
	                                 0,    0x3a, 0x7e, 0x9b, 0x55, 0,    0,    0,    10,   'I',  'D',  'A',  'T',  0x78,
	                                 0x9c, 0x63, 0x60, 0,    0,    0,    2,    0,    1,    0x48, 0xaf, 0xa4, 0x71, 0,
	                                 0,    0,    0,    'I',  'E',  'N',  'D',  0xae, 0x42, 0x60, 0x82 };

Test(pdf, bears_a_logo) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	int pages;
	struct document *document = sample(arena, 3);
	BUF_AUTO png = { 0 };
	cr_assert(logo_read((const char *)dot, sizeof dot, &png, &err), "%s", err.text);
	document->logo = png.bytes;
	document->logo_size = png.size;
	cr_assert(pdf_write(document, &out, &pages, &err), "%s", err.text);
}

Test(pdf, bears_any_title_and_no_parts) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	int pages;
	char *title = arena_alloc(arena, 10001);
	memset(title, 'W', 10000);
	struct document *document = document_new(arena, title);
	cr_assert(pdf_write(document, &out, &pages, &err), "%s", err.text);
	document_section(document, title);
	document_text(document, title);
	document->paper = PAPER_LETTER;
	buf_reset(&out);
	cr_assert(pdf_write(document, &out, &pages, &err), "%s", err.text);
}

/* Writes a report that has this text in every place. */
static void expect_drawn(const char *text, const char *what) {
	static const struct column columns[] = { { "Campaign", false } };
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	int pages;
	const struct cell cell = cell_text(text);
	const struct card card = { text, cell, text, cell, text, text, text, "good", text };
	const struct column named = { text, false };
	const struct mail_view mail = { text, text, text, text, text };
	const struct stage stage = { text, cell, cell, 1, ROLE_OPENS };
	const char *words[] = { text };
	struct document *document = document_new(arena, text);
	document->partner = document->period = document->compared = document->prepared_by = document->note = text;
	document->kicker = document->lead = document->scope = document->footnote = document->check_code = text;
	document->check_at = text;
	document->made_at = document->data_at = at("2026-11-01T10:00:00Z");
	document_section(document, text);
	document_heading(document, text);
	document_text(document, text);
	document_note(document, text);
	document_cards(document, text, &card, 1);
	document_findings(document, text, &(struct strings){ words, 1 });
	document_mail(document, &mail);
	document_funnel(document, text, &stage, 1);
	table_row(document, document_table(document, "campaigns", text, columns, 1), &cell);
	(void)document_table(document, "named", text, &named, 1);
	cr_expect(pdf_write(document, &out, &pages, &err), "%s: %s", what, err.text);
}

static size_t add_characters(char *text, size_t size, unsigned from, unsigned to) {
	for (unsigned c = from; c <= to; c++)
		size += (size_t)g_unichar_to_utf8(c, text + size);
	return size;
}

/* Control characters, invisible ones and all noncharacters: those at the end of each plane, and 32 others. */
Test(pdf, bears_any_character) {
	char text[4000];
	size_t size = add_characters(text, 0, 0x01, 0xff);
	size = add_characters(text, size, 0x2000, 0x206f);
	size = add_characters(text, size, 0xfdd0, 0xfdef);
	for (unsigned plane = 0; plane <= 0x10; plane++)
		size = add_characters(text, size, plane << 16 | 0xfff8, plane << 16 | 0xffff);
	text[size] = '\0';
	expect_drawn(text, "every kind of character");
	expect_drawn("a\xffz", "what is not UTF-8");
}

Test(pdf, no_name_turns_a_line_around) {
	struct typeset *set = typeset_new();
	PangoLayout *layout = typeset_layout(set, "a\u202Eb\u2069c", &face_body, 300, 60, PANGO_ALIGN_LEFT);
	cr_expect_str_eq(pango_layout_get_text(layout), "a\uFFFDb\uFFFDc");
	g_object_unref(layout);
	typeset_free(set);
}
