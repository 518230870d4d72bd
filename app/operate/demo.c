/* The past of the demo account. */
#include "operate/demo.h"

#include <stdio.h>
#include <string.h>

#include "core/cli/invocation.h"
#include "core/client/http.h"
#include "core/formats/period.h"
#include "observing/job.h"
#include "observing/sync.h"
#include "reports/job.h"
#include "reports/link.h"
#include "reports/partners/partner.h"
#include "reports/schedule.h"

enum {
	DAYS = 60,
	DAYS_MAX = 365,
	CALL_MS = 30000,
	TURN_MS = 50,
	ANSWER_BYTES = 1 << 20,
	TURNS_MAX = 50,
	DAILY_MS = 20 * SECOND_MS,
	SPARSE_DAYS = 5
};

/* As deploy/lib/services.sh makes it. */
bool demo_is_account(const struct settings *settings) {
	static const char LOCAL[] = "http://127.0.0.1:";
	const char *key = settings->api_key;
	return key && strncmp(key, "eo_", 3) == 0 && strlen(key) == 67 && strspn(key + 3, "d") == 64 && settings->api_url &&
	       strncmp(settings->api_url, LOCAL, strlen(LOCAL)) == 0;
}

struct told {
	bool done;
	int status;
};

static void on_answer(void *context, const struct http_answer *answer) {
	*(struct told *)context = (struct told){ true, answer->status };
}

/* Sets switches of the demo account, which no real one has. */
static bool tell_account(const struct invocation *invocation, const char *switches, struct error *err) {
	struct http_pool *pool = http_pool_new("Telltale/0.1 (demo)");
	struct told told = { 0 };
	http_start(pool,
	           &(struct http_call){ .url = arena_print(invocation->arena, "%s/_demo", invocation->settings->api_url),
	                                .max_bytes = ANSWER_BYTES,
	                                .timeout_ms = CALL_MS,
	                                .done = on_answer,
	                                .context = &told,
	                                .type = "application/json",
	                                .body = switches,
	                                .size = strlen(switches) });
	while (!told.done)
		http_turn(pool, TURN_MS);
	http_pool_free(pool);
	return told.status == 200 || error_set(err, ERROR_UNAVAILABLE, "the demo account does not answer");
}

/* A run of this kind from request to end, in this process. */
static bool run_sync(const struct invocation *invocation, enum run_kind kind, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct jobs jobs;
	struct sync_run run;
	const char *id;
	bool already, found, worked;
	jobs_open(&jobs, invocation->store, sync_kinds, SYNC_KINDS, (void *)invocation->settings);
	if (!sync_request(invocation->store, kind, "schedule", "system", arena, &id, &already, err))
		return false;
	for (int i = 0; i < TURNS_MAX; i++) {
		if (!jobs_turn(&jobs, &worked, err) || !sync_find(invocation->store, id, arena, &run, &found, err))
			return false;
		if (found && run.state == RUN_COMPLETE)
			return true;
		if (found && run.state != RUN_QUEUED && run.state != RUN_RUNNING)
			break;
	}
	return error_set(err, ERROR_UNAVAILABLE, "a sync of the demo account was not complete");
}

/* The account answers as of then, and the product takes that for the present. */
static bool go_to(const struct invocation *invocation, struct moment at, struct error *err) {
	char text[MOMENT_TEXT];
	moment_shift(at.ms - invocation->now.ms);
	return tell_account(invocation,
	                    arena_print(invocation->arena, "{\"at\": \"%s\", \"limit\": false}", moment_format(at, text)),
	                    err);
}

/* A figures run a day, on a slow machine in the end every fifth, then one of contacts. Each ends before the next
 * begins.
 */
static bool replay(const struct invocation *invocation, int days, struct error *err) {
	int64_t began = monotonic_ms();
	for (int day = days; day > 0; day -= monotonic_ms() - began < DAILY_MS ? 1 : SPARSE_DAYS) {
		if (!go_to(invocation, moment_add(invocation->now, -day * DAY_MS), err) ||
		    !run_sync(invocation, RUN_FIGURES, err))
			return false;
		if (day % 10 == 0)
			(void)fprintf(stderr, "  %d days ago\n", day);
	}
	return go_to(invocation, moment_add(invocation->now, -HOUR_MS), err) && run_sync(invocation, RUN_FIGURES, err) &&
	       run_sync(invocation, RUN_CONTACTS, err);
}

/* The same in any case: the account is the present one again. */
static bool replay_and_return(const struct invocation *invocation, int days, struct error *err) {
	struct error ignored = ERROR_INIT;
	bool fine = replay(invocation, days, err);
	moment_shift(0);
	return tell_account(invocation, "{\"at\": null, \"limit\": true}", fine ? err : &ignored) && fine;
}

struct demo_partner {
	const char *name, *prefix, *contact, *period, *link; /* link: whom a link to the report is for; NULL: no link */
};

