/* DNS look-ups by c-ares: many at once in one thread that never blocks on any of them.
 *
 * A pool has one set of servers. dns_start begins a look-up; dns_turn advances all of them and passes finished ones to
 * their callbacks, never from within dns_start. Names are looked up as they stand: no search domains, no /etc/hosts. */
#ifndef CLIENT_DNS_H
#define CLIENT_DNS_H

#include <stdbool.h>

enum dns_type { DNS_A, DNS_AAAA, DNS_MX, DNS_TXT, DNS_TYPE_COUNT };

enum dns_result {
	DNS_FOUND,
	DNS_NONE,    /* the name exists, but has no such record */
	DNS_NO_NAME, /* there is no such name, or it cannot be one */
	DNS_FAILED,  /* no answer, or none that can be read: nothing is known */
};

struct dns_record {
	const char *text; /* A, AAAA: the address; MX: the host, "" if it says that there is none (RFC 7505); TXT: its
	                     strings joined, cut at a NUL */
	int preference;   /* MX */
};

struct dns_answer {
	enum dns_result result;
	const char *problem;              /* of DNS_FAILED, in words; else "" */
	const struct dns_record *records; /* of DNS_FOUND; MX by preference, the others as they came */
	int count;
};

struct dns_query {
	const char *name; /* in ASCII: A-labels */
	enum dns_type type;
	/* Called once; `answer` is valid until it returns. May call dns_start. */
	void (*done)(void *context, const struct dns_answer *answer);
	void *context;
};

struct dns_pool;

/* `servers`: "192.0.2.1,[2001:db8::1]:5353"; NULL or "": the system's. NULL: they cannot be read. Open it in the
 * process that uses it, after fork. */
struct dns_pool *dns_pool_new(const char *servers);
void dns_pool_free(struct dns_pool *pool); /* drops what is in flight without calling back */

void dns_start(struct dns_pool *pool, const struct dns_query *query); /* copies what it needs */
int dns_in_flight(const struct dns_pool *pool);

/* Waits up to `ms` for something to happen, and handles it. */
void dns_turn(struct dns_pool *pool, int ms);

#endif
