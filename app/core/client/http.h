/* HTTP calls over libcurl, many at once, in one thread.
 *
 * A pool keeps connections. http_start begins a call; http_turn moves all of them and hands finished ones
 * to their function, in order of arrival. Redirects are never followed, so a key stays with its host.
 */
#ifndef CLIENT_HTTP_H
#define CLIENT_HTTP_H

#include "core/base/buf.h"

struct http_pool;

struct http_answer {
	int status;          /* 0: no answer; `problem` tells why */
	const char *problem; /* in words, "" when there was an answer */
	const char *body;
	size_t size;
	bool too_large;
	int64_t remaining;   /* X-RateLimiting-Remaining or X-RateLimit-Remaining; -1 when absent */
	int64_t retry_after; /* X-RateLimit-Retry-After or Retry-After, as it came; -1 when absent */
	int64_t took_ms;
};

struct http_call {
	const char *url;    /* http or https */
	const char *bearer; /* secret; NULL for none */
	size_t max_bytes;
	int timeout_ms;
	/* Called once; `answer` and what it points to live until it returns. */
	void (*done)(void *context, const struct http_answer *answer);
	void *context;
};

struct http_pool *http_pool_new(const char *user_agent);
void http_pool_free(struct http_pool *pool); /* drops calls in flight without calling them back */

void http_start(struct http_pool *pool, const struct http_call *call); /* copies what it keeps */
int http_in_flight(const struct http_pool *pool);

/* Waits up to `ms` for something to happen, and handles it. */
void http_turn(struct http_pool *pool, int ms);

#endif
