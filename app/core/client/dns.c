/* DNS look-ups on c-ares. */
#define CARES_NO_DEPRECATED /* its successor of ares_query is not in all releases that we build on */
#include "core/client/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

enum { TRY_MS = 2000, TRIES = 3, RECORDS_MAX = 200, NAME_MAX_BYTES = 253 };

struct lookup {
	struct dns_pool *pool;
	struct dns_query query;
	struct arena *arena;
	struct dns_answer answer;
	bool over;
	struct lookup *next;
};

struct dns_pool {
	ares_channel channel;
	struct lookup *first, **last; /* in the order in which they began */
	int in_flight, over;
};

struct dns_pool *dns_pool_new(const char *servers) {
	struct dns_pool *pool = calloc(1, sizeof *pool);
	struct ares_options options = { .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS,
		                            .timeout = TRY_MS,
		                            .tries = TRIES,
		                            .ednspsz = 1232 };
	const int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ;
	if (!pool || ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
	    ares_init_options(&pool->channel, &options, given) != ARES_SUCCESS)
		abort();
	pool->last = &pool->first;
	if (servers && *servers && ares_set_servers_ports_csv(pool->channel, servers) != ARES_SUCCESS) {
		dns_pool_free(pool);
		return NULL;
	}
	return pool;
}

static void lookup_free(struct lookup *lookup) {
	arena_free(lookup->arena);
	free(lookup);
}

void dns_pool_free(struct dns_pool *pool) {
	if (!pool)
		return;
	ares_destroy(pool->channel); /* ends what is in flight: `finished` is called for each */
	while (pool->first) {
		struct lookup *lookup = pool->first;
		pool->first = lookup->next;
		lookup_free(lookup);
	}
	free(pool);
	ares_library_cleanup();
}

static struct dns_record *records_new(struct lookup *lookup) {
	return arena_array(lookup->arena, struct dns_record, RECORDS_MAX);
}

static int read_a(struct lookup *lookup, const unsigned char *bytes, int size, struct dns_record *records) {
	struct ares_addrttl found[RECORDS_MAX];
	int count = RECORDS_MAX, status = ares_parse_a_reply(bytes, size, NULL, found, &count);
	for (int i = 0; status == ARES_SUCCESS && i < count; i++) {
		char text[INET6_ADDRSTRLEN];
		records[i].text = arena_copy(lookup->arena, inet_ntop(AF_INET, &found[i].ipaddr, text, sizeof text));
	}
	lookup->answer.count = count;
	return status;
}

static int read_aaaa(struct lookup *lookup, const unsigned char *bytes, int size, struct dns_record *records) {
	struct ares_addr6ttl found[RECORDS_MAX];
	int count = RECORDS_MAX, status = ares_parse_aaaa_reply(bytes, size, NULL, found, &count);
	for (int i = 0; status == ARES_SUCCESS && i < count; i++) {
		char text[INET6_ADDRSTRLEN];
		records[i].text = arena_copy(lookup->arena, inet_ntop(AF_INET6, &found[i].ip6addr, text, sizeof text));
	}
	lookup->answer.count = count;
	return status;
}

static int by_preference(const void *a, const void *b) {
	const struct dns_record *one = a, *two = b;
	return one->preference != two->preference ? one->preference - two->preference : strcmp(one->text, two->text);
}

static int read_mx(struct lookup *lookup, const unsigned char *bytes, int size, struct dns_record *records) {
	struct ares_mx_reply *found = NULL;
	int status = ares_parse_mx_reply(bytes, size, &found), count = 0;
	for (const struct ares_mx_reply *at = found; at && count < RECORDS_MAX; at = at->next) {
		const char *host = strcmp(at->host, ".") == 0 ? "" : at->host;
		records[count++] = (struct dns_record){ arena_copy(lookup->arena, host), at->priority };
	}
	qsort(records, (size_t)count, sizeof *records, by_preference);
	lookup->answer.count = count;
	ares_free_data(found);
	return status;
}

/* A record comes as strings, up to tens of thousands of them. */
static int read_txt(struct lookup *lookup, const unsigned char *bytes, int size, struct dns_record *records) {
	struct ares_txt_ext *found = NULL;
	BUF_AUTO text = { 0 };
	int status = ares_parse_txt_reply_ext(bytes, size, &found), count = 0;
	for (const struct ares_txt_ext *at = found; at && count < RECORDS_MAX; at = at->next) {
		buf_add(&text, (const char *)at->txt, at->length);
		if (at->next && !at->next->record_start)
			continue;
		records[count++].text = arena_copy(lookup->arena, buf_text(&text));
		buf_reset(&text);
	}
	lookup->answer.count = count;
	ares_free_data(found);
	return status;
}

