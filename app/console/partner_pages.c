/* The page of one partner: the figures of its campaigns, its reports, links and schedules. */
#include "console/partner_pages.h"

#include "audience/lists/list_lookup_pages.h"
#include "console/campaign_pages.h"
#include "console/dashboard_view.h"
#include "core/http/parts.h"
#include "reports/partners/partner_lookup_pages.h"
#include "reports/partners/partner_pages.h"
#include "reports/report_pages.h"
#include "reports/schedule_form_pages.h"

enum { CAMPAIGNS = 12, REPORTS = 6, LINKS = 6, SEARCHED = 100 }; /* SEARCHED: reports whose links are looked for */

/* The campaigns of the period, newest first, and all of them together. */
static void put_campaigns(struct value *view, const struct board *board) {
	struct arena *arena = view->arena;
	int count = board->now.count < CAMPAIGNS ? board->now.count : CAMPAIGNS;
	const struct campaign total = { .has_report = true, .current_metrics = board->now.totals };
	dashboard_put_rows(value_put(view, "campaigns", value_list(arena)), board, board->now.campaigns, count);
	(void)value_put(view, "total", campaign_row_view(&total, arena));
	value_put_text(view, "count", text_of_count(arena, board->now.count));
	value_put_text(view, "cut", board->now.count > count ? text_of_count(arena, count) : NULL);
}

static bool put_reports(struct exchange *x, struct value *view, const struct partner *partner, struct error *err) {
	struct rows reports, links;
	struct value *rows = value_put(view, "reports", value_list(x->arena));
	if (!report_list_for(x->store, partner->id, SEARCHED, x->arena, &reports, err))
		return false;
	const struct report *items = reports.items;
	struct strings ids = { arena_array(x->arena, const char *, (size_t)reports.count + 1), 0 };
	for (int i = 0; i < reports.count; i++) {
		ids.items[ids.count++] = items[i].id;
		if (i < REPORTS)
			(void)report_put_row(x, rows, &items[i]);
	}
	if (!link_list_of(x->store, &ids, LINKS + 1, x->arena, &links, err))
		return false;
	const struct report_link *all = links.items;
	rows = value_put(view, "links", value_list(x->arena));
	for (int i = 0; i < links.count && i < LINKS; i++) {
		struct value *row = report_put_link(x, rows, &all[i]);
		for (int k = 0; k < reports.count; k++)
			if (text_same(items[k].id, all[i].report_id))
				value_put_text(row, "title", items[k].title);
	}
	value_put_bool(view, "has_reports", reports.count > 0);
	value_put_bool(view, "more_reports", reports.count > REPORTS);
	value_put_bool(view, "has_links", links.count > 0);
	value_put_bool(view, "more_links", links.count > LINKS);
	return true;
}

static bool put_schedules(struct exchange *x, struct value *view, const struct partner *partner, struct error *err) {
	struct rows schedules;
	struct value *rows = value_put(view, "schedules", value_list(x->arena));
	if (!schedule_list(x->store, x->arena, &schedules, err))
		return false;
	const struct schedule *items = schedules.items;
	for (int i = 0; i < schedules.count; i++) {
		if (!text_same(items[i].partner, partner->id))
			continue;
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "id", items[i].id);
		value_put_text(row, "name", items[i].name);
		value_put_text(row, "words", schedule_words(&items[i], x->now, x->arena));
		value_put_bool(row, "paused", items[i].paused);
		value_put_text(row, "next", items[i].paused ? NULL : schedule_time(x, &items[i], items[i].next_run_at));
	}
	return true;
}

static void put_head(struct value *view, const struct board *board, const struct partner *partner) {
	struct exchange *x = board->x;
	value_put_text(view, "id", partner->id);
	value_put_text(view, "name", partner->name);
	value_put_text(view, "contact", partner->contact);
	value_put_text(view, "report_address", exchange_address(x, "/reports/new", "partner", partner->id));
	value_put_text(view, "all_time", arena_print(x->arena, "/partners/%s?period=all", partner->id));
	value_put_bool(view, "of_all", false);
	value_put_bool(view, "created", text_same(params_get(&x->query, "done"), "created"));
	value_put_bool(view, "saved", text_same(params_get(&x->query, "done"), "saved"));
	partner_put_tabs(view, partner->id, false);
	dashboard_put_head(view, board);
	dashboard_put_controls(view, board);
}

