/* Actions on own campaigns, as buttons and by API. */
#ifndef DISPATCH_ACTING_PAGES_H
#define DISPATCH_ACTING_PAGES_H

#include "core/http/exchange.h"
#include "dispatch/acting.h"

/* By whoever asks; of a public page nobody. */
struct acting acting_of(const struct exchange *x);

extern const struct route acting_api_routes[], acting_routes[], test_mail_routes[];

#endif
