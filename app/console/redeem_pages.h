/* Redeeming codes at a till, and the page that shows a code to the one to whom it was sent. */
#ifndef CONSOLE_REDEEM_PAGES_H
#define CONSOLE_REDEEM_PAGES_H

#include "core/http/route.h"

extern const struct route redeem_routes[];
extern const struct route code_routes[];

#endif
