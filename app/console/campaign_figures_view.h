/* Figures on a campaign's page. Private to this folder. */
#ifndef CONSOLE_CAMPAIGN_FIGURES_VIEW_H
#define CONSOLE_CAMPAIGN_FIGURES_VIEW_H

#include "core/http/exchange.h"
#include "insights/lost.h"

/* Adds stats (Delivered and the rates, beside what is usual for its list), funnel, and what makes them say little:
 * still_collecting, low_volume. `now`: the moment as of which the page shows it. */
void campaign_put_figures(struct exchange *x, struct value *view, const struct campaign *campaign,
                          const struct peers *peers, struct moment now);

/* Adds limits (those that it broke), far (its rate that is far from usual), why, and providers (whom it bounced at).
 * With as_of (else MOMENT_NONE) nothing about people. */
bool campaign_put_why(struct exchange *x, struct value *view, const struct campaign *campaign,
                      const struct peers *peers, struct moment as_of, struct error *err) MUST_CHECK;

#endif
