/* Saved segments: pages, forms and API. */
#ifndef SEGMENTS_SEGMENT_PAGES_H
#define SEGMENTS_SEGMENT_PAGES_H

#include "core/http/exchange.h"
#include "segments/rule.h"

/* For views/segments/preview: what the rule means, what is odd about it, and how many it finds. */
bool rule_preview_put(struct exchange *x, struct value *view, const char *text, const struct rule_names *names,
                      struct error *err) MUST_CHECK;

extern const struct route segment_routes[];

#endif
