/* The pixel of a mail and its links. */
#ifndef ANSWERING_TRACKING_PAGES_H
#define ANSWERING_TRACKING_PAGES_H

#include "core/http/exchange.h"

extern const struct route tracking_routes[];

/* What is kept of whoever asks. */
struct visitor;
struct visitor exchange_visitor(struct exchange *x);

#endif
