/* HTTP client on libcurl: many concurrent calls in one thread.
 *
 * A pool keeps connections open. http_start begins a call; http_turn advances all calls and passes finished ones to
 * their callbacks in order of completion. Redirects are never followed, so a key stays with its host; the answer says
 * where they lead.
 *
 * If a reused connection closes before the first byte of the response, libcurl silently resends the request on another
 * one, so a POST could arrive twice. Therefore only GET, HEAD and calls marked repeatable reuse connections; everything
 * else opens its own and arrives at most once.
 */
#ifndef CLIENT_HTTP_H
#define CLIENT_HTTP_H

#include "core/base/buf.h"
#include "core/base/moment.h"

struct sockaddr;

struct http_pool;

struct http_answer {
	int status;          /* 0: no complete response; `problem` says why */
	const char *problem; /* a message; "" if there was a response */
	const char *body;
	size_t size;
	bool too_large;
	int64_t remaining;   /* X-RateLimiting-Remaining or X-RateLimit-Remaining; -1 if absent */
	int64_t retry_after; /* X-RateLimit-Retry-After or Retry-After, as received; a date as the seconds until then by the
	                        server's own clock; -1 if absent */
	struct moment date;  /* the server's clock: Date, in seconds; MOMENT_NONE if absent or no date */
	int64_t took_ms;
	const char *location; /* of a redirect: the whole URL that it leads to; else NULL */
	const char *charset;  /* of the Content-Type; NULL if it states none */
	/* If status is 0: was any of the request sent, and which status had arrived before the response broke off (0:
	 * none)? Not sent: nothing happened. Sent without a status: the outcome is unknown. */
	bool sent;
	int broken_status;
};

struct http_call {
	const char *url;    /* http or https */
	const char *bearer; /* secret; or NULL */
	size_t max_bytes;
	int timeout_ms;
	/* Called once; `answer` is valid until it returns. */
	void (*done)(void *context, const struct http_answer *answer);
	void *context;

	const char *method;         /* NULL: POST if there is a body, else GET */
	const char *const *headers; /* "Name: value", NULL-terminated; or NULL */
	const char *accept;         /* NULL: JSON */
	const char *type;           /* Content-Type of the body */
	const char *body;           /* or NULL */
	size_t size;
	bool repeatable; /* idempotent: a search, or an update that states the final result */

	/* For a URL that somebody else chose: connects to this address, whatever the name in the URL leads to by now, and
	 * only if `may_connect` agrees (core/client/address.h), on a connection of its own, without proxy. NULL: as usual.
	 */
	const char *address;
	bool (*may_connect)(const struct sockaddr *address);
};

struct http_pool *http_pool_new(const char *user_agent);
void http_pool_free(struct http_pool *pool); /* drops calls in flight without calling back */

void http_start(struct http_pool *pool, const struct http_call *call); /* copies what it needs */
int http_in_flight(const struct http_pool *pool);

/* Waits up to `ms` for activity and handles it. */
void http_turn(struct http_pool *pool, int ms);

#endif
