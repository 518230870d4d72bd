/* Deliveries: from due to sent, one step at a time, each stored before the next. */
#include <string.h>

#include "core/base/choice.h"
#include "core/base/cron.h"
#include "core/base/local.h"
#include "core/formats/mail.h"
#include "core/store/clock.h"
#include "notices/notice.h"
#include "observing/sync.h"
#include "reports/compose.h"
#include "reports/handover.h"

enum { DUE_AT_ONCE = 50 };
#define LEASE_MS (5 * MINUTE_MS)
#define LOOK_MS (20 * SECOND_MS)
#define PATIENCE_MS (2 * DAY_MS) /* maximum wait for fresh figures */

static const char DELIVERIES[] = "report_deliveries", SCHEDULES[] = "report_schedules";

static const char *const state_names[] = {
	[DELIVERY_WAITING] = "waiting", [DELIVERY_MAKING] = "making", [DELIVERY_SENDING] = "sending",
	[DELIVERY_SENT] = "sent",       [DELIVERY_FAILED] = "failed", [DELIVERY_SKIPPED] = "skipped",
};
_Static_assert(sizeof state_names / sizeof *state_names == DELIVERY_STATE_COUNT, "a name a state");
static const struct choices delivery_states = CHOICES(state_names);

static const char *const cause_names[] = { [CAUSE_DUE] = "due", [CAUSE_ASKED] = "asked", [CAUSE_TEST] = "test" };
_Static_assert(sizeof cause_names / sizeof *cause_names == DELIVERY_CAUSE_COUNT, "a name a cause");
static const struct choices delivery_causes = CHOICES(cause_names);

static const struct field delivery_fields[] = {
	FIELD(struct delivery, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct delivery, schedule_id, .flags = FIELD_ID),
	FIELD(struct delivery, report_id, .flags = FIELD_ID),
	FIELD(struct delivery, state, .choices = &delivery_states),
	FIELD(struct delivery, cause, .choices = &delivery_causes, .doc = "A test goes to one address only"),
	FIELD(struct delivery, asked_by),
	FIELD(struct delivery, problem),
	FIELD(struct delivery, due_at),
	FIELD(struct delivery, next_try_at),
	FIELD(struct delivery, ended_at),
	FIELD_LIST(struct delivery, recipients, recipient_record),
};
const struct record_type delivery_record = RECORD_TYPE("ReportDelivery", struct delivery, delivery_fields);

bool delivery_list(struct store *store, const char *schedule_id, int limit, struct arena *arena,
                   struct rows *deliveries, struct error *err) {
	return store_list(store, DELIVERIES, FILTER(eq_id("schedule_id", schedule_id)), SORT(desc("due_at")), limit,
	                  &delivery_record, arena, &deliveries->items, &deliveries->count, err);
}

static bool ask_job(struct store *store, const struct delivery *delivery, struct arena *arena, struct error *err) {
	const char *key = arena_print(arena, "delivery:%s", delivery->id), *id;
	const struct job_request request = { .kind = delivery_job.name, .key = key, .subject = delivery->id };
	bool already;
	return queue_ask(store, &request, arena, &id, &already, err);
}

/* Unique by schedule and time, so repeated tries create only one. */
static bool begin_delivery(struct store *store, struct delivery *delivery, const struct strings *addresses,
                           struct arena *arena, struct error *err) {
	struct strings distinct = recipient_distinct(addresses,
	                                             arena); /* of a schedule that was stored by an older version */
	struct recipient *recipients = arena_array(arena, struct recipient, distinct.count + 1);
	bool was_there;
	for (int i = 0; i < distinct.count; i++)
		recipients[i] = (struct recipient){
			.address = distinct.items[i], .link_id = store_new_id(arena), .at = MOMENT_NONE, .next_try_at = MOMENT_NONE
		};
	delivery->next_try_at = delivery->due_at;
	delivery->recipients = (struct rows){ recipients, distinct.count };
	return store_insert_once(store, DELIVERIES, &delivery_record, delivery, &was_there, err) &&
	       (was_there || ask_job(store, delivery, arena, err));
}

static struct delivery new_delivery(const char *id, const struct schedule *schedule, struct moment due_at) {
	struct delivery delivery;
	record_clear(&delivery_record, &delivery);
	delivery.id = id;
	delivery.schedule_id = schedule->id;
	delivery.due_at = due_at;
	return delivery;
}

