/* The checklist for whoever begins: what is done is computed from what is stored. */
#ifndef CONSOLE_FIRST_STEPS_H
#define CONSOLE_FIRST_STEPS_H

#include "core/http/exchange.h"

/* Adds "steps": { done, words, width, items { number, title, detail, is_done, address, action, starts } }; null if all
 * are done, or if this browser has hidden them and `may_hide`. */
bool first_steps_put(struct exchange *x, struct value *view, bool may_hide, struct error *err) MUST_CHECK;

extern const struct route first_steps_routes[];

#endif
