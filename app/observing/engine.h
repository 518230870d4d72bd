/* The engine of a run: a queue of calls with rate limiting, retries, progress and handling of database outages. The
 * calls and the handling of their answers are rows of struct task_kind (figures_run.c, contacts_run.c). */
#ifndef OBSERVING_ENGINE_H
#define OBSERVING_ENGINE_H

#include <glib.h>

#include "core/client/http.h"
#include "core/jobs/jobs.h"
#include "core/store/rate_limit.h"
#include "observing/emailoctopus.h"
#include "observing/sync.h"

struct work;
struct task;

struct task_kind {
	const char *what; /* as in the list of gaps: "summary of" */
	/* Appends the URL after the base, without the cursor. */
	void (*url)(const struct task *task, struct buf *url);
	/* Stores a good answer. False with INVALID if it does not have the documented shape; the call is then retried. */
	bool (*take)(struct work *work, struct task *task, const struct http_answer *answer, struct error *err);
	/* The API says that it does not have it: true if that settles the call and is no gap. Or NULL: it is a gap. */
	bool (*gone)(struct work *work, const struct task *task);
	/* Additional action when the call is given up; or NULL. */
	void (*give_up)(struct work *work, const struct task *task, const char *why);
	bool counts; /* included in the run's planned and done */
	bool dates;  /* the run's data is as of its answers */
	/* Raw answers are stored (observing/raw.h) under this word; NULL: not stored. */
	const char *kept_as;
	/* Pure. Is it readable, with something new in it? */
	bool (*is_news)(const struct task *task, const struct http_answer *answer);
	/* Pure. Will the same answer say something else later? Or NULL: never. */
	bool (*passes)(const struct task *task, const struct http_answer *answer);
};

extern const struct task_kind summary_kind, links_kind, events_kind;

struct task {
	const struct task_kind *kind;
	struct work *work;
	const char *id;                  /* our id of the campaign or list */
	struct external external;        /* the provider's id of it */
	const char *cursor;              /* of the page */
	const char *url;                 /* where a redirect or paging.next leads, instead of the kind's URL; or NULL */
	const char *mark;                /* cursor or URL of an earlier page: if it comes again, the pages go in circles */
	const struct campaign *campaign; /* for a summary and for events: as it was when the call was planned */
	const char *word;                /* for contacts: the status; for events: the report */
	struct moment since;             /* for contacts: changes since then; for events: when the campaign was sent */
	int64_t counter;                 /* the provider's own count of the rows, where it tells one; for events: the one
	                                    that prompted the call */
	int rows;                        /* on the pages before */
	void *about;                     /* for the kind's use, on every page */
	bool *incomplete;                /* if not NULL: set when any page of what this reads had a gap */
	int pages, tries, slow_downs, hops;
	int64_t not_before;
	struct task *next;
};

struct work {
	struct store *store;
	const struct settings *settings;
	struct http_pool *pool;
	struct arena *arena; /* freed after the run */
	struct job_run *job;
	const char *connection_id; /* connection to the provider */
	struct sync_run run;
	struct rate_limit limit;
	struct task *ready, **last;
	struct moment taken_at;    /* the database's time when this process took the run, */
	int64_t taken_ms;          /* and the monotonic clock then */
	struct moment answered_at; /* arrival of the answer being processed, after everything in the history */
	int64_t ahead_ms;          /* how far the history is ahead of the clock, because that was set back */
	struct moment provider_at; /* the provider's clock at its first answer to this process */
	bool repeated;             /* the same answer was processed before: nothing new to store */
	struct moment listed_at;   /* arrival of the newest answer of a kind that does not date */
	int tokens;
	int64_t limit_closed_until, last_progress, last_look;
	int64_t outage_since; /* of the outage that was told last */
	bool replays;         /* replaying raw answers: engagement is computed once, at the end */
	bool counts_late;     /* so does the first contacts run, for which each page would count everybody again */
	bool stop, lost;      /* lost: another process or a later turn continues the run */
};

/* The time by the database's clock, because a run may be resumed on a machine whose own clock differs. */
struct moment work_now(const struct work *work);

/* Adds a task to the end of the queue. A task that counts is added to the run's plan. */
struct task *work_add(struct work *work, const struct task_kind *kind);

/* Queues the next page of the same task, if there is one. False, with a gap, if it cannot be asked for, the pages
 * repeat themselves, or there are too many. */
bool work_next_page(struct work *work, const struct task *task, const struct following *next);

/* Is this the last page? */
bool work_is_last(const struct following *next);

/* Pure. *cut: this page is said to be the last one although that contradicts the provider's own count of the rows:
 * there was none at all, or fewer although the page is as full as was asked for (`limit`). Then false, with INVALID, so
 * that it is asked for again; but what came at the last try is taken, as it may be all that there is. */
bool work_has_all(const struct task *task, int rows, int limit, const struct following *next, bool *cut,
                  struct error *err) MUST_CHECK;

/* A gap that says so; task->rows includes this page's. */
void work_gap_cut(struct work *work, const struct task *task);

/* Pure. Is the call given up if its answer cannot be taken? */
bool work_is_last_try(const struct task *task);

/* Executes the run from where it stands. Sets work->lost if it is to be resumed, by anybody; otherwise the run has
 * ended, possibly as failed.
 */
void work_carry_out(struct work *work);
void work_give_up(struct work *work, const char *why);

/* Renews the lease during work without calls. */
void work_beat(struct work *work);

void work_gap(struct work *work, const struct task *task, const char *why);

/* A gap if a page had rows that could not be read. */
void work_gap_rows(struct work *work, const struct task *task, int unread);

/* Drops the rows (of `size` bytes, with struct external at `external`) that came before under the same id, on this page
 * or, as `seen` holds their ids (NULL: only this page counts), an earlier one: the first counts, which the ledger says.
 * Returns how many are left. */
int work_drop_repeats(struct work *work, const struct task *task, struct rows rows, size_t size, size_t external,
                      GHashTable *seen);

/* Names values that could not be read in the ledger; the rest of the answer was read, so they are no gap. */
void work_unreadable(struct work *work, const struct task *task, const struct unreadable *unreadable);

/* Works until the queue is empty or the run stops. */
void work_drain(struct work *work);

/* Saves the ledger and bumps the data version. */
void work_save(struct work *work);
void work_bump(struct work *work);

/* Handles a storage error: returns true to retry after a pause if the database is away and the run may wait for it;
 * else stops the run. */
bool work_outlasts(struct work *work, const struct error *err, int64_t since);

/* Retries a storage expression while the database is away; stops the run if it fails for good. */
#define STORED(work, err, expression)                      \
	({                                                     \
		int64_t since_ = monotonic_ms();                   \
		bool fine_ = (expression);                         \
		while (!fine_ && work_outlasts(work, err, since_)) \
			fine_ = (expression);                          \
		fine_;                                             \
	})

/* The phases of the two kinds of runs. */
void figures_phases(struct work *work);
void contacts_phases(struct work *work);

#endif
