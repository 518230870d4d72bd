/* The form of a schedule with its preview, and what became of its runs. */
#include "reports/schedule_form_pages.h"

#include <string.h>

#include "audience/lists/list.h"
#include "audience/lists/list_lookup_pages.h"
#include "core/base/cron_words.h"
#include "core/base/local.h"
#include "core/base/zones.h"
#include "core/formats/period.h"
#include "core/http/parts.h"
#include "reports/compose.h"
#include "reports/letter.h"
#include "reports/partners/partner_lookup_pages.h"

enum { RUNS_SHOWN = 3 };

static bool was_typed(const struct exchange *x) {
	return params_get(&x->form, "name") != NULL;
}

/* What is wrong is said elsewhere. */
static void ignore(bool fine) {
	(void)fine;
}

struct schedule schedule_typed(const struct exchange *x, const struct schedule *stored) {
	struct schedule_request request;
	struct schedule typed;
	struct problems several = { .count = 0 };
	struct error ignored = ERROR_INIT;
	record_clear(&schedule_record, &typed);
	typed.period = "lastmonth";
	typed.cron = "monthly";
	typed.zone = local_name();
	typed.fresh_hours = FRESH_HOURS;
	typed.partner = params_get(&x->query, "partner");
	if (!was_typed(x))
		return stored ? *stored : typed;
	ignore(record_from_form(&schedule_request_record, &x->form, x->arena, &request, &several, &ignored));
	ignore(schedule_of(&request, x->identity.user, x->now, x->arena, &typed, NULL, &ignored));
	return typed;
}

/* A field's text: what was typed, even if it cannot be read. */
static void put_text(const struct exchange *x, struct value *view, const char *name, const char *stored) {
	const char *typed = was_typed(x) ? params_get(&x->form, name) : NULL;
	part_field(x, view, name, typed ? typed : stored);
}

/* An option of a select: chosen if it was typed, or if nothing was and it is the stored one. */
static void put_option(const struct exchange *x, struct value *options, const char *name, const char *key,
                       const char *label, bool stored) {
	const char *typed = was_typed(x) ? params_get(&x->form, name) : NULL;
	put_choice(options, key, label, typed ? text_same(typed, key) : stored);
}

/* Was an expression typed, readable or not? */
static bool shows_cron(const struct exchange *x) {
	return was_typed(x) && !text_is_empty(params_get(&x->form, "cron"));
}

static void put_words(const struct exchange *x, struct value *view, const struct schedule *typed) {
	static const struct cron_words usual = { EVERY_MONTH, 1, 0, 8, 0 };
	struct cron_words words;
	struct error ignored = ERROR_INIT;
	struct cron cron;
	bool said = typed->cron && cron_read(typed->cron, &cron, &ignored) && cron_words_of(&cron, &words);
	if (!said)
		words = usual;
	struct value *units = part_select(x, view, "every"), *days = part_select(x, view, "day");
	for (int unit = 0; unit < CRON_UNIT_COUNT; unit++)
		put_option(x, units, "every", cron_units.names[unit], cron_units.names[unit], (int)words.unit == unit);
	for (int day = 1; day <= CRON_DAY_MAX; day++)
		put_option(x, days, "day", arena_print(x->arena, "%d", day), cron_day_name(day, x->arena), words.day == day);
	put_option(x, days, "day", "last", cron_day_name(CRON_LAST_DAY, x->arena), words.day == CRON_LAST_DAY);
	struct value *weekdays = part_select(x, view, "weekday");
	for (int day = 0; day < WEEK_DAYS; day++)
		put_option(x, weekdays, "weekday", text_fold(x->arena, cron_weekday_name(day)), cron_weekday_name(day),
		           words.weekday == day);
	put_text(x, view, "time", arena_print(x->arena, "%02d:%02d", words.hour, words.minute));
	part_field(x, view, "cron", said && !shows_cron(x) ? NULL : text_is_empty(typed->cron) ? NULL : typed->cron);
	part_zones(x, view, "zone", typed->zone);
}

