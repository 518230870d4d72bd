/* Observing: one run at a time reads the provider and appends snapshots.
 *
 * A run is a ledger document with a job (observing/job.h). It is requested (button, command line, schedule), executed
 * by the holder of the job, and resumed by the next one if the holder dies. What is stored is marked with the run, so a
 * resumed run repeats nothing. */
#ifndef OBSERVING_SYNC_H
#define OBSERVING_SYNC_H

#include "campaigns/campaign.h"
#include "core/cli/command.h"
#include "core/fields/field.h"
#include "core/process/settings.h"
#include "core/store/store.h"

enum run_state { RUN_QUEUED, RUN_RUNNING, RUN_COMPLETE, RUN_PARTIAL, RUN_FAILED, RUN_STATE_COUNT };

/* Figures: lists, campaigns, summaries, links. Contacts: people and what they did; longer, in the background. */
enum run_kind { RUN_FIGURES, RUN_CONTACTS, RUN_KIND_COUNT };
extern const struct choices run_kinds;

struct sync_run {
	unsigned kind;
	const char *id, *active, *trigger, *requested_by, *phase, *problem;
	unsigned state;
	int64_t number; /* one more than that of the run before: their order, whatever the clock does */
	struct moment requested_at, started_at, ended_at, progress_at;
	struct moment history_at; /* the newest time that it has given to a snapshot or another part of the history */
	struct moment data_at;    /* when it read its newest figures, or people and what they did */
	int64_t calls, pages, campaigns, lists, planned, done, snapshots, unchanged, skipped, contacts, events, forgotten,
		waited_ms, resumed;
	int64_t remaining;   /* calls left in the provider's bucket, as last reported */
	struct strings plan; /* number of summaries read or skipped, one line per reason */
	struct strings gaps; /* what was not available, and why; the first 100 */
	int64_t gap_count;
	struct strings unreadable; /* values in answers that could not be read; the first 100 */
	int64_t unreadable_count;
	/* Of a contacts run, over all contact reports: people whom the summaries count and no report names, and people whom
	 * a report names without a time. */
	int64_t unnamed, undated;
};
extern const struct record_type sync_run_record;

/* The kinds of the runs' jobs. */
#define FIGURES_JOB "figures"
#define CONTACTS_JOB "contacts"

extern const struct command sync_commands[]; /* telltale sync */

/* Why a campaign's summary is read or skipped. */
enum plan_reason {
	PLAN_NOT_SENT,
	PLAN_DONE,
	PLAN_NEVER_READ,
	PLAN_BY_HAND,
	PLAN_YOUNG,
	PLAN_DUE,
	PLAN_LACKING,
	PLAN_GONE,
	PLAN_LATER,
	PLAN_REASON_COUNT,
};

/* Texts for the ledger: "sent in the last 30 days". */
extern const char *const plan_words[PLAN_REASON_COUNT];

/* Pure. By hand, every sent campaign is read; on schedule, those sent in the last 30 days each time, up to 180 days
 * daily, older ones weekly, and those whose last reading lacked something earlier (campaign_figures_wait). Those that
 * are gone at the provider are not. */
enum plan_reason sync_plan(const struct campaign *campaign, const char *run_id, bool by_hand, struct moment now);

/* Requests a run. *id is the new run's id, or that of the one already queued or running (*already). */
bool sync_request(struct store *store, enum run_kind kind, const char *trigger, const char *by, struct arena *arena,
                  const char **id, bool *already, struct error *err) MUST_CHECK;

/* Finds a run by id; "active" and "contacts" mean the queued or running run of each kind. */
bool sync_find(struct store *store, const char *id, struct arena *arena, struct sync_run *run, bool *found,
               struct error *err) MUST_CHECK;
/* The newest runs of a kind; RUN_KIND_COUNT for both. */
bool sync_recent(struct store *store, enum run_kind kind, int limit, struct arena *arena, struct sync_run **runs,
                 int *count, struct error *err) MUST_CHECK;
/* When the newest figures were read that were known at `as_of`; MOMENT_NONE if the ledger does not tell. */
bool sync_read_before(struct store *store, struct moment as_of, struct moment *at, struct error *err) MUST_CHECK;
/* The newest time in the history; MOMENT_NONE if nothing has been read. */
bool sync_newest_history(struct store *store, struct moment *at, struct error *err) MUST_CHECK;
/* Saves the whole run if its last holder has this fence: *held. */
bool sync_save(struct store *store, const struct sync_run *run, int64_t fence, bool *held,
               struct error *err) MUST_CHECK;

/* Queues the run's job unless there is one. */
bool sync_ask_job(struct store *store, const struct sync_run *run, struct arena *arena, struct error *err) MUST_CHECK;

#endif