bool delivery_ask(struct store *store, const struct schedule *schedule, const struct delivery_request *request,
                  struct moment now, struct arena *arena, struct error *err) {
	struct delivery delivery = new_delivery(request->id, schedule, now);
	const char *one = request->test_to;
	const struct strings tester = { &one, 1 };
	if (one && !mail_check_address(one, "test_to", err))
		return false;
	delivery.cause = one ? CAUSE_TEST : CAUSE_ASKED;
	delivery.asked_by = request->by;
	return begin_delivery(store, &delivery, one ? &tester : &schedule->addresses, arena, err);
}

static bool begin_due_one(struct store *store, const struct schedule *schedule, struct arena *arena,
                          struct error *err) {
	struct delivery delivery = new_delivery(store_new_id(arena), schedule, schedule->next_run_at);
	return begin_delivery(store, &delivery, &schedule->addresses, arena, err);
}

/* Only if nobody has changed it since. */
static bool move_on(struct store *store, const struct schedule *schedule, struct moment now, struct error *err) {
	struct cron cron;
	bool matched;
	if (!cron_read(schedule->cron, &cron, err))
		return false;
	return store_update(store, SCHEDULES, FILTER(by_id(schedule->id), eq_moment("next_run_at", schedule->next_run_at)),
	                    UPDATE(set_moment("next_run_at", cron_next(&cron, schedule->zone, now))), &matched, err);
}

/* Uses this machine's wall clock, as the authors of the schedule do. */
static bool begin_due(struct store *store, struct moment now, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct schedule *due;
	int count;
	(void)context;
	if (!store_list(store, SCHEDULES, FILTER(lte_moment("next_run_at", now), ne_bool("paused", true)), NULL,
	                DUE_AT_ONCE, &schedule_record, arena, (void **)&due, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!begin_due_one(store, &due[i], arena, err) || !move_on(store, &due[i], now, err))
			return false;
	return true;
}

static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct delivery *open;
	struct moment now;
	int count;
	(void)context;
	if (!store_list(store, DELIVERIES, FILTER(in_texts("state", TEXTS("waiting", "making", "sending"))),
	                SORT(asc("next_try_at"), asc("_id")), DUE_AT_ONCE, &delivery_record, arena, (void **)&open, &count,
	                err))
		return false;
	for (int i = 0; i < count; i++)
		if (!ask_job(store, &open[i], arena, err))
			return false;
	return store_now(store, &now, err) && schedule_pull_back(store, now, err);
}

/* Saves the delivery unless a later worker has it. */
bool step_save(struct step *step, struct error *err) {
	bool matched;
	if (!store_update(step->store, DELIVERIES,
	                  FILTER(by_id(step->delivery.id), eq_count("fence", step->run->holder.fence)),
	                  UPDATE(set_record(&delivery_record, &step->delivery, NULL)), &matched, err))
		return false;
	return matched || error_set(err, ERROR_CONFLICT, "another worker has taken the delivery");
}

static bool later(struct step *step, int64_t ms, struct error *err) {
	step->delivery.next_try_at = moment_add(step->run->now, ms);
	job_again(step->run, ms);
	return step_save(step, err);
}

static bool tell(struct step *step, const char *words, struct error *err) {
	struct notice notice = { .key = arena_print(step->arena, "delivery|%s", step->delivery.id),
		                     .kind = NOTICE_REPORT,
		                     .words = words,
		                     .name = step->schedule.name,
		                     .address = arena_print(step->arena, "/reports/schedules/%s", step->schedule.id),
		                     .at = step->run->now };
	return notice_tell(step->store, &notice, step->arena, err);
}

static bool give_up(struct step *step, const char *why, struct error *err) {
	step->delivery.state = DELIVERY_FAILED;
	step->delivery.problem = why;
	step->delivery.ended_at = step->run->now;
	return step_save(step, err) &&
	       tell(step, arena_print(step->arena, "A scheduled report was not sent: %s", why), err);
}

/* The start of the newest successful sync; MOMENT_NONE if there is none. */
static bool newest_figures(struct step *step, struct moment *at, struct error *err) {
	struct sync_run *runs;
	int count;
	*at = MOMENT_NONE;
	if (!sync_recent(step->store, RUN_FIGURES, 20, step->arena, &runs, &count, err))
		return false;
	for (int i = 0; i < count && !moment_is_set(*at); i++)
		if (runs[i].state == RUN_COMPLETE || runs[i].state == RUN_PARTIAL)
			*at = runs[i].started_at;
	return true;
}