static void put_freshness(const struct exchange *x, struct value *view, int64_t chosen) {
	static const int64_t usual[] = { 12, 24, 48 };
	struct value *options = part_select(x, view, "fresh_hours");
	bool is_usual = chosen == 0;
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		is_usual = is_usual || chosen == usual[i];
		put_choice(options, arena_print(x->arena, "%lld", (long long)usual[i]),
		           arena_print(x->arena, "%lld hours", (long long)usual[i]), chosen == usual[i]);
	}
	if (!is_usual)
		put_choice(options, arena_print(x->arena, "%lld", (long long)chosen),
		           text_of_counted(x->arena, chosen, "hour", "hours"), true);
	put_choice(options, "0", "Always send", chosen == 0);
}

static void put_options(const struct exchange *x, struct value *view, const char *name, const struct choices *choices,
                        const char *const *labels, unsigned chosen) {
	struct value *options = part_select(x, view, name);
	for (int i = 0; i < choices->count; i++)
		put_choice(options, choices->names[i], labels[i], i == (int)chosen);
}

/* The report's period in words that say when it is read: the day of the run. */
static void put_periods(const struct exchange *x, struct value *view, const char *chosen) {
	struct value *options = part_select(x, view, "period");
	for (const struct period_name *name = period_names; name->key; name++)
		put_choice(options, name->key,
		           text_same(name->key, "lastmonth")            ? "The month before"
		           : text_same(name->key, "all")                ? "Everything so far"
		           : name->key[0] >= '0' && name->key[0] <= '9' ? arena_print(x->arena, "The last %s", name->label)
		                                                        : name->label,
		           text_same(name->key, chosen));
}

static bool put_what(struct exchange *x, struct value *view, const struct schedule *typed, struct error *err) {
	const char *partner;
	if (!partner_put_options(x, part_select(x, view, "partner"), typed->partner, &partner, err) ||
	    !list_put_choices(x, typed->list, view, err))
		return false;
	put_text(x, view, "name", typed->name);
	value_put_text(view, "proposed_name", schedule_proposed_name(typed, partner, x->arena));
	part_field(x, view, "list", NULL);
	put_periods(x, view, typed->period);
	put_options(x, view, "template", &report_templates, report_template_labels, typed->template);
	put_options(x, view, "compare", &report_compares, report_compare_labels, typed->compare);
	put_options(x, view, "paper", &paper_names, paper_labels, typed->paper);
	struct value *blocks = part_select(x, view, "blocks");
	for (int block = 0; block < BLOCK_COUNT; block++)
		put_choice(blocks, block_names.names[block], block_labels[block],
		           strings_have(&typed->blocks, block_names.names[block]));
	return true;
}

const char *schedule_time(const struct exchange *x, const struct schedule *schedule, struct moment at) {
	ZONE_AUTO zone = zone_open(schedule->zone);
	if (!moment_is_set(at) || !zone)
		return moment_is_set(at) ? text_of_moment(x->arena, at) : NULL;
	struct moment wall = zone_wall(zone, at);
	int minutes = (int)((wall.ms - day_start(wall).ms) / MINUTE_MS);
	return arena_print(x->arena, "%s, %02d:%02d%s%s", text_of_date(x->arena, wall), minutes / 60, minutes % 60,
	                   text_same(schedule->zone, local_name()) ? "" : " ",
	                   text_same(schedule->zone, local_name()) ? "" : zone_clock(zone, at));
}

