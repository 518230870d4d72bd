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

/* Only drafts, with the same errors. */
bool campaign_delete_own(struct store *store, const char *id, struct error *err) MUST_CHECK;

/* What moves an own campaign to another state. */
struct campaign_move {
	enum campaign_event event;
	struct moment at; /* SCHEDULE: the time that was chosen; else now */
	bool is_due;      /* SEND: only of one that is scheduled, and whose time has come by `at` */
};

/* One update with the state before in its filter: of two at once, the second finds the campaign moved. *from, *to (may
 * be NULL): the states before and after. MISSING; CONFLICT, saying why, if it is observed or its state does not allow
 * it. */
bool campaign_move(struct store *store, const char *id, const struct campaign_move *move, enum campaign_status *from,
                   enum campaign_status *to, struct error *err) MUST_CHECK;

/* Pure. CONFLICT for an observed campaign: it is sent and changed where it comes from. */
bool campaign_check_own(const struct campaign *campaign, struct error *err) MUST_CHECK;

#endif
