#ifndef REPORTS_PARTNERS_PARTNER_PAGES_H
#define REPORTS_PARTNERS_PARTNER_PAGES_H

#include "core/http/exchange.h"

/* The tabs of one partner's pages: its figures, or what is known about it. */
void partner_put_tabs(struct value *view, const char *id, bool about);

extern const struct route partner_routes[];

#endif
