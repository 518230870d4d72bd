/* Schedules as pages and JSON. */
#include "reports/schedule_pages.h"

#include "core/formats/mail.h"
#include "core/http/parts.h"
#include "reports/partners/partner.h"
#include "reports/schedule_form_pages.h"

enum { DELIVERIES_SHOWN = 30 };

static const char *partner_name(const struct partner *partners, int count, const char *id) {
	for (int i = 0; i < count; i++)
		if (text_same(partners[i].id, id))
			return partners[i].name;
	return NULL;
}

static bool put_last(struct exchange *x, struct value *row, const struct schedule *schedule, struct error *err) {
	struct rows newest;
	if (!delivery_list(x->store, schedule->id, 1, x->arena, &newest, err))
		return false;
	struct value *last = value_put(row, "last", newest.count ? value_map(x->arena) : value_null(x->arena));
	if (!newest.count)
		return true;
	schedule_put_state(last, newest.items);
	value_put_text(last, "when",
	               text_of_moment_near(x->arena, ((const struct delivery *)newest.items)->due_at, x->now));
	return true;
}

static bool put_schedule(struct exchange *x, struct value *rows, const struct schedule *schedule, const char *partner,
                         struct error *err) {
	struct value *row = value_push(rows, value_map(x->arena));
	value_put_text(row, "id", schedule->id);
	value_put_text(row, "name", schedule->name);
	value_put_text(row, "partner", partner ? partner : "All campaigns");
	value_put_text(row, "report", report_template_labels[schedule->template]);
	value_put_text(row, "words", schedule_words(schedule, x->now, x->arena));
	value_put_text(row, "next", schedule->paused ? NULL : schedule_time(x, schedule, schedule->next_run_at));
	value_put_bool(row, "paused", schedule->paused);
	value_put_text(row, "recipients", text_of_count(x->arena, schedule->addresses.count));
	return put_last(x, row, schedule, err);
}

static bool has_schedule(const struct rows *schedules, const char *partner_id) {
	const struct schedule *items = schedules->items;
	for (int i = 0; i < schedules->count; i++)
		if (text_same(items[i].partner, partner_id))
			return true;
	return false;
}

static void push_unscheduled(struct value *rows, const struct partner *partner) {
	struct value *row = value_push(rows, value_map(rows->arena));
	value_put_text(row, "id", partner->id);
	value_put_text(row, "name", partner->name);
	value_put_text(row, "contact", text_is_empty(partner->contact) ? NULL : partner->contact);
}

/* One press leads to the form with the partner chosen. Of many only the first are shown until all are asked for. */
static void put_unscheduled(struct value *view, const struct partner *partners, int count, const struct rows *schedules,
                            bool all) {
	enum { SHOWN = 10 };
	struct value *rows = value_put(view, "unscheduled", value_list(view->arena));
	int without = 0;
	for (int i = 0; i < count; i++) {
		if (has_schedule(schedules, partners[i].id))
			continue;
		without++;
		if (all || rows->count < SHOWN)
			push_unscheduled(rows, &partners[i]);
	}
	value_put_bool(view, "has_unscheduled", without > 0);
	value_put_text(view, "unscheduled_count", without > rows->count ? text_of_count(view->arena, without) : NULL);
}

static bool show_schedules(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct partner *partners;
	struct rows schedules;
	int count;
	if (!schedule_list(x->store, x->arena, &schedules, err) ||
	    !partner_list(x->store, x->arena, &partners, &count, err))
		return false;
	struct value *rows = value_put(view, "schedules", value_list(x->arena));
	const struct schedule *items = schedules.items;
	for (int i = 0; i < schedules.count; i++)
		if (!put_schedule(x, rows, &items[i], partner_name(partners, count, items[i].partner), err))
			return false;
	put_unscheduled(view, partners, count, &schedules, text_same(params_get(&x->query, "partners"), "all"));
	value_put_bool(view, "none", schedules.count == 0);
	value_put_bool(view, "deleted", params_get(&x->query, "deleted") != NULL);
	value_put_bool(view, "mail_off", text_is_empty(x->settings->smtp_host));
	return reply_page(x, "reports/schedules", "Schedules", "schedules", view, err);
}

static bool show_new(struct exchange *x, struct error *err) {
	struct schedule typed = schedule_typed(x, NULL);
	struct value *view = value_map(x->arena);
	(void)put_late(x, view);
	return schedule_put_form(x, view, &typed, err) &&
	       reply_page(x, "reports/schedule_new", "New schedule", "schedules", view, err);
}

