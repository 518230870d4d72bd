/* Is what a composition says possible? All problems by field, those of an object as "qr.max_usage". A draft may lack
 * things (missing.h); what it has must be right. */
#ifndef COMPOSING_CHECK_H
#define COMPOSING_CHECK_H

#include "composing/composition.h"
#include "composing/known.h"

/* Pure. Puts lists and a template by our ids, segments and addresses into their stored form. INVALID with the first
 * problem. `before`: what it was; a chosen time may have passed since, and its template may have been deleted. */
bool composition_check(struct composition *composition, const struct composing_known *known,
                       const struct composition *before, struct moment now, struct arena *arena,
                       struct problems *problems, struct error *err) MUST_CHECK;

/* Pure. With an account and no content of ours, the provider sends its own template to addresses: all four must be
 * given. */
bool composition_check_account(const struct composition *composition, struct arena *arena, struct problems *problems,
                               struct error *err) MUST_CHECK;

#endif
