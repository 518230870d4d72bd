/* Reports: what a partner gets. A report is asked for, made by telltale-report as a job, kept with its files, and never
 * changed after; a newer one is a new report. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "core/store/store.h"
#include "reports/request.h"

enum report_state { REPORT_QUEUED, REPORT_RUNNING, REPORT_READY, REPORT_FAILED, REPORT_STATE_COUNT };
extern const struct choices report_states;

struct report {
	const char *id, *title, *partner_id, *partner, *list, *note, *requested_by, *progress, *problem, *file_id, *sha256,
		*schedule_id;
	unsigned template, compare, paper, state;
	struct report_period period;
	struct strings campaigns, blocks;
	struct moment as_of, requested_at, started_at, ended_at;
	struct moment data_at; /* of the figures */
	int64_t attempts, pages, bytes, csv_bytes, campaign_count;
};
extern const struct record_type report_record;

enum { REPORTS_SHOWN = 200 };
#define REPORT_JOB "report" /* the kind of its job (reports/job.h) */

/* The report that a request asks for, not stored. INVALID: there is no such partner. */
bool report_of(struct store *store, const struct report_request *request, const char *by, struct moment now,
               struct arena *arena, struct report *report, struct error *err) MUST_CHECK;

/* Stores it under its id, a new one where it has none, and asks for the job that makes it; one that is stored already
 * stays as it is. *id becomes its id. */
bool report_ask(struct store *store, struct report *report, struct arena *arena, const char **id,
                struct error *err) MUST_CHECK;
/* The job alone, unless it is there. */
bool report_ask_job(struct store *store, const char *id, struct arena *arena, struct error *err) MUST_CHECK;

/* By "report_" and an id, or by the id. */
bool report_find(struct store *store, const char *id, struct arena *arena, struct report *report, bool *found,
                 struct error *err) MUST_CHECK;
bool report_find_by_digest(struct store *store, const char *sha256, struct arena *arena, struct report *report,
                           bool *found, struct error *err) MUST_CHECK;

/* Newest first. */
bool report_list(struct store *store, int limit, struct arena *arena, struct rows *reports,
                 struct error *err) MUST_CHECK;

/* The newest ready one for the same partner, template and list that was made before this one. */
bool report_find_last(struct store *store, const struct report *report, struct arena *arena, struct report *last,
                      bool *found, struct error *err) MUST_CHECK;

/* The key of the job that makes it. */
const char *report_job_key(const char *id, struct arena *arena);

#endif