bool delivery_report(struct store *store, const struct schedule *schedule, const struct settings *settings,
                     struct moment due_at, struct moment now, struct arena *arena, struct report *report,
                     struct error *err) {
	struct report_period period;
	if (!schedule_period(schedule, due_at, &period, err))
		return false;
	struct report_request request = { .template = schedule->template,
		                              .compare = schedule->compare,
		                              .paper = schedule->paper,
		                              .title = schedule->title,
		                              .partner = schedule->partner,
		                              .list = schedule->list,
		                              .note = schedule->note,
		                              .blocks = schedule->blocks,
		                              .period = period,
		                              .period_name = schedule->period,
		                              .zone = schedule->zone,
		                              .organisation = settings->organisation,
		                              .as_of = MOMENT_NONE };
	return report_of(store, &request, schedule->created_by, now, arena, report, err);
}

/* A test is made even of nothing: it shows what the mail looks like. */
static bool is_to_be_skipped(struct step *step, const struct report *report, bool *skip, struct error *err) {
	struct figures figures;
	*skip = false;
	if (!step->schedule.skip_empty || step->delivery.cause == CAUSE_TEST)
		return true;
	if (!report_figures(step->store, report, step->arena, &figures, err))
		return false;
	*skip = figures.count == 0;
	return true;
}

static bool skip_delivery(struct step *step, struct error *err) {
	step->delivery.state = DELIVERY_SKIPPED;
	step->delivery.problem = "no campaign was sent in its period";
	step->delivery.ended_at = step->run->now;
	return step_save(step, err);
}

static bool ask_report(struct step *step, struct error *err) {
	struct report report;
	const char *id;
	bool skip;
	if (!delivery_report(step->store, &step->schedule, step->settings, step->delivery.due_at, step->run->now,
	                     step->arena, &report, err) ||
	    !is_to_be_skipped(step, &report, &skip, err))
		return false;
	if (skip)
		return skip_delivery(step, err);
	report.schedule_id = step->schedule.id;
	report.id = step->delivery.id; /* the same one, if this is not stored and comes again */
	if (!report_ask(step->store, &report, step->arena, &id, err))
		return false;
	step->delivery.report_id = id;
	step->delivery.state = DELIVERY_MAKING;
	step->delivery.problem = "the report is being created";
	return later(step, 0, err);
}

static bool is_fresh(const struct step *step, struct moment figures) {
	int64_t hours = step->schedule.fresh_hours;
	return hours == 0 || (moment_is_set(figures) && figures.ms >= step->delivery.due_at.ms - hours * HOUR_MS);
}

static bool step_waiting(struct step *step, struct error *err) {
	struct moment figures, now = step->run->now;
	if (!newest_figures(step, &figures, err))
		return false;
	if (is_fresh(step, figures)) {
		if (ask_report(step, err))
			return true;
		return err->kind == ERROR_INVALID && give_up(step, arena_copy(step->arena, err->text), err);
	}
	if (now.ms - step->delivery.due_at.ms > PATIENCE_MS)
		return give_up(step, "no sync brought newer figures for two days", err);
	step->delivery.problem = arena_print(step->arena, "waiting for figures newer than %s: the newest are of %s",
	                                     text_of_counted(step->arena, step->schedule.fresh_hours, "hour", "hours"),
	                                     moment_is_set(figures) ? text_of_moment_zone(step->arena, figures) : "never");
	return later(step, LOOK_MS, err);
}

static bool step_making(struct step *step, struct error *err) {
	bool found;
	if (!report_find(step->store, step->delivery.report_id, step->arena, &step->report, &found, err))
		return false;
	if (!found)
		return give_up(step, "its report was deleted", err);
	if (step->report.state == REPORT_FAILED)
		return give_up(step, arena_print(step->arena, "its report could not be created: %s", step->report.problem),
		               err);
	if (step->report.state != REPORT_READY)
		return later(step, SECOND_MS, err);
	step->delivery.state = DELIVERY_SENDING;
	step->delivery.problem = NULL;
	return later(step, 0, err);
}

static bool finish(struct step *step, struct error *err) {
	const struct recipient *recipients = step->delivery.recipients.items;
	int bad = 0;
	for (int i = 0; i < step->delivery.recipients.count; i++)
		bad += recipients[i].state != RECIPIENT_SENT;
	step->delivery.state = bad == step->delivery.recipients.count ? DELIVERY_FAILED : DELIVERY_SENT;
	step->delivery.problem = bad ? arena_print(step->arena, "%d of %s may not have got it", bad,
	                                           text_of_counted(step->arena, step->delivery.recipients.count,
	                                                           "recipient", "recipients"))
	                             : NULL;
	step->delivery.ended_at = step->run->now;
	return step_save(step, err) &&
	       (!bad || tell(step, arena_print(step->arena, "Schedule: %s", step->delivery.problem), err));
}