static void put_runs(const struct exchange *x, struct value *view, const struct schedule *typed,
                     const struct moment *runs) {
	struct value *rows = value_put(view, "runs", value_list(x->arena));
	struct report_period period;
	struct error ignored = ERROR_INIT;
	ZONE_AUTO zone = zone_open(typed->zone);
	for (int i = 0; i < RUNS_SHOWN && zone && moment_is_set(runs[i]); i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		const char *day = cron_weekday_name(weekday_of(zone_wall(zone, runs[i])));
		value_put_text(row, "when", arena_print(x->arena, "%.3s, %s", day, schedule_time(x, typed, runs[i])));
		value_put_text(row, "covers",
		               schedule_period(typed, runs[i], &period, &ignored) ? letter_days(&period, typed->zone, x->arena)
		                                                                  : NULL);
	}
}

/* The email of the next run, with the figures known so far; none if the report cannot be made as it stands. */
static bool put_email(struct exchange *x, struct value *view, const struct schedule *typed, struct moment due_at,
                      struct error *err) {
	struct report report;
	struct figures figures;
	struct error why = ERROR_INIT;
	bool fine = moment_is_set(due_at) &&
	            delivery_report(x->store, typed, x->settings, due_at, x->now, x->arena, &report, &why) &&
	            report_figures(x->store, &report, x->arena, &figures, &why);
	struct value *email = value_put(view, "email", fine ? value_map(x->arena) : value_null(x->arena));
	if (!fine && why.kind != ERROR_INVALID && why.kind != ERROR_NONE) {
		*err = why;
		return false;
	}
	if (!fine)
		return true;
	struct letter letter = { .title = typed->title,
		                     .partner = report.partner,
		                     .zone = typed->zone,
		                     .period = report.period,
		                     .attached = typed->attach };
	letter_count(&letter, &figures, x->arena);
	const char *from = x->settings->organisation;
	const char *sender = text_is_empty(x->settings->smtp_from) ? NULL : x->settings->smtp_from;
	const char *when = schedule_time(x, typed, due_at), *comma = strrchr(when, ',');
	value_put_text(email, "from", !text_is_empty(from) ? from : sender ? sender : "Telltale");
	value_put_text(email, "time", comma ? comma + 2 : when);
	value_put_text(email, "subject", letter_subject(&letter, x->arena));
	value_put_text(email, "first", letter_first_line(&letter, x->arena));
	value_put_text(email, "reply", sender);
	return true;
}

/* Nobody typed yet, and nothing was refused: whoever the partner's contact person is. */
static bool put_recipients_field(struct exchange *x, struct value *view, const struct schedule *typed,
                                 struct error *err) {
	const char *addresses = strings_join(x->arena, &typed->addresses, "\n");
	bool open = text_is_empty(params_get(&x->form, "recipients")) && !x->problem && typed->addresses.count == 0;
	value_put_text(view, "filled", NULL);
	if (!open) {
		put_text(x, view, "recipients", addresses);
		return true;
	}
	if (!partner_find_address(x->store, typed->partner, x->arena, &addresses, err))
		return false;
	part_field(x, view, "recipients", addresses);
	value_put_text(view, "filled", *addresses ? addresses : NULL);
	return true;
}

bool schedule_put_form(struct exchange *x, struct value *view, const struct schedule *typed, struct error *err) {
	struct moment runs[RUNS_SHOWN];
	if (!put_what(x, view, typed, err))
		return false;
	put_words(x, view, typed);
	put_freshness(x, view, typed->fresh_hours);
	if (!put_recipients_field(x, view, typed, err))
		return false;
	put_text(x, view, "title", typed->title);
	put_text(x, view, "note", typed->note);
	put_text(x, view, "test_to", NULL);
	value_put_bool(view, "attach", typed->attach);
	value_put_bool(view, "skip_empty", typed->skip_empty);
	value_put_bool(view, "mail_off", text_is_empty(x->settings->smtp_host));
	schedule_next_runs(typed, x->now, runs, RUNS_SHOWN);
	put_runs(x, view, typed, runs);
	return put_email(x, view, typed, runs[0], err);
}

