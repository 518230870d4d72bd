/* What the codes of an own campaign came to, for its results. */
#ifndef CONSOLE_REDEEMED_H
#define CONSOLE_REDEEMED_H

#include "core/http/exchange.h"

/* Adds `redeemed` to the view; null if the campaign has no codes. */
bool redeemed_put(struct exchange *x, struct value *own, const char *campaign_id, struct error *err) MUST_CHECK;

/* The same for programs. */
bool redeemed_answer(struct exchange *x, const char *campaign_id, struct error *err) MUST_CHECK;
#define REDEEMED_SHAPE                                                                                          \
	"targeted:count redeemed:count redemption_rate:number uses:count average_delay_hours:number revenue:count " \
	"currency:text"

#endif
