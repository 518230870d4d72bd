/* Does a rule meet a person, and why? Pure; compile.h asks the same of the database. */
#ifndef SEGMENTS_CHECK_H
#define SEGMENTS_CHECK_H

#include "segments/rule.h"

/* facts->deeds must have been read for the campaigns of rule_campaigns. */
bool rule_meets(const struct rule *rule, const struct facts *facts, const struct rule_clock *clock);

/* What a condition on texts asks of one, regardless of negation; NULL: nothing is there. */
bool rule_text_passes(const struct rule *condition, const char *fold);

/* The conditions that decide: of those that must all hold every one, or the ones that do not; of those of which one is
 * enough the ones that hold, or all. */
struct reason {
	const char *path, *words; /* "company is Acme" */
	bool holds;
};

/* struct reason. Empty for ALL. *meets: what rule_meets says. */
struct rows rule_reasons(const struct rule *rule, const struct facts *facts, const struct rule_clock *clock,
                         struct arena *arena, bool *meets);

/* The campaigns whose deeds the rule asks about, each once. */
struct strings rule_campaigns(const struct rule *rule, struct arena *arena);

#endif
