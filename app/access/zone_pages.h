/* The account's time zone as a setting. */
#ifndef ACCESS_ZONE_PAGES_H
#define ACCESS_ZONE_PAGES_H

#include "core/http/exchange.h"

extern const struct route zone_routes[];

/* Saves x->input, of this type. */
extern const struct record_type zone_record;
bool zone_save(struct exchange *x, struct error *err) MUST_CHECK;

/* The form, and `counting`: how far the stored days are that are counted for it, in words, or null. */
bool zone_put(struct exchange *x, struct value *view, struct error *err) MUST_CHECK;

#endif
