/* Errors as answers: the one place where a kind of error becomes a status. */
#ifndef HTTP_FAILURE_H
#define HTTP_FAILURE_H

#include "core/base/error.h"

struct exchange;

/* Failures of HTTP itself, which no kind of error stands for; set in x->failure before the error is returned. */
enum failure {
	FAILURE_BY_KIND,
	FAILURE_METHOD, /* 405; x->allow says what the address allows */
	FAILURE_KEY,    /* 422: an Idempotency-Key came again with another request */
	FAILURE_COUNT,
};

/* Answers for an error, as page or JSON; what the handler had begun to answer is dropped. Faults are logged. */
void failure_reply(struct exchange *x, const struct error *err);

/* Shows the form again, by the route's own page. False: the failure is none that a person mends in the form, or the
 * page failed (*err is then why); failure_reply is to answer. */
bool failure_reply_form(struct exchange *x, struct error *err);

#endif
