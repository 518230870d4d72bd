/* What the form of the report builder means, and the short address of it. */
#include <criterion/criterion.h>
#include <string.h>

#include "reports/builder.h"
#include "unit/support.h"

static const char *address_of(struct arena *arena, struct param *items, int count) {
	BUF_AUTO address = { 0 };
	builder_address(&(struct params){ items, count }, arena, &address);
	return arena_copy(arena, buf_text(&address));
}

Test(builder, address_holds_what_was_chosen_and_no_more) {
	ARENA_AUTO arena = arena_new();
	struct param usual[] = { { "csrf", "x" },
		                     { "shown", "list_performance" },
		                     { "template", "list_performance" },
		                     { "partner", "" },
		                     { "period", "90d" },
		                     { "pick", "all" },
		                     { "campaigns", "123456" },
		                     { "note", "short & plain" } };
	cr_expect_str_eq(address_of(arena, usual, 8),
	                 "/reports/new?template=list_performance&period=90d&note=short%20%26%20plain");
	struct param ticked[] = { { "pick", "ticked" }, { "campaigns", "a" }, { "campaigns", "b" } };
	cr_expect_str_eq(address_of(arena, ticked, 3), "/reports/new?campaigns=a&campaigns=b");
	struct param moved[] = { { "shown", "custom" },
		                     { "template", "custom" },
		                     { "blocks", "summary" },
		                     { "blocks", "campaigns" },
		                     { "move", "up:campaigns" } };
	cr_expect_str_eq(address_of(arena, moved, 5), "/reports/new?template=custom&blocks=campaigns&blocks=summary");
}

static struct report_request chosen(struct arena *arena, struct param *items, int count, bool *picking) {
	struct params typed = { items, count };
	struct report_request request;
	struct error err = ERROR_INIT;
	cr_assert(record_from_form(&report_request_record, &typed, arena, &request, NULL, &err), "%s", err.text);
	builder_choose(&typed, arena, &request, picking);
	return request;
}

Test(builder, blocks_ticked_otherwise_are_a_custom_report) {
	ARENA_AUTO arena = arena_new();
	bool picking;
	struct param fewer[] = { { "shown", "campaign_summary" },
		                     { "template", "campaign_summary" },
		                     { "blocks", "summary" } };
	struct report_request request = chosen(arena, fewer, 3, &picking);
	cr_expect_eq(request.template, TEMPLATE_CUSTOM);
	cr_expect_eq(request.blocks.count, 1);
	/* Another template than the one whose blocks were shown brings its own. */
	fewer[1].value = "list_performance";
	request = chosen(arena, fewer, 3, &picking);
	cr_expect_eq(request.template, TEMPLATE_LISTS);
	cr_expect_gt(request.blocks.count, 3);
	struct param none[] = { { "template", "engagement_analysis" } };
	request = chosen(arena, none, 1, &picking);
	cr_expect_eq(request.template, TEMPLATE_ENGAGEMENT);
	cr_expect_str_eq(request.blocks.items[0], "summary");
	cr_expect_not(picking);
}

Test(builder, ids_of_the_list_of_campaigns_are_picked) {
	ARENA_AUTO arena = arena_new();
	bool picking;
	struct param named[] = { { "id", "a" }, { "id", "b" }, { "pick", "all" } };
	struct report_request request = chosen(arena, named, 2, &picking);
	cr_expect(picking);
	cr_expect_eq(request.campaigns.count, 2);
	request = chosen(arena, named, 3, &picking);
	cr_expect_not(picking);
	cr_expect_eq(request.campaigns.count, 0);
}

Test(report, code_is_read_as_people_type_it) {
	ARENA_AUTO arena = arena_new();
	const char *code = report_new_code(arena);
	cr_expect_eq(strlen(code), 24);
	cr_expect_str_neq(code, report_new_code(arena));
	cr_expect_str_eq(report_read_code(code, arena), code);
	cr_expect_str_eq(report_read_code("7kq4 mOxa 0123 4567 89ab", arena), "7KQ4-M0XA-0123-4567-89AB");
	cr_expect_str_eq(report_read_code("il00-0000-0000-0000-0000", arena), "1100-0000-0000-0000-0000");
	cr_expect_null(report_read_code("7KQ4", arena));
	cr_expect_null(report_read_code("7KQ4-M0XA-0123-4567-89AB-C", arena));
	cr_expect_null(report_read_code("7KQ4-M0XA-0123-4567-89Aü", arena));
	cr_expect_null(report_read_code("", arena));
}

Test(report, span_is_short) {
	ARENA_AUTO arena = arena_new();
	static const struct {
		const char *from, *to, *zone, *words;
	} rows[] = {
		{ "2026-10-01", "2026-11-01", NULL, "October 2026" },
		{ "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", "Europe/Berlin", "October 2026" },
		{ "2026-09-01", "2026-11-16", NULL, "1 Sep – 15 Nov 2026" },
		{ "2025-12-01", "2026-02-01", NULL, "1 Dec 2025 – 31 Jan 2026" },
		{ "2026-09-01", "2026-09-02", NULL, "1 Sep 2026" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_str_eq(report_span(&(struct report_period){ at(rows[i].from), at(rows[i].to) }, rows[i].zone, arena),
		                 rows[i].words);
	cr_expect_str_eq(report_span(&(struct report_period){ MOMENT_NONE, MOMENT_NONE }, NULL, arena),
	                 "all campaigns so far");
}
