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

static char *lines_of(struct arena *arena, const struct strings *strings) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < strings->count; i++)
		buf_print(&out, "%s%s", i ? "\n" : "", strings->items[i]);
	return arena_copy(arena, buf_text(&out));
}

static bool put_form(struct exchange *x, struct value *view, const struct schedule *schedule, struct error *err) {
	struct partner *partners;
	int count;
	if (!partner_list(x->store, x->arena, &partners, &count, err) || !list_put_choices(x, schedule->list, view, err))
		return false;
	struct value *list = value_put(view, "partners", value_list(x->arena));
	for (int i = 0; i < count; i++)
		put_choice(list, partners[i].id, partners[i].name, text_same(schedule->partner, partners[i].id));
	list = value_put(view, "periods", value_list(x->arena));
	for (const struct period_name *name = period_names; name->key; name++)
		put_choice(list, name->key, name->label,
		           text_same(name->key, schedule->period ? schedule->period : "lastmonth"));
	report_put_options(view, "templates", &report_templates, report_template_labels, (int)schedule->template);
	report_put_options(view, "compares", &report_compares, report_compare_labels, (int)schedule->compare);
	report_put_options(view, "papers", &paper_names, paper_labels, (int)schedule->paper);
	put_blocks(view, &schedule->blocks);
	value_put_text(view, "addresses", lines_of(x->arena, &schedule->addresses));
	value_put_bool(view, "mail_off", !*x->settings->smtp_host);
	return true;
}

