/* The outlook of a draft (composing/outlook.h) with what the database knows: the hours of its people, what is used of
 * the limits, the warm-up of its sender's domain. */
#ifndef COMPOSING_OUTLOOK_READING_H
#define COMPOSING_OUTLOOK_READING_H

#include "composing/headcount.h"
#include "composing/outlook.h"

/* To `recipients`, of those and by the channel that were asked for. How its people are spread over mailbox providers is
 * taken from all contacts. */
bool outlook_read(struct store *store, const struct settings *settings, const struct headcount_query *asked,
                  int64_t recipients, struct arena *arena, struct outlook *outlook, struct error *err) MUST_CHECK;

/* Pure. People spread over mailbox providers as the contacts (struct domain_count) are; the rest are the last one,
 * named
 * "". `out` has room for FORECAST_DESTINATIONS_MAX. Returns how many. */
int outlook_spread(const struct rows *domains, int64_t everybody, int64_t recipients, struct arena *arena,
                   struct forecast_destination *out);

#endif
