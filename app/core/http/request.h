/* Reading a request: first the head, then, once the route is known, the body. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "core/base/arena.h"

struct exchange;

/* The source of a request: FastCGI, or memory in tests. */
struct request_source {
	/* A CGI variable (RFC 3875) such as REQUEST_METHOD or HTTP_COOKIE; NULL if absent. */
	const char *(*variable)(void *context, const char *name);
	/* Reads the next `size` bytes of the body; fewer at its end, -1 if the connection broke. */
	int (*read)(void *context, char *into, int size);
	void *context;
};

/* Reads method, path, cookies and headers. INVALID without method or path; x is then still usable for a failure
 * page. */
bool request_read_head(struct exchange *x, struct error *err) MUST_CHECK;

/* Reads the query and, unless the method is GET or HEAD, the body as the route wants it: into x->form, x->uploads and
 * x->json, x->raw or x->file. TOO_LARGE above the route's limit. An incomplete body is discarded: INVALID. */
bool request_read_body(struct exchange *x, struct error *err) MUST_CHECK;

/* A header by name, such as "X-Twilio-Signature"; NULL if absent or empty. */
const char *request_header(const struct exchange *x, const char *name);

#endif
