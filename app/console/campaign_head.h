/* What all pages about one campaign have in common. Private to this folder. */
#ifndef CONSOLE_CAMPAIGN_HEAD_H
#define CONSOLE_CAMPAIGN_HEAD_H

#include "campaigns/campaign.h"
#include "core/http/exchange.h"

enum campaign_tab { TAB_OVERVIEW, TAB_PEOPLE, TAB_LINKS, TAB_HISTORY };

/* Adds what console/campaign_head.mustache shows: name, state, lists, sender, what the provider no longer has, tabs. */
bool campaign_put_head(struct exchange *x, struct value *view, const struct campaign *campaign, struct moment as_of,
                       enum campaign_tab tab, struct error *err) MUST_CHECK;

#endif
