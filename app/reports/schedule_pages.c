/* Schedules as pages and JSON. */
#include "reports/schedule_pages.h"

#include "audience/lists/list.h"
#include "audience/lists/list_lookup_pages.h"
#include "core/formats/period.h"
#include "core/http/exchange.h"
#include "reports/compose.h"
#include "reports/partners/partner.h"
#include "reports/schedule.h"

enum { DELIVERIES_SHOWN = 30 };

static void put_blocks(struct value *view, const struct strings *chosen) {
	struct value *list = value_put(view, "blocks", value_list(view->arena));
	for (int block = 0; block < BLOCK_COUNT; block++)
		put_choice(list, block_names.names[block], block_labels[block], strings_have(chosen, block_names.names[block]));
}

static bool put_form(struct exchange *x, struct value *view, const struct schedule *schedule, struct error *err) {
	struct partner *partners;
	int count;
	if (!partner_list(x->store, x->arena, &partners, &count, err) || !list_put_choices(x, schedule->list, view, err))
		return false;
	struct value *list = value_put(view, "partners", value_list(x->arena));
	for (int i = 0; i < count; i++)
		put_choice(list, partners[i].id, partners[i].name,
		           schedule->partner && (text_same(schedule->partner, partners[i].id) ||
		                                 text_same(schedule->partner, partners[i].name)));
	list = value_put(view, "periods", value_list(x->arena));
	for (const struct period_name *name = period_names; name->key; name++)
		put_choice(list, name->key, name->label,
		           text_same(name->key, schedule->period ? schedule->period : "lastmonth"));
	report_put_options(view, "templates", &report_templates, report_template_labels, (int)schedule->template);
	report_put_options(view, "compares", &report_compares, report_compare_labels, (int)schedule->compare);
	report_put_options(view, "papers", &paper_names, paper_labels, (int)schedule->paper);
	put_blocks(view, &schedule->blocks);
	BUF_AUTO addresses = { 0 };
	for (int i = 0; i < schedule->addresses.count; i++)
		buf_print(&addresses, "%s%s", i ? "\n" : "", schedule->addresses.items[i]);
	value_put_text(view, "addresses", arena_copy(x->arena, buf_text(&addresses)));
	value_put_bool(view, "mail_off", !*x->settings->smtp_host);
	return true;
}

static bool list_page(struct exchange *x, struct value *view, const struct schedule *typed, struct error *err) {
	struct rows schedules;
	if (!schedule_list(x->store, x->arena, &schedules, err) || !put_form(x, view, typed, err))
		return false;
	struct value *rows = value_put(view, "schedules", value_list(x->arena));
	const struct schedule *items = schedules.items;
	for (int i = 0; i < schedules.count; i++) {
		struct value *row = value_push(rows, record_to_value(&schedule_record, &items[i], x->arena));
		value_put_text(row, "next", text_of_moment(x->arena, items[i].next_run_at));
		value_put_int(row, "recipients", items[i].addresses.count);
	}
	value_put_bool(view, "none", schedules.count == 0);
	(void)value_put(view, "typed", record_to_value(&schedule_record, typed, x->arena));
	return reply_page(x, "reports/schedules", x->status == 200 ? "Scheduled reports" : "Error: Scheduled reports",
	                  "reports", view, err);
}

static bool show_schedules(struct exchange *x, struct error *err) {
	struct schedule empty;
	record_clear(&schedule_record, &empty);
	return list_page(x, value_map(x->arena), &empty, err);
}