static bool find_schedule(struct exchange *x, const char *id, struct schedule *schedule, struct error *err) {
	bool found;
	return schedule_find(x->store, id, x->arena, schedule, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no schedule %.60s", id));
}

static bool need_schedule(struct exchange *x, struct schedule *schedule, struct error *err) {
	return find_schedule(x, x->values[0], schedule, err);
}

/* What was just done, as the address says. */
static void put_done(const struct exchange *x, struct value *view, const struct schedule *schedule) {
	static const char *const words[][2] = {
		{ "started", "Schedule started" },      { "saved", "Schedule saved" },
		{ "paused", "Schedule paused" },        { "running", "The report is on its way" },
		{ "tested", "The test is on its way" }, { NULL },
	};
	const char *key = params_get(&x->query, "done"), *title = exchange_done(x, words);
	const char *next = schedule_time(x, schedule, schedule->next_run_at);
	value_put_text(view, "done", title);
	value_put_text(view, "done_more",
	               !title ? NULL
	               : text_same(key, "tested") && schedule->paused
	                   ? "The schedule is paused. Start it when the email looks right."
	               : text_same(key, "running") || text_same(key, "tested") ? "See below what becomes of it."
	               : schedule->paused || !next                             ? "No report is sent until you start it."
	                                           : arena_print(x->arena, "Next run: %s.", next));
}

static void put_head(const struct exchange *x, struct value *view, const struct schedule *schedule) {
	struct value *head = value_put(view, "schedule", value_map(x->arena));
	value_put_text(head, "id", schedule->id);
	value_put_text(head, "name", schedule->name);
	value_put_bool(head, "paused", schedule->paused);
	value_put_text(head, "words", schedule_words(schedule, x->now, x->arena));
	value_put_text(head, "next", schedule_time(x, schedule, schedule->next_run_at));
	value_put_text(head, "count", text_of_counted(x->arena, schedule->addresses.count, "recipient", "recipients"));
}

static bool show_schedule(struct exchange *x, struct error *err) {
	struct schedule schedule;
	struct rows deliveries;
	struct value *view = value_map(x->arena);
	if (!need_schedule(x, &schedule, err))
		return false;
	struct schedule typed = schedule_typed(x, &schedule);
	put_head(x, view, &schedule);
	put_done(x, view, &schedule);
	value_put_text(view, "rev", exchange_revision(x, schedule.rev));
	schedule_put_differences(x, view, &schedule, &typed);
	if (!schedule_put_form(x, view, &typed, err) ||
	    !delivery_list(x->store, schedule.id, DELIVERIES_SHOWN, x->arena, &deliveries, err))
		return false;
	schedule_put_deliveries(x, view, &schedule, &deliveries);
	return reply_page(x, "reports/schedule", schedule.name, "schedules", view, err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct schedule schedule;
	if (!need_schedule(x, &schedule, err))
		return false;
	const char *next = schedule.paused ? NULL : schedule_time(x, &schedule, schedule.next_run_at);
	const char *to = text_of_counted(x->arena, schedule.addresses.count, "recipient", "recipients");
	return reply_confirm(
		x,
		&(struct confirm){
			.question = arena_print(x->arena, "Delete the schedule “%s”?", schedule.name),
			.lines = { next ? arena_print(x->arena, "The next report, on %s to %s, will not be sent, nor any after it.",
	                                      next, to)
	                        : arena_print(x->arena, "No report is sent to its %s any more.", to),
	                   "The reports that it created stay. The schedule itself cannot be brought back.",
	                   schedule.paused ? NULL : "To stop it for a while, pause it." },
			.button = "Delete schedule",
			.back = arena_print(x->arena, "/reports/schedules/%s", schedule.id),
			.place = schedule.name,
			.active = "schedules",
		},
		err);
}

static bool drop(struct exchange *x, struct error *err) {
	bool found;
	return schedule_drop(x->store, x->values[0], &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no schedule %.60s", x->values[0])) &&
	       reply_deleted(x, "/reports/schedules?deleted=1");
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows schedules;
	return schedule_list(x->store, x->arena, &schedules, err) && reply_rows(x, &schedule_record, schedules);
}

static bool reply_schedule(struct exchange *x, const char *id, const char *done, struct error *err) {
	struct schedule schedule;
	return find_schedule(x, id, &schedule, err) &&
	       reply_saved(x, arena_print(x->arena, "/reports/schedules/%s?done=%s", id, done), &schedule_record,
	                   &schedule);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct schedule schedule;
	return need_schedule(x, &schedule, err) && reply_record(x, &schedule_record, &schedule);
}

static bool reply_late(struct exchange *x, struct error *err) {
	struct schedule schedule;
	return need_schedule(x, &schedule, err) && exchange_stale(x, &schedule_record, &schedule, err);
}

/* To whom a test of a schedule goes that is yet to be created; NULL: none was asked for. */
static const char *asked_test(const struct exchange *x) {
	const char *to = params_get(&x->form, "test_to");
	return !x->wants_json && params_get(&x->form, "test") ? to ? to : "" : NULL;
}

static bool send_test(struct exchange *x, const char *id, const char *to, struct error *err) {
	struct delivery_request request = { store_new_id(x->arena), x->identity.user, to };
	struct schedule schedule;
	return find_schedule(x, id, &schedule, err) && delivery_ask(x->store, &schedule, &request, x->now, x->arena, err) &&
	       reply_schedule(x, id, "tested", err);
}

/* With a test, the schedule stays paused until somebody has seen the email. */
static bool create(struct exchange *x, struct error *err) {
	struct schedule_request request = *(const struct schedule_request *)x->input;
	const char *id = exchange_new_id(x), *test_to = asked_test(x);
	if (test_to && !mail_check_address(test_to, "test_to", err))
		return false;
	request.paused = request.paused || test_to;
	if (!schedule_create(x->store, &request, id, x->identity.user, x->now, x->arena, &x->problems, err))
		return false;
	return test_to ? send_test(x, id, test_to, err) : reply_schedule(x, id, "started", err);
}

/* The form does not have `paused`: it stays as it is. */
static bool change(struct exchange *x, struct error *err) {
	struct schedule_request request = *(const struct schedule_request *)x->input;
	struct schedule stored;
	if (!need_schedule(x, &stored, err))
		return false;
	request.paused = x->wants_json ? request.paused : stored.paused;
	if (schedule_change(x->store, &request, x->values[0], x->identity.user, x->now, x->arena, &x->problems, err))
		return reply_schedule(x, x->values[0], "saved", err);
	return store_is_stale(err) && reply_late(x, err);
}

static bool stop_or_start(struct exchange *x, struct error *err) {
	bool paused = text_same(params_get(&x->form, "paused"), "1");
	return schedule_pause(x->store, x->values[0], paused, x->now, x->arena, err) &&
	       reply_schedule(x, x->values[0], paused ? "paused" : "started", err);
}

struct test_request {
	const char *test_to;
};
static const struct field test_fields[] = { FIELD(struct test_request, test_to, .flags = FIELD_REQUIRED, .max = 300) };
static const struct record_type test_record = RECORD_TYPE("ReportScheduleTest", struct test_request, test_fields);

static bool ask(struct exchange *x, const char *test_to, struct error *err) {
	struct schedule schedule;
	struct delivery_request request = { exchange_new_id(x), x->identity.user, test_to };
	return need_schedule(x, &schedule, err) && delivery_ask(x->store, &schedule, &request, x->now, x->arena, err) &&
	       reply_schedule(x, schedule.id, test_to ? "tested" : "running", err);
}

static bool run_now(struct exchange *x, struct error *err) {
	return ask(x, NULL, err);
}

static bool test(struct exchange *x, struct error *err) {
	return ask(x, ((const struct test_request *)x->input)->test_to, err);
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
	{ "POST", "/reports/schedules", GUARD_SIGNED_IN, create, .input = &schedule_request_record, .form = show_new,
	  .creates = true },
	{ "GET", "/reports/schedules/new", GUARD_SIGNED_IN, show_new },
	{ "POST", "/reports/schedules/new", GUARD_SIGNED_IN, show_new },
	{ "GET", "/reports/schedules/:schedule_id", GUARD_SIGNED_IN, show_schedule },
	{ "POST", "/reports/schedules/:schedule_id", GUARD_SIGNED_IN, change, .input = &schedule_request_record,
	  .form = show_schedule },
	{ "POST", "/reports/schedules/:schedule_id/preview", GUARD_SIGNED_IN, show_schedule },
	{ "POST", "/reports/schedules/:schedule_id/pause", GUARD_SIGNED_IN, stop_or_start },
	{ "POST", "/reports/schedules/:schedule_id/run", GUARD_SIGNED_IN, run_now, .creates = true },
	{ "POST", "/reports/schedules/:schedule_id/test", GUARD_SIGNED_IN, test, .input = &test_record,
	  .form = show_schedule, .creates = true },
	{ "GET", "/reports/schedules/:schedule_id/delete", GUARD_SIGNED_IN, ask_drop },
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
	{ "POST", "/api/report-schedules/:schedule_id/run", GUARD_SIGNED_IN, run_now,
	  .summary = "Create and send its report now", .output = &schedule_record, .creates = true },
	{ "POST", "/api/report-schedules/:schedule_id/test", GUARD_SIGNED_IN, test,
	  .summary = "Create its report now and send it to one address", .output = &schedule_record, .input = &test_record,
	  .creates = true },
	{ "GET", "/api/report-schedules/:schedule_id/deliveries", GUARD_SIGNED_IN, deliveries_api,
	  .summary = "Its deliveries, newest first", .output = &delivery_record, .list = true },
	{ 0 },
};