/* As the names of the account's campaigns begin. */
static const struct demo_partner partners[] = {
	{ "ACME Energy", "ACME_", "Ines Kowalski, partners@acme.example", "lastmonth", "Ines Kowalski" },
	{ "Nordwind", "NORDWIND_", "Daniel Osei, team@nordwind.example", "90d", "Daniel Osei" },
	{ "Stadtwerk Lindenau", "STADTWERK_", "Grace Mbeki, news@stadtwerk.example", "lastmonth", NULL },
};

static bool make_partner(const struct invocation *invocation, const struct demo_partner *partner, struct error *err) {
	struct partner_request request;
	record_clear(&partner_request_record, &request);
	request.name = partner->name;
	request.prefix = partner->prefix;
	request.contact = partner->contact;
	return partner_create(invocation->store, &request, store_new_id(invocation->arena), "system", invocation->now,
	                      invocation->arena, err);
}

static bool wait_for_report(const struct invocation *invocation, const char *id, struct report *report,
                            struct error *err) {
	static const struct job_kind *const kinds[] = { &report_job };
	struct jobs jobs;
	bool found, worked;
	jobs_open(&jobs, invocation->store, kinds, 1, (void *)invocation->settings);
	for (int i = 0; i < TURNS_MAX; i++) {
		if (!jobs_turn(&jobs, &worked, err) ||
		    !report_find(invocation->store, id, invocation->arena, report, &found, err))
			return false;
		if (found && report->state == REPORT_READY)
			return true;
	}
	return error_set(err, ERROR_UNAVAILABLE, "a report of the demo account was not created");
}

/* A report of the partner's campaigns, and a link to it. */
static bool make_report(const struct invocation *invocation, const struct demo_partner *partner, struct error *err) {
	struct report_request request;
	struct report report;
	struct link_request asked;
	struct report_link link;
	struct period period;
	struct param word = { "period", partner->period };
	const char *id, *token;
	record_clear(&report_request_record, &request);
	if (!period_read(&(struct params){ &word, 1 }, invocation->now, "lastmonth", &period, err))
		return false;
	request.partner = partner->name;
	request.period = (struct report_period){ period.from, period.to };
	request.period_name = period.name;
	request.organisation = invocation->settings->organisation;
	if (!report_of(invocation->store, &request, "system", invocation->now, invocation->arena, &report, err) ||
	    !report_ask(invocation->store, &report, invocation->arena, &id, err) ||
	    !wait_for_report(invocation, id, &report, err))
		return false;
	record_clear(&link_request_record, &asked);
	asked.note = partner->link;
	return !partner->link || link_create(invocation->store, &report, &asked, store_new_id(invocation->arena), "system",
	                                     invocation->now, invocation->arena, &link, &token, err);
}

static bool make_partners(const struct invocation *invocation, struct error *err) {
	for (size_t i = 0; i < sizeof partners / sizeof *partners; i++)
		if (!make_partner(invocation, &partners[i], err) || !make_report(invocation, &partners[i], err))
			return false;
	return true;
}

/* The first partner's report, sent every month. */
static bool make_schedule(const struct invocation *invocation, struct error *err) {
	struct schedule_request request;
	record_clear(&schedule_request_record, &request);
	request.partner = partners[0].name;
	request.cron = "monthly";
	request.recipients = "partners@acme.example";
	request.skip_empty = true;
	return schedule_create(invocation->store, &request, store_new_id(invocation->arena), "system", invocation->now,
	                       invocation->arena, NULL, err);
}

static bool is_untouched(const struct invocation *invocation, struct error *err) {
	struct sync_run *runs;
	struct partner *known;
	int run_count, partner_count;
	if (!demo_is_account(invocation->settings))
		return error_set(err, ERROR_INVALID, "this is not the demo account: a real one gets no invented history");
	if (!sync_recent(invocation->store, RUN_KIND_COUNT, 1, invocation->arena, &runs, &run_count, err) ||
	    !partner_list(invocation->store, invocation->arena, &known, &partner_count, err))
		return false;
	return (run_count == 0 && partner_count == 0) ||
	       error_set(err, ERROR_CONFLICT, "this database has a history of its own: nothing was changed");
}

static bool run_history(struct invocation *invocation, struct error *err) {
	int days = (int)invocation_number(invocation, "days", DAYS);
	if (!is_untouched(invocation, err) || !replay_and_return(invocation, days, err) ||
	    !make_partners(invocation, err) || !make_schedule(invocation, err))
		return false;
	struct value *map = value_map(invocation->arena);
	value_put_int(map, "days", days);
	invocation_say(invocation, map,
	               "the demo account has %d days of history, three partners, their reports and a schedule", days);
	return true;
}

static const struct command_option history_options[] = {
	{ "days", OPTION_NUMBER, "N", "how many days (60)", .min = 1, .max = DAYS_MAX },
	{ 0 },
};

const struct command demo_commands[] = {
	{ "demo history",
	  { 0 },
	  history_options,
	  "Gives the demo account a past: daily syncs, three partners, their reports and a schedule.",
	  "deploy/up does so before the first sync. The syncs run at past moments, as which the demo account answers.\n"
	  "Refused for a real account and for a database with syncs or partners.",
	  run_history },
	{ 0 },
};
