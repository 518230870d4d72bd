/* Reports for partners. A report is requested, made by telltale-report as a job, stored with its files, and never
 * changed afterwards; a newer one is a new report. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "core/store/store.h"
#include "reports/request.h"

enum report_state { REPORT_QUEUED, REPORT_RUNNING, REPORT_READY, REPORT_FAILED, REPORT_STATE_COUNT };
extern const struct choices report_states;

struct report {
	const char *id, *title, *partner_id, *partner, *list, *note, *requested_by, *progress, *problem, *file_id, *sha256,
		*schedule_id, *organisation, *period_name, *zone; /* see struct report_request */
	const char *check_code; /* printed on its last page: "7KQ4-…", found by report_find_by_code */
	unsigned template, compare, paper, state;
	struct report_period period;
	struct strings campaigns, blocks;
	struct moment as_of, requested_at, started_at, ended_at;
	struct moment data_at;                                                 /* when the figures were read */
	int64_t attempts, pages, bytes, csv_bytes, page_bytes, campaign_count; /* page_bytes: unknown of an older one */
};
extern const struct record_type report_record;

enum { REPORTS_SHOWN = 200 };
#define REPORT_JOB "report" /* kind of its job (reports/job.h) */

/* The report for a request, not stored yet. INVALID: there is no such partner. */
bool report_of(struct store *store, const struct report_request *request, const char *by, struct moment now,
               struct arena *arena, struct report *report, struct error *err) MUST_CHECK;

/* Stores the report under its id, or a new one, and queues its job; a report that is already stored is left alone. *id
 * is set to its id. */
bool report_ask(struct store *store, struct report *report, struct arena *arena, const char **id,
                struct error *err) MUST_CHECK;
/* Queues only the job, unless there is one. */
bool report_ask_job(struct store *store, const char *id, struct arena *arena, struct error *err) MUST_CHECK;

/* Finds a report by "report_" and an id, or by the id alone. */
bool report_find(struct store *store, const char *id, struct arena *arena, struct report *report, bool *found,
                 struct error *err) MUST_CHECK;
bool report_find_by_digest(struct store *store, const char *sha256, struct arena *arena, struct report *report,
                           bool *found, struct error *err) MUST_CHECK;

/* A new check code: 100 random bits as five groups of four characters, without those that look alike; and what was
 * typed, in that form, or NULL if it is none. */
char *report_new_code(struct arena *arena);
char *report_read_code(const char *typed, struct arena *arena);
bool report_find_by_code(struct store *store, const char *code, struct arena *arena, struct report *report, bool *found,
                         struct error *err) MUST_CHECK;

/* Newest first. */
bool report_list(struct store *store, int limit, struct arena *arena, struct rows *reports,
                 struct error *err) MUST_CHECK;

/* Those for a partner, newest first. */
bool report_list_for(struct store *store, const char *partner_id, int limit, struct arena *arena, struct rows *reports,
                     struct error *err) MUST_CHECK;

/* The newest finished report for the same partner, template and list that is older than this one. */
bool report_find_last(struct store *store, const struct report *report, struct arena *arena, struct report *last,
                      bool *found, struct error *err) MUST_CHECK;

/* Key of its job. */
const char *report_job_key(const char *id, struct arena *arena);

#endif
