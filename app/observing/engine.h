/* The engine of a run: a queue of calls, a rate limit before them, retries, progress, and the outage of the database.
 * What is called and what becomes of an answer stands in rows of struct task_kind (figures_run.c, contacts_run.c). */
#ifndef OBSERVING_ENGINE_H
#define OBSERVING_ENGINE_H

#include "core/client/http.h"
#include "core/jobs/jobs.h"
#include "core/store/rate_limit.h"
#include "observing/sync.h"

struct work;
struct task;

struct task_kind {
	const char *what; /* in the list of gaps: "summary of" */
	/* The address behind the base, without the cursor. */
	void (*url)(const struct task *task, struct buf *url);
	/* Stores a good answer. False with INVALID when it has not the documented shape: it is asked for again. */
	bool (*take)(struct work *work, struct task *task, const struct http_answer *answer, struct error *err);
	/* More to do when the call is given up; NULL for nothing. */
	void (*give_up)(struct work *work, const struct task *task, const char *why);
	bool counts; /* in the run's planned and done */
	/* Good answers are kept as they came (observing/raw.h) under this word; NULL: they are not. */
	const char *kept_as;
	/* Pure: can it be read, and does it tell something new? */
	bool (*is_news)(const struct task *task, const struct http_answer *answer);
};

extern const struct task_kind summary_kind, links_kind, events_kind;

struct task {
	const struct task_kind *kind;
	struct work *work;
	const char *id;                  /* of a campaign or list */
	struct external external;        /* what the provider calls it */
	const char *cursor;              /* of the page */
	const struct campaign *campaign; /* of a summary */
	const char *word;                /* of contacts: the status; of events: the report */
	struct moment since;             /* of contacts: changes from then on; of events: when the campaign was sent */
	int64_t counter;                 /* the summary's count that made the call worth it */
	int pages, tries, slow_downs;
	int64_t not_before;
	struct task *next;
};

struct work {
	struct store *store;
	const struct settings *settings;
	struct http_pool *pool;
	struct arena *arena; /* lives as long as the run */
	struct job_run *job;
	const char *connection_id; /* through which the figures are read */
	struct sync_run run;
	struct rate_limit limit;
	struct task *ready, **last;
	struct moment taken_at;    /* the database's clock when this process took the run, */
	int64_t taken_ms;          /* and the monotonic one */
	struct moment answered_at; /* when the answer came that is being taken */
	bool repeated;             /* the very same answer was taken before: nothing new to store */
	bool has_read;             /* an answer was taken since the version was raised */
	int tokens;
	int64_t limit_closed_until, last_progress, last_look;
	bool replays;    /* kept answers are taken: people are computed once, at the end */
	bool stop, lost; /* lost: another process or a later turn goes on with the run */
};

/* The time by the database's clock: a run may be gone on with on a machine whose own clock is another. */
struct moment work_now(const struct work *work);

/* At the end of the queue. A task that counts is added to the run's plan. */
struct task *work_add(struct work *work, const struct task_kind *kind);

/* The next page of the same task; *false, and a gap, when the cursor repeats or there are too many. */
bool work_next_page(struct work *work, const struct task *task, const char *cursor);

/* Carries out the run from where it stands; work->lost when it is to be gone on with, by whomever. Or ends it as
 * failed.
 */
void work_carry_out(struct work *work);
void work_give_up(struct work *work, const char *why);

/* Keeps the lease during work that makes no calls. */
void work_beat(struct work *work);

void work_gap(struct work *work, const struct task *task, const char *why);

/* Until nothing is left to do or the run stops. */
void work_drain(struct work *work);

/* Saves the ledger; raises the version of the data. */
void work_save(struct work *work);
void work_bump(struct work *work);

/* True to try again after a pause: the database is away and the run may wait for it. Else stops the run. */
bool work_outlasts(struct work *work, const struct error *err, int64_t since);

/* Repeats a storing expression while the database is away; stops the run when it fails for good. */
#define STORED(work, err, expression)                      \
	({                                                     \
		int64_t since_ = monotonic_ms();                   \
		bool fine_ = (expression);                         \
		while (!fine_ && work_outlasts(work, err, since_)) \
			fine_ = (expression);                          \
		fine_;                                             \
	})

/* The phases of the two kinds of run. */
void figures_phases(struct work *work);
void contacts_phases(struct work *work);

#endif
