/* HTTP calls over libcurl, many at once, in one thread.
 *
 * A pool keeps connections. http_start begins a call; http_turn moves all of them and hands finished ones
 * to their function, in order of arrival. Redirects are never followed, so a key stays with its host.
 *
 * When a kept connection ends without a byte of an answer, libcurl sends the request again on another one and tells
 * nobody: a POST can so arrive twice. Only GET, HEAD and what is said to be repeatable therefore take a kept
 * connection; everything else opens its own, and arrives once or not at all.
 */
#ifndef CLIENT_HTTP_H
#define CLIENT_HTTP_H

#include "core/base/buf.h"

struct http_pool;

struct http_answer {
	int status;          /* 0: no whole answer; `problem` tells why */
	const char *problem; /* in words, "" when there was an answer */
	const char *body;
	size_t size;
	bool too_large;
	int64_t remaining;   /* X-RateLimiting-Remaining or X-RateLimit-Remaining; -1 when absent */
	int64_t retry_after; /* X-RateLimit-Retry-After or Retry-After, as it came; -1 when absent */
	int64_t took_ms;
	/* Where status is 0: was anything of the request sent, and which status had come before the answer broke off (0:
	 * none)? Not sent: nothing happened. Sent without any status: nobody knows what happened. */
	bool sent;
	int broken_status;
};

struct http_call {
	const char *url;    /* http or https */
	const char *bearer; /* secret; NULL for none */
	size_t max_bytes;
	int timeout_ms;
	/* Called once; `answer` and what it points to live until it returns. */
	void (*done)(void *context, const struct http_answer *answer);
	void *context;

	const char *method;         /* NULL: GET, or POST where there is a body */
	const char *const *headers; /* "Name: value", the last one NULL; NULL: none */
	const char *type;           /* Content-Type of the body */
	const char *body;           /* NULL for none */
	size_t size;
	bool repeatable; /* may arrive twice: a search, or an update that says what is to be in the end */
};

struct http_pool *http_pool_new(const char *user_agent);
void http_pool_free(struct http_pool *pool); /* drops calls in flight without calling them back */

void http_start(struct http_pool *pool, const struct http_call *call); /* copies what it keeps */
int http_in_flight(const struct http_pool *pool);

/* Waits up to `ms` for something to happen, and handles it. */
void http_turn(struct http_pool *pool, int ms);

#endif
