/* The blocks that a report is made of: their names, and which template has which. */
#ifndef REPORTS_BLOCK_H
#define REPORTS_BLOCK_H

#include "core/base/choice.h"
#include "core/base/text.h"

enum block {
	BLOCK_SUMMARY,
	BLOCK_CHANGES,
	BLOCK_TREND,
	BLOCK_CAMPAIGNS,
	BLOCK_DETAILS,
	BLOCK_LINKS,
	BLOCK_HEATMAP,
	BLOCK_LISTS,
	BLOCK_LIST_GROWTH,
	BLOCK_ENGAGEMENT,
	BLOCK_DOMAINS,
	BLOCK_DEFINITIONS,
	BLOCK_PROVENANCE,
	BLOCK_COUNT,
};

/* As requests and addresses name them; as people read them. */
extern const struct choices block_names;
extern const char *const block_labels[BLOCK_COUNT];

enum report_template { TEMPLATE_CAMPAIGNS, TEMPLATE_LISTS, TEMPLATE_ENGAGEMENT, TEMPLATE_CUSTOM, TEMPLATE_COUNT };
extern const struct choices report_templates;

/* Pure. The blocks of a template, or those that `chosen` names where it is the custom one, in their order, into
 * blocks[]; how many. A block may stand twice. Names that are none are passed over. */
int block_list(enum report_template template, const struct strings *chosen, enum block blocks[], int max);

/* Pure. "up:NAME" or "down:NAME" changes the places of a block and its neighbour; anything else changes nothing. */
void block_move(struct strings *names, const char *move);

#endif
