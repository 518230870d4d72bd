/* Where a webhook leads: an address that somebody typed, so it may lead to no machine inside. Pure. */
#ifndef WEBHOOKS_TARGET_H
#define WEBHOOKS_TARGET_H

#include "core/base/arena.h"

struct sockaddr;

enum { TARGET_URL_MAX = 1000 };

struct target {
	const char *host; /* in small letters; an IPv6 address without its brackets */
	bool is_address;
};

/* https only, a port of web servers (443, or 1024 and above), no user in it, no name or address of a private network.
 * `inside`: the settings allow http, any port, and addresses of this machine and of private networks. INVALID names
 * "url". */
bool target_read(const char *url, bool inside, struct arena *arena, struct target *target,
                 struct error *err) MUST_CHECK;

/* May a connection be opened to this address? What is link-local (a cloud's metadata), multicast and the like: never.
 * target_may_connect as http_call wants it, without `inside` and with it. */
bool target_may_reach(const char *address, bool inside);
bool target_may_connect(const struct sockaddr *address);
bool target_may_connect_inside(const struct sockaddr *address);

#endif
