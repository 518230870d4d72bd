/* The buttons of an own campaign, for the page that shows it: views/dispatch/actions.mustache. */
#ifndef COMPOSING_ACTION_VIEW_PAGES_H
#define COMPOSING_ACTION_VIEW_PAGES_H

#include "campaigns/action.h"
#include "composing/composition.h"
#include "core/http/exchange.h"

/* view.actions: what its state allows, each with what it does. `recipients`: how many people it goes to, in words for
 * the button; NULL: not known. `chosen`: the time that was chosen for it, when it begins; MOMENT_NONE: none. `words`:
 * the same if it is more than a moment, else NULL. */
void action_put(struct exchange *x, struct value *view, const char *campaign_id, enum campaign_status status,
                const char *recipients, struct moment chosen, const char *words);

/* "1,234 contacts": how many it goes to now; NULL: counting takes longer than a page waits, or nobody is chosen. */
bool action_recipients(struct exchange *x, const struct composition *composition, const char **people,
                       struct error *err) MUST_CHECK;

#endif
