/* Drafts: a campaign and its composition, written together. The composition is written first; of a draft whose writer
 * died in between, the list of campaigns shows what it was before, until somebody looks at the draft. */
#ifndef COMPOSING_DRAFT_H
#define COMPOSING_DRAFT_H

#include "campaigns/own_campaign.h"
#include "composing/composition.h"

struct draft {
	struct campaign campaign;
	struct composition composition;
};

/* MISSING; CONFLICT for an observed campaign. Makes up for a save that was interrupted. */
bool draft_find(struct store *store, const char *id, struct arena *arena, struct draft *draft,
                struct error *err) MUST_CHECK;

bool draft_create(struct store *store, const struct composition *composition, const char *by, struct moment now,
                  struct error *err) MUST_CHECK;

/* CONFLICT: no draft any more, or saved by somebody else meanwhile (store_is_stale). */
bool draft_save(struct store *store, const struct campaign *campaign, const struct composition *composition,
                struct error *err) MUST_CHECK;

/* Pure. CONFLICT: no draft any more. */
bool draft_check_editable(const struct campaign *campaign, struct error *err) MUST_CHECK;

bool draft_delete(struct store *store, const char *id, struct error *err) MUST_CHECK;

/* Pure. A copy to begin another draft with: the same but for id, name ("Copy of …") and chosen time. */
struct composition draft_copy(const struct composition *of, const char *id, struct arena *arena);

#endif
