/* Answers that only a new version of the data changes: kept by the worker, and revalidated by the client. */
#ifndef HTTP_OBSERVED_H
#define HTTP_OBSERVED_H

#include "core/http/exchange.h"

/* 304 for a client that has this answer, the kept answer, or the handler's, which is then kept. */
bool observed_serve(struct exchange *x, struct error *err) MUST_CHECK;

#endif