static void lose_begun(struct delivery *delivery) {
	struct recipient *recipients = delivery->recipients.items;
	for (int i = 0; i < delivery->recipients.count; i++)
		recipient_lose(&recipients[i]);
}

static bool go_on_sending(struct job_run *run, struct error *err) {
	struct handover *handover = run->state;
	struct step *step = handover_step(handover);
	int64_t wait;
	if (!handover_turn(handover, run->patience_ms, &wait, err))
		return false;
	if (wait >= 0 && !handover_note(handover, err))
		return false;
	if (wait == HANDOVER_OVER)
		return finish(step, err);
	if (wait >= 0)
		return later(step, wait, err);
	job_keep(run);
	return true;
}

static bool anybody_is_left(const struct step *step) {
	const struct recipient *recipients = step->delivery.recipients.items;
	for (int i = 0; i < step->delivery.recipients.count; i++)
		if (recipient_wait(&recipients[i], step->run->now) >= 0)
			return true;
	return false;
}

static bool step_sending(struct step *step, struct error *err) {
	bool found;
	lose_begun(&step->delivery);
	if (!anybody_is_left(step))
		return finish(step, err);
	if (!*step->settings->smtp_host)
		return give_up(step, "Email is not set up yet. Connect a mail server (DEFAULT_SMTP_HOST)", err);
	if (!report_find(step->store, step->delivery.report_id, step->arena, &step->report, &found, err))
		return false;
	if (!found)
		return give_up(step, "its report was deleted", err);
	step->run->state = handover_new(step);
	return go_on_sending(step->run, err);
}

static bool go_on(struct step *step, struct error *err) {
	bool found;
	if (!schedule_find(step->store, step->delivery.schedule_id, step->arena, &step->schedule, &found, err))
		return false;
	if (!found)
		step->schedule = (struct schedule){ .id = step->delivery.schedule_id, .name = "(deleted)" };
	if (!found)
		return give_up(step, "its schedule was deleted", err);
	local_use(step->schedule.zone);
	switch (step->delivery.state) {
	case DELIVERY_WAITING:
		return step_waiting(step, err);
	case DELIVERY_MAKING:
		return step_making(step, err);
	default:
		return step_sending(step, err);
	}
}

/* The job's delivery, unless it is gone or has already ended. */
static bool find_open(struct step *step, bool *open, struct error *err) {
	if (!store_find(step->store, DELIVERIES, FILTER(by_id(step->run->job.subject)), NULL, &delivery_record, step->arena,
	                &step->delivery, open, err))
		return false;
	*open = *open && !moment_is_set(step->delivery.ended_at);
	return !*open || job_admit(step->run, DELIVERIES, step->delivery.id, err);
}

static struct step begin_step(struct job_run *run) {
	return (struct step){ .run = run, .store = run->store, .settings = run->context, .arena = run->arena };
}

/* It has ended; whoever stored that may have been killed before it told anybody. */
static bool tell_again(struct step *step, struct error *err) {
	const struct delivery *delivery = &step->delivery;
	bool found;
	if (!delivery->problem || delivery->state == DELIVERY_SKIPPED)
		return true;
	if (!schedule_find(step->store, delivery->schedule_id, step->arena, &step->schedule, &found, err))
		return false;
	if (!found)
		step->schedule = (struct schedule){ .id = delivery->schedule_id, .name = "(deleted)" };
	return tell(step, arena_print(step->arena, "A scheduled report was not sent as it should: %s", delivery->problem),
	            err);
}

static bool run_step(struct job_run *run, struct error *err) {
	struct step step = begin_step(run);
	bool open;
	if (!find_open(&step, &open, err))
		return false;
	return open ? go_on(&step, err) : tell_again(&step, err);
}

static bool give_up_job(struct job_run *run, const char *why, struct error *err) {
	struct step step = begin_step(run);
	bool open;
	if (!find_open(&step, &open, err))
		return false;
	if (!open)
		return true;
	lose_begun(&step.delivery);
	return give_up(&step,
	               arena_print(run->arena, "it was tried %lld times, at last: %s", (long long)run->job.attempts, why),
	               err);
}

const struct job_kind delivery_job = {
	.name = "delivery",
	.run = run_step,
	.go_on = go_on_sending,
	.give_up = give_up_job,
	.plan = begin_due,
	.adopt = adopt,
	.lease_ms = LEASE_MS,
	.attempts_max = 50,
	.priority = 2,
	.backoff = { SECOND_MS, LEASE_MS },
};
