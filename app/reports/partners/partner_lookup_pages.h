/* Finding the partner that a URL names. */
#ifndef REPORTS_PARTNERS_PARTNER_LOOKUP_PAGES_H
#define REPORTS_PARTNERS_PARTNER_LOOKUP_PAGES_H

#include "core/http/exchange.h"
#include "reports/partners/partner.h"

/* The partner in the path. MISSING: there is none. */
bool partner_of_address(struct exchange *x, struct partner *partner, struct error *err) MUST_CHECK;

/* The id of the partner in ?partner=, NULL for none. INVALID: there is none. */
bool partner_of_query(struct exchange *x, const char **id, struct error *err) MUST_CHECK;

/* Adds all partners to the options of a select. `chosen` is the id or name of one, or NULL; *name is then its name. */
bool partner_put_options(struct exchange *x, struct value *options, const char *chosen, const char **name,
                         struct error *err) MUST_CHECK;

#endif
