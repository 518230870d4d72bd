/* A request as it comes in: its head first, its body only when the route is known. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "core/base/arena.h"

struct exchange;

/* Where it comes from: FastCGI, or memory in tests. */
struct request_source {
	/* The variable of CGI (RFC 3875) of that name, like REQUEST_METHOD or HTTP_COOKIE; NULL where there is none. */
	const char *(*variable)(void *context, const char *name);
	/* The next `size` bytes of the body; fewer at its end, -1 when it broke off. */
	int (*read)(void *context, char *into, int size);
	void *context;
};

/* Method, path, cookies, headers. INVALID without method or path; x is then fit for a failure page. */
bool request_read_head(struct exchange *x, struct error *err) MUST_CHECK;

/* The query and, unless the method is GET or HEAD, the body as the route wants it: into x->form, x->uploads and
 * x->json, x->raw or x->file. TOO_LARGE above the route's limit. A body that is not whole leaves no trace: INVALID. */
bool request_read_body(struct exchange *x, struct error *err) MUST_CHECK;

/* A header by its name, like "X-Twilio-Signature"; NULL when it is absent or empty. */
const char *request_header(const struct exchange *x, const char *name);

#endif
