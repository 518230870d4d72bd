/* Lists of one's own on pages. */
#ifndef CONSOLE_LIST_WORDS_H
#define CONSOLE_LIST_WORDS_H

#include "audience/lists/own_list.h"
#include "core/http/exchange.h"

extern const char *const list_type_labels[LIST_TYPE_COUNT]; /* "Dynamic" */
extern const char *const list_type_hints[LIST_TYPE_COUNT];  /* "All contacts that a rule matches, always up to date" */
extern const char *const list_tracking_labels[LIST_TRACKING_COUNT];

/* id, name, type, tags, whether it is active. */
struct value *list_own_view(struct exchange *x, const struct list *list);

#endif
