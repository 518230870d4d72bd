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
	bool attach, paused;                         /* attach: the file itself instead of a link */
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
	bool attach, paused;
	int64_t fresh_hours;
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
	DELIVERY_STATE_COUNT
};

struct delivery {
	const char *id, *schedule_id, *report_id, *problem;
	unsigned state;
	struct moment due_at, next_try_at, ended_at;
	struct rows recipients; /* struct recipient */
};
extern const struct record_type delivery_record;

/* Pure. Validates the request and fills in the schedule; INVALID names the field. */
bool schedule_of(const struct schedule_request *request, const char *by, struct moment now, struct arena *arena,
                 struct schedule *schedule, struct error *err) MUST_CHECK;

/* Pure. The schedule's period for a report that was due then, in days of its zone; INVALID: it has an unknown name. */
bool schedule_period(const struct schedule *schedule, struct moment due_at, struct report_period *period,
                     struct error *err) MUST_CHECK;

/* `id` must be unused; if the schedule already exists, a repeated request has created it. INVALID: there is no such
 * partner, or SCHEDULES_MAX schedules exist. */
bool schedule_create(struct store *store, const struct schedule_request *request, const char *id, const char *by,
                     struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

/* INVALID: there is no such partner. MISSING; CONFLICT if stale (store_save). */
bool schedule_change(struct store *store, const struct schedule_request *request, const char *id, const char *by,
                     struct moment now, struct arena *arena, struct error *err) MUST_CHECK;
bool schedule_find(struct store *store, const char *id, struct arena *arena, struct schedule *schedule, bool *found,
                   struct error *err) MUST_CHECK;

/* Sorted by name. */
bool schedule_list(struct store *store, struct arena *arena, struct rows *schedules, struct error *err) MUST_CHECK;
/* After a clock was set back, times that it had passed over come again: moves `next_run_at` there. A time whose
 * delivery exists has no second one. */
bool schedule_pull_back(struct store *store, struct moment now, struct error *err) MUST_CHECK;

bool schedule_drop(struct store *store, const char *id, bool *found, struct error *err) MUST_CHECK;

/* The newest deliveries of a schedule, newest first. */
bool delivery_list(struct store *store, const char *schedule_id, int limit, struct arena *arena,
                   struct rows *deliveries, struct error *err) MUST_CHECK;

/* The job "delivery", one per delivery, run step by step. Its plan starts the deliveries of due schedules. Its context
 * is the settings. */
extern const struct job_kind delivery_job;

#endif
