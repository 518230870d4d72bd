/* Conditions that exclude each other, so that nobody can meet both. */
#ifndef SEGMENTS_CONTRADICT_H
#define SEGMENTS_CONTRADICT_H

#include "segments/rule.h"

/* Pure. Looks at conditions that must all hold: texts that are two things at once, days and numbers without a common
 * value, lists and tags that are wanted and not wanted. Each remark stands at the later condition and names both. Not
 * every contradiction is found; what is found is one. */
void rule_contradictions(const struct rule *rule, const struct rule_clock *clock, struct arena *arena,
                         struct remarks *remarks);

#endif