static const struct {
	int type;
	int (*read)(struct lookup *, const unsigned char *, int, struct dns_record *);
} types[DNS_TYPE_COUNT] = {
	[DNS_A] = { ns_t_a, read_a },
	[DNS_AAAA] = { ns_t_aaaa, read_aaaa },
	[DNS_MX] = { ns_t_mx, read_mx },
	[DNS_TXT] = { ns_t_txt, read_txt },
};

static enum dns_result result_of(int status, int count) {
	switch (status) {
	case ARES_SUCCESS:
		return count > 0 ? DNS_FOUND : DNS_NONE;
	case ARES_ENODATA:
		return DNS_NONE;
	case ARES_ENOTFOUND:
	case ARES_EBADNAME:
		return DNS_NO_NAME;
	default:
		return DNS_FAILED;
	}
}

/* c-ares calls it once for each query, at once or while it processes. */
static void finished(void *context, int status, int timeouts, unsigned char *bytes, int size) {
	struct lookup *lookup = context;
	(void)timeouts;
	if (status == ARES_SUCCESS) {
		struct dns_record *records = records_new(lookup);
		status = types[lookup->query.type].read(lookup, bytes, size, records);
		lookup->answer.records = records;
	}
	lookup->answer.result = result_of(status, lookup->answer.count);
	lookup->answer.problem = lookup->answer.result == DNS_FAILED ? ares_strerror(status) : "";
	if (lookup->answer.result != DNS_FOUND)
		lookup->answer.count = 0;
	lookup->over = true;
	lookup->pool->over++;
}

/* Labels of up to 63 letters, digits, hyphens and underscores. */
static bool may_be_name(const char *name) {
	size_t size = strlen(name), label = 0;
	if (size == 0 || size > NAME_MAX_BYTES)
		return false;
	for (const char *at = name; *at; at++) {
		if (*at == '.' ? label == 0 : !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *at))
			return false;
		label = *at == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
	}
	return true;
}

void dns_start(struct dns_pool *pool, const struct dns_query *query) {
	struct lookup *lookup = calloc(1, sizeof *lookup);
	if (!lookup)
		abort();
	*lookup = (struct lookup){ .pool = pool, .query = *query, .arena = arena_new() };
	lookup->query.name = arena_copy(lookup->arena, query->name);
	*pool->last = lookup;
	pool->last = &lookup->next;
	pool->in_flight++;
	if (may_be_name(query->name))
		ares_query(pool->channel, lookup->query.name, ns_c_in, types[query->type].type, finished, lookup);
	else
		finished(lookup, ARES_EBADNAME, 0, NULL, 0);
}

int dns_in_flight(const struct dns_pool *pool) {
	return pool->in_flight;
}

static void process(struct dns_pool *pool, int ms) {
	ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
	struct pollfd polled[ARES_GETSOCK_MAXNUM];
	unsigned wanted = (unsigned)ares_getsock(pool->channel, sockets, ARES_GETSOCK_MAXNUM);
	struct timeval limit = { ms / 1000, ms % 1000 * 1000 }, wait = { 0 };
	const struct timeval *until = ares_timeout(pool->channel, &limit, &wait);
	int count = 0;
	for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		/* bits of c-ares's macros, whose shift overflows an int for the last socket */
		short events = (short)((wanted >> i & 1U ? POLLIN : 0) |
		                       (wanted >> (i + ARES_GETSOCK_MAXNUM) & 1U ? POLLOUT : 0));
		if (events)
			polled[count++] = (struct pollfd){ sockets[i], events, 0 };
	}
	(void)poll(polled, (nfds_t)count, (int)(until->tv_sec * 1000 + (until->tv_usec + 999) / 1000));
	for (int i = 0; i < count; i++)
		ares_process_fd(pool->channel,
		                polled[i].revents & (POLLIN | POLLERR | POLLHUP) ? polled[i].fd : ARES_SOCKET_BAD,
		                polled[i].revents & POLLOUT ? polled[i].fd : ARES_SOCKET_BAD);
	ares_process_fd(pool->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* time-outs */
}

/* The first one that is over, out of the pool; NULL: none is. */
static struct lookup *take_over(struct dns_pool *pool) {
	for (struct lookup **at = &pool->first; *at; at = &(*at)->next) {
		struct lookup *lookup = *at;
		if (!lookup->over)
			continue;
		*at = lookup->next;
		if (!*at)
			pool->last = at;
		pool->over--, pool->in_flight--;
		return lookup;
	}
	return NULL;
}

void dns_turn(struct dns_pool *pool, int ms) {
	struct lookup *lookup;
	process(pool, pool->over > 0 || pool->in_flight == 0 ? 0 : ms);
	for (int left = pool->over; left > 0 && (lookup = take_over(pool)); left--) {
		lookup->query.done(lookup->query.context, &lookup->answer);
		lookup_free(lookup);
	}
}
