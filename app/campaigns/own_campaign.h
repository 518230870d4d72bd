/* Own campaigns: composed here. They stand beside the observed ones in the same collection, with what a list of
 * campaigns shows of them; what they say and to whom is stored apart (composing/composition.h), since every worker
 * holds all campaigns. No sync finds, marks or counts them: they have no `external`. */
#ifndef CAMPAIGNS_OWN_CAMPAIGN_H
#define CAMPAIGNS_OWN_CAMPAIGN_H

#include "campaigns/campaign.h"

/* A draft; the same request again finds it there. */
bool campaign_create_own(struct store *store, const struct campaign *draft, struct error *err) MUST_CHECK;

/* Writes what a list shows of it: name, subject, sender, lists, chosen time. MISSING: it was deleted; CONFLICT: it is
 * no longer a draft. */
bool campaign_save_own(struct store *store, const struct campaign *draft, struct error *err) MUST_CHECK;

/* The same for a draft that is as it was read, in `before`; else nothing is written. */
bool campaign_catch_up_own(struct store *store, const struct campaign *before, const struct campaign *draft,
                           struct error *err) MUST_CHECK;

/* The subject with which it is sent, which may be its template's. */
bool campaign_note_subject(struct store *store, const struct campaign *campaign, const char *subject,
                           struct error *err) MUST_CHECK;

/* How many are queued, being sent or paused. */
bool campaign_count_under_way(struct store *store, int64_t *count, struct error *err) MUST_CHECK;

/* Pure. Only drafts can be deleted: CONFLICT, saying why not. */
bool campaign_check_deletable(const struct campaign *campaign, struct error *err) MUST_CHECK;

/* Only drafts, with the same errors. */
bool campaign_delete_own(struct store *store, const char *id, struct error *err) MUST_CHECK;

/* Moves it to the state that follows, in one update with the state before in its filter: of two at once, the second
 * finds it moved. CONFLICT, saying why, if the event is not for the state in which it is, or it is observed; MISSING.
 * `now`: when it began to be sent, of CAMPAIGN_SEND. */
struct campaign_move {
	enum campaign_status from, to;
};
bool campaign_move_own(struct store *store, const char *id, enum campaign_event event, struct moment now,
                       struct campaign_move *move, struct error *err) MUST_CHECK;

/* The same for CAMPAIGN_SCHEDULE, at a time that was chosen. */
bool campaign_schedule_own(struct store *store, const char *id, struct moment at, struct campaign_move *move,
                           struct error *err) MUST_CHECK;

/* The same for CAMPAIGN_SEND, if it is scheduled and its time has come: CONFLICT if that was changed meanwhile. */
bool campaign_move_due(struct store *store, const char *id, struct moment now, struct campaign_move *move,
                       struct error *err) MUST_CHECK;

/* As it is stored, not as a worker has it in its cache. MISSING. */
bool campaign_read_status(struct store *store, const char *id, enum campaign_status *status,
                          struct error *err) MUST_CHECK;

/* Pure. CONFLICT for an observed campaign: it is sent and changed where it comes from. */
bool campaign_check_own(const struct campaign *campaign, struct error *err) MUST_CHECK;

#endif
