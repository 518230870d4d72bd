/* Blocks and templates of reports. */
#include "reports/block.h"

#include <string.h>

static const char *const names[] = {
	[BLOCK_SUMMARY] = "summary",       [BLOCK_CHANGES] = "changes", [BLOCK_TREND] = "trend",
	[BLOCK_CAMPAIGNS] = "campaigns",   [BLOCK_DETAILS] = "details", [BLOCK_LINKS] = "links",
	[BLOCK_HEATMAP] = "heatmap",       [BLOCK_LISTS] = "lists",     [BLOCK_LIST_GROWTH] = "list_growth",
	[BLOCK_ENGAGEMENT] = "engagement", [BLOCK_DOMAINS] = "domains", [BLOCK_DEFINITIONS] = "definitions",
	[BLOCK_PROVENANCE] = "provenance",
};
_Static_assert(sizeof names / sizeof *names == BLOCK_COUNT, "a name a block");
const struct choices block_names = CHOICES(names);

const char *const block_labels[BLOCK_COUNT] = {
	[BLOCK_SUMMARY] = "Summary with six figures",
	[BLOCK_CHANGES] = "Changes since the last report",
	[BLOCK_TREND] = "Click and open rate by campaign",
	[BLOCK_CAMPAIGNS] = "Table of all campaigns",
	[BLOCK_DETAILS] = "Each campaign in detail",
	[BLOCK_LINKS] = "Links clicked most",
	[BLOCK_HEATMAP] = "Best time to send",
	[BLOCK_LISTS] = "Lists: size and change",
	[BLOCK_LIST_GROWTH] = "List growth",
	[BLOCK_ENGAGEMENT] = "Opens and clicks by list",
	[BLOCK_DOMAINS] = "Mailbox providers",
	[BLOCK_DEFINITIONS] = "Definitions",
	[BLOCK_PROVENANCE] = "Where the figures come from",
};

static const char *const template_names[] = {
	[TEMPLATE_CAMPAIGNS] = "campaign_summary",
	[TEMPLATE_LISTS] = "list_performance",
	[TEMPLATE_ENGAGEMENT] = "engagement_analysis",
	[TEMPLATE_CUSTOM] = "custom",
};
_Static_assert(sizeof template_names / sizeof *template_names == TEMPLATE_COUNT, "a name a template");
const struct choices report_templates = CHOICES(template_names);

enum { TEMPLATE_BLOCKS = 12 };
static const struct template_row {
	enum block blocks[TEMPLATE_BLOCKS];
	int count;
} templates[TEMPLATE_COUNT] = {
	[TEMPLATE_CAMPAIGNS] = { { BLOCK_SUMMARY, BLOCK_TREND, BLOCK_CAMPAIGNS, BLOCK_CHANGES, BLOCK_DETAILS, BLOCK_LINKS,
	                           BLOCK_DEFINITIONS, BLOCK_PROVENANCE },
	                         8 },
	[TEMPLATE_LISTS] = { { BLOCK_SUMMARY, BLOCK_LISTS, BLOCK_LIST_GROWTH, BLOCK_ENGAGEMENT, BLOCK_DOMAINS,
	                       BLOCK_CAMPAIGNS, BLOCK_DEFINITIONS, BLOCK_PROVENANCE },
	                     8 },
	[TEMPLATE_ENGAGEMENT] = { { BLOCK_SUMMARY, BLOCK_TREND, BLOCK_HEATMAP, BLOCK_LINKS, BLOCK_ENGAGEMENT, BLOCK_DOMAINS,
	                            BLOCK_CAMPAIGNS, BLOCK_DEFINITIONS, BLOCK_PROVENANCE },
	                          9 },
};

int block_list(enum report_template template, const struct strings *chosen, enum block blocks[], int max) {
	const struct template_row *row = &templates[template];
	int count = 0, block;
	if (template != TEMPLATE_CUSTOM) {
		for (; count < row->count && count < max; count++)
			blocks[count] = row->blocks[count];
		return count;
	}
	for (int i = 0; i < chosen->count && count < max; i++)
		if (choice_find(&block_names, chosen->items[i], &block))
			blocks[count++] = (enum block)block;
	return count;
}

void block_move(struct strings *names_chosen, const char *move) {
	const char *name = move ? strchr(move, ':') : NULL;
	int step = name && text_starts(move, "up:") ? -1 : name && text_starts(move, "down:") ? 1 : 0;
	for (int i = 0; step && i < names_chosen->count; i++) {
		if (strcmp(names_chosen->items[i], name + 1) != 0)
			continue;
		int other = i + step;
		if (other < 0 || other >= names_chosen->count)
			return;
		const char *moved = names_chosen->items[i];
		names_chosen->items[i] = names_chosen->items[other];
		names_chosen->items[other] = moved;
		return;
	}
}
