/* Scheduled reports. When a schedule is due, a delivery is stored (one per schedule and time), then the next time is
 * computed, so runs missed while nothing was running happen once. A delivery waits for fresh figures, has its report
 * made, and mails each recipient once (reports/recipient.h). */
#ifndef REPORTS_SCHEDULE_H
#define REPORTS_SCHEDULE_H

#include "core/jobs/jobs.h"
#include "core/process/settings.h"
#include "reports/recipient.h"
#include "reports/report.h"

enum { SCHEDULES_MAX = 200, RECIPIENTS_MAX = 50, FRESH_HOURS = 24 };

/* A request, from a form or JSON. */
struct schedule_request {
	const char *name, *cron, *zone, *recipients; /* recipients: addresses separated by commas or white space */
	struct strings addresses;                    /* or as a list */
	unsigned every, weekday;                     /* without a cron expression: the words of core/base/cron_words.h */
	const char *day, *time;                      /* "1" to "28" or "last"; "08:00" */
	bool attach, paused, skip_empty;             /* attach: the file itself instead of a link */
	int64_t fresh_hours;
	unsigned template, compare, paper;
	const char *title, *partner, *list, *note, *period; /* period: a name as in URLs */
	struct strings blocks;
	int64_t rev; /* the revision shown in the form; absent: overwrite whatever is stored */
};
extern const struct record_type schedule_request_record;

struct schedule {
	const char *id, *name, *cron, *zone;
	struct strings addresses;
	bool attach, paused, skip_empty; /* skip_empty: no report if nothing was sent in its period */
	int64_t fresh_hours;             /* 0: however old the figures are */
	unsigned template, compare, paper;
	const char *title, *partner, *list, *note, *period;
	struct strings blocks;
	struct moment next_run_at, created_at;
	const char *created_by;
	int64_t rev;
};
extern const struct record_type schedule_record;

enum delivery_state {
	DELIVERY_WAITING,
	DELIVERY_MAKING,
	DELIVERY_SENDING,
	DELIVERY_SENT,
	DELIVERY_FAILED,
	DELIVERY_SKIPPED, /* nothing was sent in its period */
	DELIVERY_STATE_COUNT
};

enum delivery_cause { CAUSE_DUE, CAUSE_ASKED, CAUSE_TEST, DELIVERY_CAUSE_COUNT };

struct delivery {
	const char *id, *schedule_id, *report_id, *problem;
	const char *asked_by; /* NULL if it was due */
	unsigned state, cause;
	struct moment due_at, next_try_at, ended_at;
	struct rows recipients; /* struct recipient */
};
extern const struct record_type delivery_record;

/* Pure. Validates the request and fills in the schedule; INVALID is the first problem, all are added to `problems`
 * (NULL: not wanted). */
bool schedule_of(const struct schedule_request *request, const char *by, struct moment now, struct arena *arena,
                 struct schedule *schedule, struct problems *problems, struct error *err) MUST_CHECK;

/* Pure. "Every month on the 1st at 08:00 in Berlin (CET)"; "At times of its own in Berlin (CET)" if a cron expression
 * says what these words cannot. The zone's clock is that of `at`. */
char *schedule_words(const struct schedule *schedule, struct moment at, struct arena *arena);

/* Pure. "ACME Energy monthly": the name of a schedule that was given none. `partner`: its name, or NULL. */
char *schedule_proposed_name(const struct schedule *schedule, const char *partner, struct arena *arena);

/* Pure. The first runs after `now`; MOMENT_NONE where there are no more, or without a cron expression. */
void schedule_next_runs(const struct schedule *schedule, struct moment now, struct moment *runs, int count);

/* Pure. The schedule's period for a report that was due then, in days of its zone; INVALID: it has an unknown name. */
bool schedule_period(const struct schedule *schedule, struct moment due_at, struct report_period *period,
                     struct error *err) MUST_CHECK;

/* `id` must be unused; if the schedule already exists, a repeated request has created it. INVALID: there is no such
 * partner, or SCHEDULES_MAX schedules exist. */
bool schedule_create(struct store *store, const struct schedule_request *request, const char *id, const char *by,
                     struct moment now, struct arena *arena, struct problems *problems, struct error *err) MUST_CHECK;

/* INVALID: there is no such partner. MISSING; CONFLICT if stale (store_save). */
bool schedule_change(struct store *store, const struct schedule_request *request, const char *id, const char *by,
                     struct moment now, struct arena *arena, struct problems *problems, struct error *err) MUST_CHECK;

/* Stops or starts it; its next run is then the first after `now`. MISSING. */
bool schedule_pause(struct store *store, const char *id, bool paused, struct moment now, struct arena *arena,
                    struct error *err) MUST_CHECK;
bool schedule_find(struct store *store, const char *id, struct arena *arena, struct schedule *schedule, bool *found,
                   struct error *err) MUST_CHECK;

/* Sorted by name. */
bool schedule_list(struct store *store, struct arena *arena, struct rows *schedules, struct error *err) MUST_CHECK;
/* After a clock was set back, times that it had passed over come again: moves `next_run_at` there. A time whose
 * delivery exists has no second one. */
bool schedule_pull_back(struct store *store, struct moment now, struct error *err) MUST_CHECK;

bool schedule_drop(struct store *store, const char *id, bool *found, struct error *err) MUST_CHECK;

/* A delivery that was asked for: to all recipients or, as a test, to one address (INVALID names field "test_to" if it
 * is none). `id` must be unused; if the delivery exists, a repeated request has asked for it. */
struct delivery_request {
	const char *id, *by, *test_to; /* test_to: NULL for all recipients */
};
bool delivery_ask(struct store *store, const struct schedule *schedule, const struct delivery_request *request,
                  struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* The report for a run that was due then, not stored. */
bool delivery_report(struct store *store, const struct schedule *schedule, const struct settings *settings,
                     struct moment due_at, struct moment now, struct arena *arena, struct report *report,
                     struct error *err) MUST_CHECK;

/* The newest deliveries of a schedule, newest first. */
bool delivery_list(struct store *store, const char *schedule_id, int limit, struct arena *arena,
                   struct rows *deliveries, struct error *err) MUST_CHECK;

/* The job "delivery", one per delivery, run step by step. Its plan starts the deliveries of due schedules. Its context
 * is the settings. */
extern const struct job_kind delivery_job;

#endif
