/* Reports: what a partner gets. A report is asked for, made by telltale-report as a job, kept with its files, and never
 * changed after; a newer one is a new report. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "core/cli/command.h"
#include "core/paper/document.h"
#include "core/store/store.h"

enum report_template { TEMPLATE_CAMPAIGNS, TEMPLATE_LISTS, TEMPLATE_ENGAGEMENT, TEMPLATE_CUSTOM, TEMPLATE_COUNT };
extern const struct choices report_templates;

enum report_state { REPORT_QUEUED, REPORT_RUNNING, REPORT_READY, REPORT_FAILED, REPORT_STATE_COUNT };
extern const struct choices report_states;

/* What the previous period is: the same length before, a year before, or none. */
extern const struct choices report_compares;
enum report_compare { REPORT_PREVIOUS, REPORT_YEAR, REPORT_ALONE, REPORT_COMPARE_COUNT };

struct report_period {
	struct moment from, to; /* [from, to); both absent: all of time */
};

/* What is asked for, as form or JSON. `partner` is an id or a name. In a form the period comes as in addresses
 * (core/formats/period.h). */
struct report_request {
	unsigned template, compare, paper;
	const char *title, *partner, *list, *note;
	struct report_period period;
	struct strings campaigns, blocks; /* ids; keys of report_blocks, for the custom template */
	struct moment as_of;
};
extern const struct record_type report_request_record;

struct report {
	const char *id, *title, *partner_id, *partner, *list, *note, *requested_by, *progress, *problem, *worker, *file_id,
		*sha256, *schedule_id;
	unsigned template, compare, paper, state;
	struct report_period period;
	struct strings campaigns, blocks;
	struct moment as_of, requested_at, started_at, ended_at, lease_until;
	struct moment data_at; /* of the figures */
	int64_t attempts, pages, bytes, csv_bytes, campaign_count;
};
extern const struct record_type report_record;

enum { REPORT_ATTEMPTS = 2, REPORTS_SHOWN = 200 };

/* Pure. INVALID names what is wrong. The partner must have been found already. */
bool report_check(const struct report_request *request, struct error *err) MUST_CHECK;

/* The report that a request asks for, not stored. INVALID: there is no such partner. */
bool report_of(struct store *store, const struct report_request *request, const char *by, struct arena *arena,
               struct report *report, struct error *err) MUST_CHECK;

/* Stores it as a job. *id becomes its id. */
bool report_ask(struct store *store, struct report *report, struct arena *arena, const char **id,
                struct error *err) MUST_CHECK;

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

/* With its files and links. CONFLICT while it is being made. */
bool report_drop(struct store *store, const char *id, struct error *err) MUST_CHECK;

enum report_file { FILE_PDF, FILE_CSV };

/* A ready report's file into `out`. FAULT when a part of it is lost or it is not the one that was made. */
bool report_read_file(struct store *store, const struct report *report, enum report_file file, struct buf *out,
                      struct error *err) MUST_CHECK;

/* A name for the file: "acme-2026-10.pdf". */
char *report_file_name(const struct report *report, enum report_file file, struct arena *arena);

/* Makes the oldest queued report, or one whose worker died. *worked tells whether there was one. */
bool report_turn(struct store *store, const char *worker, bool *worked, struct error *err) MUST_CHECK;

/* As people read them, in the order of the enums. */
extern const char *const report_template_labels[TEMPLATE_COUNT], *const report_compare_labels[REPORT_COMPARE_COUNT],
																	 *const paper_labels[PAPER_COUNT];

/* Adds the options of a form to `view`: name, and in each { key, label, chosen }. */
void report_put_options(struct value *view, const char *name, const struct choices *choices, const char *const *labels,
                        int chosen);

/* The period in words: "1 Oct 2026 – 31 Oct 2026 (UTC)". */
char *report_period_text(const struct report_period *period, struct arena *arena);

/* Pure. "up:KEY" or "down:KEY" changes the places of a block and its neighbour; anything else changes nothing. */
void report_move_block(struct strings *blocks, const char *move);

extern const struct command report_commands[];

#endif
