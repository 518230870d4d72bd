/* A row of a route table: address, guard, input, handler, output. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "core/fields/field.h"

struct exchange;

/* A handler reads x->input and x->values, calls its room, and replies once. If it returns false, nothing was sent and
 * the error becomes the answer. */
typedef bool route_handler(struct exchange *x, struct error *err);

enum { PATH_VALUES = 4, BODY_LIMIT = 1024 * 1024, STRANGERS_BODY_LIMIT = 16 * 1024 };

enum route_guard {
	GUARD_SIGNED_IN, /* session or token; writes need the session's CSRF token or the write scope */
	GUARD_PUBLIC,    /* anybody */
	GUARD_LINK, /* whoever knows the secret in the path, the value ":token", which is never logged. A malformed token is
	               MISSING. No database access before the handler */
	GUARD_HOOK, /* another system, authenticated by its signature over the body: the row's `verify` */
};

enum route_body {
	BODY_PARSED, /* a form, a form with files, or JSON, by content type; in memory */
	BODY_RAW,    /* the exact bytes in x->raw; nothing is parsed */
	BODY_FILE,   /* x->file: the file of a form with files, its other fields in x->form; otherwise the whole body */
};

struct route {
	const char *method;
	const char *path; /* ":name" matches one segment; literal segments take precedence */
	enum route_guard guard;
	route_handler *handle;
	const char *summary;              /* for the OpenAPI document; NULL omits the route */
	const struct record_type *output; /* of JSON */
	const char *shape;                /* of JSON: its members that `output` does not name (shape.h) */
	int status;                       /* on success; 0: 200. Redirects set their own */

	/* Type of x->input, filled before the handler runs: from JSON for /api addresses, else from the form. INVALID
	 * reports all problems. NULL: the handler reads the body itself. */
	const struct record_type *input;
	bool input_optional; /* a missing body counts as an empty object */

	/* For a form: shows it again after its input or handler was refused (INVALID, UNSIGNED, DENIED, CONFLICT, LIMITED).
	 * x->problem and x->problems say what is wrong, x->form holds what was typed. NULL: the failure page. */
	route_handler *form;

	/* A POST that creates or sends something: idempotent under an Idempotency-Key (idempotency.h). */
	bool creates;

	enum route_body body;
	/* For links in mails, which arrive in every state: a malformed token reaches the handler, and a query or body that
	 * cannot be parsed is taken as empty. */
	bool lenient;

	/* In bytes; 0: BODY_LIMIT, or STRANGERS_BODY_LIMIT if anybody may send one, as parsing a body can take long. nginx
	 * refuses more than client_max_body_size (deploy/nginx.conf.in). */
	int64_t body_limit;
	route_handler *verify; /* for GUARD_HOOK: DENIED unless the claimed sender signed x->raw */

	/* as_of= shows a past moment: everything in the answer is as it was known then. A row without this refuses as_of
	 * (INVALID), so that no page shows the present under a past date. */
	bool goes_back;

	bool list;              /* the output is an array of `output` */
	const char *parameters; /* query parameters, comma-separated; as_of follows from goes_back */
	/* The answer depends only on the versions of these realms (core/store/version.h), who asks, the address and the
	 * day: workers may cache it, and JSON and downloads carry an ETag (RFC 9110, 8.8.3). 0: not cached. */
	unsigned realms;
	bool download; /* a file; otherwise anything but JSON is a page with its frame */
};

#endif
