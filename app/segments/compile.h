/* Rules as filters over `contacts`. */
#ifndef SEGMENTS_COMPILE_H
#define SEGMENTS_COMPILE_H

#include "segments/rule.h"

struct compiled_rule {
	const struct rule *rule;
	const struct filter *filter; /* matches everybody whom the rule meets */
	bool decides;     /* and nobody else; otherwise rule_meets must be asked, with the deeds in the campaigns */
	const char *lead; /* the stored member whose index finds them; NULL: everybody is read */
	struct strings campaign_ids; /* whose deeds rule_meets needs (facts_read_deeds) */
};

/* Pure; what is made lives in the arena. Filters with days hold until the day ends in the clock's zone. */
void rule_compile(const struct rule *rule, const struct rule_clock *clock, struct arena *arena,
                  struct compiled_rule *compiled);

#endif