static bool need_schedule(struct exchange *x, struct schedule *schedule, struct error *err) {
	bool found;
	return schedule_find(x->store, x->values[0], x->arena, schedule, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no schedule %.60s", x->values[0]));
}

static void put_delivery(struct value *rows, const struct delivery *delivery) {
	struct arena *arena = rows->arena;
	struct value *row = value_push(rows, record_to_value(&delivery_record, delivery, arena));
	value_put_text(row, "due", text_of_moment(arena, delivery->due_at));
	value_put_text(row, "ended", text_of_moment(arena, delivery->ended_at));
}

static bool one_page(struct exchange *x, struct value *view, const struct schedule *schedule, struct error *err) {
	struct rows deliveries;
	struct value *row = value_put(view, "schedule", record_to_value(&schedule_record, schedule, x->arena));
	value_put_text(row, "next", text_of_moment(x->arena, schedule->next_run_at));
	if (!put_form(x, view, schedule, err) ||
	    !delivery_list(x->store, x->values[0], DELIVERIES_SHOWN, x->arena, &deliveries, err))
		return false;
	struct value *rows = value_put(view, "deliveries", value_list(x->arena));
	const struct delivery *items = deliveries.items;
	for (int i = 0; i < deliveries.count; i++)
		put_delivery(rows, &items[i]);
	value_put_bool(view, "has_deliveries", deliveries.count > 0);
	(void)value_put(view, "typed", record_to_value(&schedule_record, schedule, x->arena));
	return reply_page(x, "reports/schedule", x->status == 200 ? schedule->name : "Error: Schedule", "reports", view,
	                  err);
}

static bool show_schedule(struct exchange *x, struct error *err) {
	struct schedule schedule;
	return need_schedule(x, &schedule, err) && one_page(x, value_map(x->arena), &schedule, err);
}

static bool save_form(struct exchange *x, const char **id, struct error *err) {
	struct schedule_request request;
	return record_from_form(&schedule_request_record, &x->form, x->arena, &request, err) &&
	       schedule_save(x->store, &request, x->identity.user, x->arena, id, err);
}

/* What was typed stays in the form; what could not be read at all is left out. */
static struct schedule typed_schedule(struct exchange *x) {
	struct schedule typed;
	record_clear(&schedule_record, &typed);
	typed.name = params_get(&x->form, "name");
	typed.cron = params_get(&x->form, "cron");
	typed.zone = params_get(&x->form, "zone");
	typed.title = params_get(&x->form, "title");
	typed.note = params_get(&x->form, "note");
	typed.period = params_get(&x->form, "period");
	typed.partner = params_get(&x->form, "partner");
	const char **one = arena_array(x->arena, const char *, 1);
	one[0] = params_get(&x->form, "recipients");
	typed.addresses = (struct strings){ one, one[0] ? 1 : 0 };
	return typed;
}

static bool create_form(struct exchange *x, struct error *err) {
	struct error problem = ERROR_INIT;
	const char *id = NULL;
	if (save_form(x, &id, &problem))
		return reply_redirect(x, arena_print(x->arena, "/reports/schedules/%s", id));
	if (problem.kind != ERROR_INVALID)
		return *err = problem, false;
	struct value *view = value_map(x->arena);
	struct schedule typed = typed_schedule(x);
	x->status = 400;
	value_put_text(view, "problem", arena_copy(x->arena, problem.text));
	return list_page(x, view, &typed, err);
}

static bool change_form(struct exchange *x, struct error *err) {
	struct error problem = ERROR_INIT;
	const char *id = x->values[0];
	struct schedule schedule;
	if (!need_schedule(x, &schedule, err))
		return false;
	if (save_form(x, &id, &problem))
		return reply_redirect(x, arena_print(x->arena, "/reports/schedules/%s", id));
	if (problem.kind != ERROR_INVALID)
		return *err = problem, false;
	struct value *view = value_map(x->arena);
	struct schedule typed = typed_schedule(x);
	typed.id = schedule.id;
	x->status = 400;
	value_put_text(view, "problem", arena_copy(x->arena, problem.text));
	return one_page(x, view, &typed, err);
}

static bool drop(struct exchange *x, struct error *err) {
	bool found;
	return schedule_drop(x->store, x->values[0], &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no schedule %.60s", x->values[0]));
}

static bool drop_form(struct exchange *x, struct error *err) {
	return drop(x, err) && reply_redirect(x, "/reports/schedules");
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows schedules;
	return schedule_list(x->store, x->arena, &schedules, err) && reply_rows(x, &schedule_record, schedules);
}

static bool reply_schedule(struct exchange *x, const char *id, struct error *err) {
	struct schedule schedule;
	bool found;
	return schedule_find(x->store, id, x->arena, &schedule, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no schedule %.60s", id)) &&
	       reply_record(x, &schedule_record, &schedule);
}

static bool show_api(struct exchange *x, struct error *err) {
	return reply_schedule(x, x->values[0], err);
}

static bool save_api(struct exchange *x, const char *id, struct error *err) {
	struct schedule_request request;
	return record_from_json(&schedule_request_record, x->json, x->arena, &request, err) &&
	       schedule_save(x->store, &request, x->identity.user, x->arena, &id, err) && reply_schedule(x, id, err);
}

static bool create_api(struct exchange *x, struct error *err) {
	return save_api(x, NULL, err);
}

static bool change_api(struct exchange *x, struct error *err) {
	return save_api(x, x->values[0], err);
}

static bool drop_api(struct exchange *x, struct error *err) {
	if (!drop(x, err))
		return false;
	struct value *answer = value_map(x->arena);
	value_put_bool(answer, "deleted", true);
	return reply_json(x, answer);
}

static bool deliveries_api(struct exchange *x, struct error *err) {
	struct schedule schedule;
	struct rows deliveries;
	return need_schedule(x, &schedule, err) &&
	       delivery_list(x->store, schedule.id, DELIVERIES_SHOWN, x->arena, &deliveries, err) &&
	       reply_rows(x, &delivery_record, deliveries);
}

const struct route schedule_routes[] = {
	{ "GET", "/reports/schedules", GUARD_SIGNED_IN, show_schedules },
	{ "POST", "/reports/schedules", GUARD_SIGNED_IN, create_form },
	{ "GET", "/reports/schedules/:schedule_id", GUARD_SIGNED_IN, show_schedule },
	{ "POST", "/reports/schedules/:schedule_id", GUARD_SIGNED_IN, change_form },
	{ "POST", "/reports/schedules/:schedule_id/delete", GUARD_SIGNED_IN, drop_form },
	{ "GET", "/api/report-schedules", GUARD_SIGNED_IN, list_api, .summary = "Scheduled reports by name",
	  .output = &schedule_record, .list = true },
	{ "POST", "/api/report-schedules", GUARD_SIGNED_IN, create_api, .summary = "Add a schedule",
	  .output = &schedule_record, .input = &schedule_request_record },
	{ "GET", "/api/report-schedules/:schedule_id", GUARD_SIGNED_IN, show_api, .summary = "One schedule",
	  .output = &schedule_record },
	{ "PUT", "/api/report-schedules/:schedule_id", GUARD_SIGNED_IN, change_api, .summary = "Change a schedule",
	  .output = &schedule_record, .input = &schedule_request_record },
	{ "DELETE", "/api/report-schedules/:schedule_id", GUARD_SIGNED_IN, drop_api, .summary = "Delete a schedule" },
	{ "GET", "/api/report-schedules/:schedule_id/deliveries", GUARD_SIGNED_IN, deliveries_api,
	  .summary = "What became of it, newest first", .output = &delivery_record, .list = true },
	{ 0 },
};