/* Keeps what was typed in the form; drops what could not be read. */
static struct schedule typed_schedule(const struct exchange *x) {
	const struct schedule_request *read = x->input;
	struct schedule typed;
	record_clear(&schedule_record, &typed);
	if (!x->problem)
		return typed;
	if (read)
		typed = (struct schedule){ .attach = read->attach,
			                       .paused = read->paused,
			                       .fresh_hours = read->fresh_hours,
			                       .template = read->template,
			                       .compare = read->compare,
			                       .paper = read->paper,
			                       .list = read->list,
			                       .blocks = read->blocks,
			                       .next_run_at = MOMENT_NONE,
			                       .created_at = MOMENT_NONE };
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

/* Shows where the typed schedule differs from the stored one. */
static void put_differences(const struct exchange *x, struct value *view, const struct schedule *stored,
                            const struct schedule *typed) {
	struct arena *arena = x->arena;
	struct value *late = put_late(x, view);
	put_saved(late, "Name", stored->name, typed->name);
	put_saved(late, "When", stored->cron, typed->cron);
	put_saved(late, "Time zone", stored->zone, typed->zone);
	put_saved(late, "Recipients", lines_of(arena, &stored->addresses), lines_of(arena, &typed->addresses));
	put_saved(late, "Template", report_template_labels[stored->template], report_template_labels[typed->template]);
	put_saved(late, "Period", stored->period, typed->period);
	put_saved(late, "Paused", stored->paused ? "yes" : "no", typed->paused ? "yes" : "no");
	put_saved(late, "Attach the PDF", stored->attach ? "yes" : "no", typed->attach ? "yes" : "no");
	put_saved(late, "Title", stored->title, typed->title);
	put_saved(late, "Note on the cover", stored->note, typed->note);
}

static bool show_schedules(struct exchange *x, struct error *err) {
	struct schedule typed = typed_schedule(x);
	struct value *view = value_map(x->arena);
	struct rows schedules;
	if (!schedule_list(x->store, x->arena, &schedules, err) || !put_form(x, view, &typed, err))
		return false;
	struct value *rows = value_put(view, "schedules", value_list(x->arena));
	const struct schedule *items = schedules.items;
	for (int i = 0; i < schedules.count; i++) {
		struct value *row = value_push(rows, record_to_value(&schedule_record, &items[i], x->arena));
		value_put_text(row, "next", text_of_moment(x->arena, items[i].next_run_at));
		value_put_int(row, "recipients", items[i].addresses.count);
	}
	value_put_bool(view, "none", schedules.count == 0);
	(void)value_put(view, "typed", record_to_value(&schedule_record, &typed, x->arena));
	return reply_page(x, "reports/schedules", "Scheduled reports", "reports", view, err);
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

static bool show_schedule(struct exchange *x, struct error *err) {
	struct schedule schedule;
	struct rows deliveries;
	struct value *view = value_map(x->arena);
	if (!need_schedule(x, &schedule, err))
		return false;
	struct schedule typed = x->problem ? typed_schedule(x) : schedule;
	struct value *row = value_put(view, "schedule", record_to_value(&schedule_record, &schedule, x->arena));
	value_put_text(row, "next", text_of_moment(x->arena, schedule.next_run_at));
	value_put_text(view, "rev", exchange_revision(x, schedule.rev));
	put_differences(x, view, &schedule, &typed);
	if (!put_form(x, view, &typed, err) ||
	    !delivery_list(x->store, x->values[0], DELIVERIES_SHOWN, x->arena, &deliveries, err))
		return false;
	struct value *rows = value_put(view, "deliveries", value_list(x->arena));
	const struct delivery *items = deliveries.items;
	for (int i = 0; i < deliveries.count; i++)
		put_delivery(rows, &items[i]);
	value_put_bool(view, "has_deliveries", deliveries.count > 0);
	(void)value_put(view, "typed", record_to_value(&schedule_record, &typed, x->arena));
	return reply_page(x, "reports/schedule", schedule.name, "reports", view, err);
}

static bool drop(struct exchange *x, struct error *err) {
	bool found;
	return schedule_drop(x->store, x->values[0], &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no schedule %.60s", x->values[0])) &&
	       reply_deleted(x, "/reports/schedules");
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
	       reply_saved(x, arena_print(x->arena, "/reports/schedules/%s", id), &schedule_record, &schedule);
}

static bool show_api(struct exchange *x, struct error *err) {
	return reply_schedule(x, x->values[0], err);
}

static bool reply_late(struct exchange *x, struct error *err) {
	struct schedule schedule;
	return need_schedule(x, &schedule, err) && exchange_stale(x, &schedule_record, &schedule, err);
}

static bool create(struct exchange *x, struct error *err) {
	const char *id = exchange_new_id(x);
	return schedule_create(x->store, x->input, id, x->identity.user, x->now, x->arena, err) &&
	       reply_schedule(x, id, err);
}

static bool change(struct exchange *x, struct error *err) {
	if (schedule_change(x->store, x->input, x->values[0], x->identity.user, x->now, x->arena, err))
		return reply_schedule(x, x->values[0], err);
	return store_is_stale(err) && reply_late(x, err);
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
	{ "POST", "/reports/schedules", GUARD_SIGNED_IN, create, .input = &schedule_request_record, .form = show_schedules,
	  .creates = true },
	{ "GET", "/reports/schedules/:schedule_id", GUARD_SIGNED_IN, show_schedule },
	{ "POST", "/reports/schedules/:schedule_id", GUARD_SIGNED_IN, change, .input = &schedule_request_record,
	  .form = show_schedule },
	{ "POST", "/reports/schedules/:schedule_id/delete", GUARD_SIGNED_IN, drop },
	{ "GET", "/api/report-schedules", GUARD_SIGNED_IN, list_api, .summary = "Scheduled reports by name",
	  .output = &schedule_record, .list = true },
	{ "POST", "/api/report-schedules", GUARD_SIGNED_IN, create, .summary = "Add a schedule", .output = &schedule_record,
	  .input = &schedule_request_record, .creates = true },
	{ "GET", "/api/report-schedules/:schedule_id", GUARD_SIGNED_IN, show_api, .summary = "One schedule",
	  .output = &schedule_record },
	{ "PUT", "/api/report-schedules/:schedule_id", GUARD_SIGNED_IN, change, .summary = "Change a schedule",
	  .output = &schedule_record, .input = &schedule_request_record },
	{ "DELETE", "/api/report-schedules/:schedule_id", GUARD_SIGNED_IN, drop, .summary = "Delete a schedule",
	  .shape = "deleted:bool" },
	{ "GET", "/api/report-schedules/:schedule_id/deliveries", GUARD_SIGNED_IN, deliveries_api,
	  .summary = "Its deliveries, newest first", .output = &delivery_record, .list = true },
	{ 0 },
};
