/* Which values that a campaign writes its people lack. */
#ifndef COMPOSING_LACKING_H
#define COMPOSING_LACKING_H

#include "composing/wording.h"
#include "preflight/facts.h"
#include "segments/people.h"

/* Of the people of a rule, within patience_ms for all of them; what was not counted to the end is told of the first
 * people (looked < of). `emptiest`: rendered for somebody of whom nothing is known, so a value within a condition that
 * asks for it is none that is lacked. */
bool lacking_count(struct store *store, const struct wording *wording, const struct rule_names *names,
                   const struct people_query *query, struct arena *arena, struct audience_facts *facts,
                   struct error *err) MUST_CHECK;

/* Pure. What a source writes for a missing value, {{name|default:"there"}}; NULL: nothing. */
const char *lacking_default(const char *source, const char *name, struct arena *arena);

#endif
