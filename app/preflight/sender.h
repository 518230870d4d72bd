/* Looking up what the DNS says of a sender's domain; never blocks. The caller turns the pool until it is over. */
#ifndef PREFLIGHT_SENDER_H
#define PREFLIGHT_SENDER_H

#include "core/client/dns.h"
#include "preflight/facts.h"

struct sender_search;

/* `domain` in ASCII. `selector`: of DKIM; NULL or "": none is known, and DKIM is not asked for. */
struct sender_search *sender_search_begin(struct dns_pool *pool, const char *domain, const char *selector,
                                          struct arena *arena);
bool sender_search_is_over(const struct sender_search *search);

/* When it is over; checked_at and fence are the caller's. */
const struct sender_facts *sender_search_facts(struct sender_search *search);

#endif
