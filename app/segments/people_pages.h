/* The people of segments and rules: pages, counts, and why somebody is among them. */
#ifndef SEGMENTS_PEOPLE_PAGES_H
#define SEGMENTS_PEOPLE_PAGES_H

#include "core/http/exchange.h"
#include "segments/asked_pages.h"

/* view.audience: the counts of `found`, each reason with the address of those people. `query`: as of struct asked. */
void audience_put(struct exchange *x, struct value *view, const struct audience *found, const char *query);

/* view.audience, to be fetched beside the page: nothing is counted yet. */
void audience_put_later(struct exchange *x, struct value *view, const char *query);

extern const struct route people_routes[];

#endif