void schedule_put_differences(const struct exchange *x, struct value *view, const struct schedule *stored,
                              const struct schedule *typed) {
	struct arena *arena = x->arena;
	struct value *late = put_late(x, view);
	put_saved(late, "Name", stored->name, typed->name);
	put_saved(late, "When", schedule_words(stored, x->now, arena), schedule_words(typed, x->now, arena));
	put_saved(late, "Recipients", strings_join(arena, &stored->addresses, "\n"),
	          strings_join(arena, &typed->addresses, "\n"));
	put_saved(late, "Report", report_template_labels[stored->template], report_template_labels[typed->template]);
	put_saved(late, "Period", stored->period, typed->period);
	put_saved(late, "PDF attachment", stored->attach ? "yes" : "no", typed->attach ? "yes" : "no");
	put_saved(late, "Skip if nothing was sent", stored->skip_empty ? "yes" : "no", typed->skip_empty ? "yes" : "no");
	put_saved(late, "Subject and title", stored->title, typed->title);
	put_saved(late, "Note on the cover", stored->note, typed->note);
}

void schedule_put_state(struct value *row, const struct delivery *delivery) {
	static const struct {
		const char *key, *label;
	} states[DELIVERY_STATE_COUNT] = {
		[DELIVERY_WAITING] = { "pending", "Waiting" }, [DELIVERY_MAKING] = { "running", "Creating" },
		[DELIVERY_SENDING] = { "sending", "Sending" }, [DELIVERY_SENT] = { "sent", "Sent" },
		[DELIVERY_FAILED] = { "failed", "Failed" },    [DELIVERY_SKIPPED] = { "ended", "Skipped" },
	};
	value_put_text(row, "state_key", states[delivery->state].key);
	value_put_text(row, "state_label", states[delivery->state].label);
}

static void put_recipients(struct value *row, const struct delivery *delivery) {
	static const char *const words[RECIPIENT_STATE_COUNT] = {
		[RECIPIENT_OPEN] = "waiting",
		[RECIPIENT_BEGUN] = "sending",
		[RECIPIENT_SENT] = "sent",
		[RECIPIENT_REFUSED] = "refused",
		[RECIPIENT_UNCERTAIN] = "may have it",
		[RECIPIENT_DEFERRED] = "to be tried again",
	};
	struct value *list = value_put(row, "people", value_list(row->arena));
	const struct recipient *items = delivery->recipients.items;
	int sent = 0;
	for (int i = 0; i < delivery->recipients.count; i++) {
		struct value *one = value_push(list, value_map(row->arena));
		value_put_text(one, "address", items[i].address);
		value_put_text(one, "words", words[items[i].state]);
		value_put_text(one, "why", items[i].problem);
		sent += items[i].state == RECIPIENT_SENT;
	}
	value_put_text(row, "sent", arena_print(row->arena, "%d of %d", sent, delivery->recipients.count));
	value_put_bool(row, "open", sent < delivery->recipients.count && moment_is_set(delivery->ended_at));
}

void schedule_put_deliveries(const struct exchange *x, struct value *view, const struct schedule *schedule,
                             const struct rows *deliveries) {
	static const char *const causes[DELIVERY_CAUSE_COUNT] = { "On schedule", "Run by", "Test by" };
	struct value *rows = value_put(view, "deliveries", value_list(x->arena));
	const struct delivery *items = deliveries->items;
	for (int i = 0; i < deliveries->count; i++) {
		const struct delivery *one = &items[i];
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "due", schedule_time(x, schedule, one->due_at));
		value_put_text(row, "cause",
		               arena_print(x->arena, "%s%s%s", causes[one->cause], one->asked_by ? " " : "",
		                           one->asked_by ? one->asked_by : ""));
		value_put_text(row, "report_id", one->report_id);
		value_put_text(row, "problem", one->problem);
		schedule_put_state(row, one);
		put_recipients(row, one);
	}
	value_put_bool(view, "has_deliveries", deliveries->count > 0);
}
