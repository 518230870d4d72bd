/* Composing by request, from a form or from JSON: shared by the pages of this folder; private to it. */
#ifndef COMPOSING_REQUEST_PAGES_H
#define COMPOSING_REQUEST_PAGES_H

#include "composing/draft.h"
#include "composing/known.h"
#include "core/http/exchange.h"

/* An own campaign before anything was said of it. */
struct composition composing_fresh(struct exchange *x, const char *id);

/* The composition after the request. `request`, `given`: as in composition.h. */
bool composing_say(struct exchange *x, const struct composition *before, const struct composition *request,
                   const struct strings *given, struct composition *after, struct error *err) MUST_CHECK;

/* The draft in the path. */
bool composing_need(struct exchange *x, struct draft *draft, struct error *err) MUST_CHECK;

/* Saves what was said of the draft in the path, which *before holds then. Without `rev` it is said of whatever is
 * there; with an older one: CONFLICT, answered with what is stored (exchange_stale). */
bool composing_change(struct exchange *x, const struct composition *request, const struct strings *given,
                      struct draft *before, struct error *err) MUST_CHECK;

/* Copies the campaign in the path; *id is the new draft's. */
bool composing_duplicate(struct exchange *x, const char **id, struct error *err) MUST_CHECK;

#endif
