/* What the page of one list shows of its people; the console adds its campaigns. */
#ifndef AUDIENCE_LISTS_LIST_PROFILE_PAGES_H
#define AUDIENCE_LISTS_LIST_PROFILE_PAGES_H

#include "audience/lists/list.h"
#include "core/http/exchange.h"

/* Adds figures, growth, activity, history, fields and tags, as they were at `as_of` unless it is MOMENT_NONE. */
bool list_put_profile(struct exchange *x, struct value *view, const struct list *list, struct moment as_of,
                      struct error *err) MUST_CHECK;

#endif
