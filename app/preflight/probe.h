/* Does a link lead somewhere? Asked of its server, by HEAD and if that is refused by GET; never blocks.
 *
 * The link is what somebody has typed, and may lead into our own network. So its name is resolved here, every address
 * must be one that anybody may reach, and the call is held to the address that was looked at (core/client/http.h):
 * neither a second answer of the DNS nor a redirect leads elsewhere. Each redirect is looked at in the same way. */
#ifndef PREFLIGHT_PROBE_H
#define PREFLIGHT_PROBE_H

#include "core/client/dns.h"
#include "core/client/http.h"
#include "preflight/facts.h"

enum { PROBE_TIMEOUT_MS = 10000, PROBE_SLOW_MS = 3000, PROBE_REDIRECTS_MAX = 5 };

struct probe_tools {
	struct dns_pool *dns;
	struct http_pool *http;
	bool (*may_reach)(const struct sockaddr *address); /* address_is_public, but in tests */
	bool any_port;                                     /* else only those of web servers */
};

struct probe;

/* `tools` must outlive it. */
struct probe *probe_begin(const struct probe_tools *tools, const char *url, struct arena *arena);
bool probe_is_over(const struct probe *probe);

/* When it is over; checked_at and fence are the caller's. */
const struct link_fact *probe_fact(const struct probe *probe);

#endif
