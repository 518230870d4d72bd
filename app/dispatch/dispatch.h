/* A campaign that is sent: what was frozen when it started. Nothing of it changes afterwards but counts and times, so
 * every mail can be written again as it was. The campaign's own document has its state (campaigns/status.h). */
#ifndef DISPATCH_DISPATCH_H
#define DISPATCH_DISPATCH_H

#include "audience/contacts/mailable.h"
#include "composing/composition.h"

/* Of those who were chosen and are not sent to, how many for which reason (audience/contacts/mailable.h). */
struct left_out {
	int64_t no_address, inactive, suppressed, unsubscribed, pending, unproven, bad_domain, fewer_emails;
};
extern const struct record_type left_out_record;

/* Pure. The count of a reason; `reason` is not MAILABLE. */
int64_t *left_out_of(struct left_out *left_out, enum mailable reason);
void left_out_add(struct left_out *sum, const struct left_out *more);

struct dispatch {
	const char *id;            /* of the campaign */
	struct composition said;   /* the content and settings, as they were when it started */
	struct strings names;      /* what its sources name: in this order a block has the values of each person */
	struct strings types;      /* of these names: a digit each (enum name_type) */
	const char *list_id;       /* the one list that is sent to; NULL: none or several */
	const char *base_list_id;  /* of which that one is a part; NULL: of none */
	const char *zone;          /* of the account when it started; NULL: UTC */
	struct moment own_hour;    /* a wall time: it goes out when everybody's own clock shows it; MOMENT_NONE: at once */
	bool engaged_first;        /* those who clicked or joined lately come first, as a sender's domain is warmed up */
	const char *connection_id; /* what it is sent through; NULL: the mail server of the settings */
	const char *started_by;    /* user; NULL: its time had come */
	struct moment started_at;
	/* Once all recipients are written down; COUNT_NONE and MOMENT_NONE before. */
	int64_t total, blocks;
	struct moment frozen_at;
	struct left_out left_out;
	struct moment ended_at; /* when nobody was left to be sent to */
	int64_t rate;           /* mails a minute now; COUNT_NONE: as `said` has it */
	struct moment held_at;  /* when it was paused by itself (dispatch/guard.h); MOMENT_NONE: never */
	int64_t words;          /* counts what was said to it since (pause, resume …) */
};
extern const struct record_type dispatch_record;

/* Pure. The zone of those of whom none is known; NULL: UTC. */
const char *dispatch_usual_zone(const struct dispatch *dispatch);
/* Pure. When its codes cannot be redeemed any more (codes/code.h). */
struct moment dispatch_codes_expire(const struct dispatch *dispatch);
/* Pure. Their last day by the calendar of its zone: "2026-12-26". Returns out. */
const char *dispatch_codes_last_day(const struct dispatch *dispatch, char out[MOMENT_TEXT]);

/* *found false: it was never started. */
bool dispatch_find(struct store *store, const char *campaign_id, struct arena *arena, struct dispatch *dispatch,
                   bool *found, struct error *err) MUST_CHECK;
bool dispatch_need(struct store *store, const char *campaign_id, struct arena *arena, struct dispatch *dispatch,
                   struct error *err) MUST_CHECK; /* MISSING */

/* The same without `said`, which is large: for what is asked often. */
bool dispatch_need_counts(struct store *store, const char *campaign_id, struct arena *arena, struct dispatch *dispatch,
                          struct error *err) MUST_CHECK;

/* Starts a draft or a scheduled campaign: freezes what it says, makes it queued and asks for its recipients to be
 * written down. The answer does not wait for that. `by`: the user; NULL: its time had come. CONFLICT: its state does
 * not allow it. INVALID, with the field: something is missing or wrong in it. A second call finds it started:
 * CONFLICT. */
bool dispatch_start(struct store *store, const char *campaign_id, const char *by, struct moment now,
                    struct arena *arena, struct error *err) MUST_CHECK;

/* What would be frozen of a draft if it were started now; nothing is stored. */
bool dispatch_read_draft(struct store *store, const char *campaign_id, struct arena *arena, struct dispatch *dispatch,
                         struct error *err) MUST_CHECK;

/* Only for the job that freezes. */
bool dispatch_create(struct store *store, const struct dispatch *dispatch, struct error *err) MUST_CHECK;
bool dispatch_note_frozen(struct store *store, const struct dispatch *dispatch, struct error *err) MUST_CHECK;
/* It is paused by itself. *is_first: it never was before. */
bool dispatch_note_held(struct store *store, const char *campaign_id, struct moment now, bool *is_first,
                        struct error *err) MUST_CHECK;
/* From now on so many a minute. */
bool dispatch_note_rate(struct store *store, const char *campaign_id, int64_t rate, struct error *err) MUST_CHECK;
bool dispatch_note_ended(struct store *store, const char *campaign_id, struct moment now, struct error *err) MUST_CHECK;

#endif