/* A wrong query shows the usual period, with what is wrong. */
static bool read_query(struct board *board, const struct partner *partner, struct error *err) {
	struct exchange *x = board->x;
	struct error problem;
	bool fine = dashboard_read_query(x, &x->query, x->now, &board->query, &problem) ||
	            (exchange_show_problem(x, &problem, err) &&
	             dashboard_read_query(x, &(struct params){ 0 }, x->now, &board->query, err));
	board->query.partner = partner->id;
	return fine;
}

static bool show_partner(struct exchange *x, struct error *err) {
	struct board *board = arena_new_of(x->arena, struct board);
	struct value *view = value_map(x->arena);
	struct partner partner;
	if (!partner_of_address(x, &partner, err))
		return false;
	board->x = x;
	board->address = arena_print(x->arena, "/partners/%s", partner.id);
	if (!read_query(board, &partner, err) || !dashboard_find(board, err) ||
	    !list_put_choices(x, board->query.list, view, err) ||
	    !dashboard_put_benchmark(x, view, board->query.metric, err) || !put_reports(x, view, &partner, err) ||
	    !put_schedules(x, view, &partner, err))
		return false;
	const struct list_trend none = { 0 };
	exchange_put_data_at(x, view, board->read_at);
	exchange_put_past(x, view, MOMENT_NONE);
	put_head(view, board, &partner);
	dashboard_put_stats(view, board, &none);
	dashboard_put_series(view, board);
	put_campaigns(view, board);
	value_put_bool(view, "empty", board->now.count == 0);
	return reply_page(x, "console/partner", partner.name, "partners", view, err);
}

static bool count_schedules(struct exchange *x, const struct partner *partner, int *count, struct error *err) {
	struct rows schedules;
	*count = 0;
	if (!schedule_list(x->store, x->arena, &schedules, err))
		return false;
	for (int i = 0; i < schedules.count; i++)
		*count += text_same(((const struct schedule *)schedules.items)[i].partner, partner->id);
	return true;
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct dashboard_query query = { .period = { "all", MOMENT_NONE, MOMENT_NONE }, .as_of = MOMENT_NONE };
	struct partner partner;
	struct figures figures;
	int schedules;
	if (!partner_of_address(x, &partner, err))
		return false;
	query.partner = partner.id;
	if (!dashboard_find_figures(x, &query, &query.period, &figures, err) ||
	    !count_schedules(x, &partner, &schedules, err))
		return false;
	struct arena *arena = x->arena;
	return reply_confirm(x,
	                     &(struct confirm){
							 .question = arena_print(arena, "Delete the partner “%s”?", partner.name),
							 .lines = { figures.count ? arena_print(arena, "%s.",
	                                                                text_of_counted(arena, figures.count,
	                                                                                "campaign then has no partner",
	                                                                                "campaigns then have no partner"))
	                                                  : "No campaign belongs to it.",
	                                    schedules ? arena_print(arena, "%s: change or delete the schedules, too.",
	                                                            text_of_counted(arena, schedules,
	                                                                            "schedule for it then fails",
	                                                                            "schedules for it then fail"))
	                                              : NULL,
	                                    "Reports and links stay. Name, rules and logo cannot be brought back." },
							 .button = "Delete partner",
							 .back = arena_print(arena, "/partners/%s", partner.id),
							 .place = partner.name,
							 .active = "partners",
						 },
	                     err);
}

const struct route partner_overview_routes[] = {
	{ "GET", "/partners/:partner_id/delete", GUARD_SIGNED_IN, ask_drop },
	{ "GET", "/partners/:partner_id", GUARD_SIGNED_IN, show_partner },
	{ 0 },
};
