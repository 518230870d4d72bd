/* Errors as answers: the only place that maps kinds of errors to statuses. */
#ifndef HTTP_FAILURE_H
#define HTTP_FAILURE_H

#include "core/base/error.h"

struct exchange;

/* HTTP failures that no kind of error represents; set x->failure before returning the error. */
enum failure {
	FAILURE_BY_KIND,
	FAILURE_METHOD, /* 405; x->allow lists the methods of the address */
	FAILURE_KEY,    /* 422: an Idempotency-Key was reused for a different request */
	FAILURE_COUNT,
};

/* Answers with an error, as page or JSON, discarding anything the handler had started. Faults are logged. */
void failure_reply(struct exchange *x, const struct error *err);

/* Shows the form again, using the route's `form`. False: the user cannot correct this in the form, or the page failed
 * (*err then says why); call failure_reply instead. */
bool failure_reply_form(struct exchange *x, struct error *err);

#endif
