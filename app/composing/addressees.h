/* To whom a composition goes, as a rule. Those on any of its lists, narrowed to its segments and its rule; without
 * lists those of its segments, or whom its rule meets; and the addresses that were typed. Whoever is excluded is left
 * out of all of these. Pure. */
#ifndef COMPOSING_ADDRESSEES_H
#define COMPOSING_ADDRESSEES_H

#include "composing/composition.h"
#include "composing/known.h"
#include "segments/rule.h"

/* *rule is NULL if nobody is chosen. INVALID: a list or rule cannot be read any more. */
bool addressees_rule(const struct composition *composition, const struct composing_known *known, struct moment now,
                     struct arena *arena, const struct rule **rule, struct error *err) MUST_CHECK;

/* The one list that is sent to, which decides who has unsubscribed; NULL if there are none or several. */
const char *addressees_list(const struct composition *composition);

#endif
