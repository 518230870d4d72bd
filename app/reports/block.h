/* The blocks of a report: their names, and the blocks of each template. */
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

/* Names in requests and URLs; labels for display. */
extern const struct choices block_names;
extern const char *const block_labels[BLOCK_COUNT];

enum report_template { TEMPLATE_CAMPAIGNS, TEMPLATE_LISTS, TEMPLATE_ENGAGEMENT, TEMPLATE_CUSTOM, TEMPLATE_COUNT };
extern const struct choices report_templates;

/* Pure. Writes the template's blocks, or those named by `chosen` for the custom template, in order to blocks[]; returns
 * their number. A block may occur twice. Unknown names are ignored. */
int block_list(enum report_template template, const struct strings *chosen, enum block blocks[], int max);

/* Pure. "up:NAME" or "down:NAME" swaps a block with its neighbour; anything else is ignored. */
void block_move(struct strings *names, const char *move);

#endif
