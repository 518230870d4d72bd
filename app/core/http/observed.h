/* Answers that change only with the version of the data: cached by the worker, revalidated by the client. */
#ifndef HTTP_OBSERVED_H
#define HTTP_OBSERVED_H

#include "core/http/exchange.h"

/* Answers 304 if the client has this answer; else with the cached answer, or with the handler's, which is then
 * cached. */
bool observed_serve(struct exchange *x, struct error *err) MUST_CHECK;

#endif
