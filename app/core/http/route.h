/* A row of a route table: an address, who may ask, what comes in, who answers, what goes out. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "core/fields/field.h"

struct exchange;

/* A handler reads x->input and x->values, calls its room, and replies once. When it returns false, nothing was sent
 * and the error is the answer. */
typedef bool route_handler(struct exchange *x, struct error *err);

enum { PATH_VALUES = 4, BODY_LIMIT = 1024 * 1024 };

enum route_guard {
	GUARD_SIGNED_IN, /* session or token; writes need the session's CSRF token or a write scope */
	GUARD_PUBLIC,    /* anybody */
	GUARD_LINK,      /* whoever has the secret in the path, its value ":token"; it stands in no log. A token that has
	                  * not the form of one is MISSING. Nothing is read from the database on the way to the handler */
	GUARD_HOOK,      /* another system, by its signature over the body: the row's `verify` */
};

enum route_body {
	BODY_PARSED, /* a form, a form with files, or JSON, by its type; all of it in memory */
	BODY_RAW,    /* the exact bytes in x->raw; nothing is parsed */
	BODY_FILE,   /* x->file: the file of a form with files, whose other fields are in x->form; or else the whole body */
};

struct route {
	const char *method;
	const char *path; /* ":name" stands for one segment; a literal segment is preferred to it */
	enum route_guard guard;
	route_handler *handle;
	const char *summary;              /* for the OpenAPI document; NULL keeps a page out of it */
	const struct record_type *output; /* of JSON, NULL for free form */
	int status;                       /* of success; 0: 200. A redirect has its own */

	/* x->input is filled with this record before the handler runs: of an /api address from JSON, else from the form.
	 * With all that is wrong the answer is INVALID. NULL: the handler reads what came by itself. */
	const struct record_type *input;
	bool input_optional; /* no body at all stands for an empty object */

	/* Of a form: shows it again when its input or its handler was refused (INVALID, UNSIGNED, DENIED, CONFLICT,
	 * LIMITED). x->problem and x->problems say what is wrong, x->form what was typed. NULL: the failure page. */
	route_handler *form;

	/* A POST that makes or sends something: with an Idempotency-Key it does so once (idempotency.h). */
	bool creates;

	enum route_body body;
	int64_t body_limit;    /* bytes; 0: BODY_LIMIT. Above client_max_body_size of deploy/nginx.conf.in nothing comes */
	route_handler *verify; /* of a GUARD_HOOK: DENIED unless x->raw is signed by whom it says */

	bool list;              /* the output is an array of `output` */
	const char *parameters; /* query parameters, comma-separated */
	/* The answer is a function of the versions of these realms (core/store/version.h), who asks, the address and the
	 * day: a worker may keep it, and JSON and downloads carry an ETag (RFC 9110, 8.8.3). 0: it is made each time. */
	unsigned realms;
	bool download; /* a file; else what is not JSON is a page with its frame */
};

#endif
