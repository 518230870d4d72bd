/* One look-up: pools of its own, so that nothing calls back when its arena is gone. */
#include "preflight/looking.h"

#include "core/client/address.h"
#include "preflight/probe.h"
#include "preflight/sender.h"

struct looking {
	struct probe_tools tools;
	struct probe *probe;
	struct sender_search *search;
};

static void close_dns(void *pool) {
	dns_pool_free(pool);
}

static void close_http(void *pool) {
	http_pool_free(pool);
}

static struct looking *begin(const struct settings *settings, struct arena *arena, struct error *err) {
	struct looking *looking = arena_new_of(arena, struct looking);
	*looking = (struct looking){ .tools = { dns_pool_new(settings->dns_servers), NULL, address_is_public, false } };
	if (!looking->tools.dns) {
		(void)error_set(err, ERROR_INVALID, "DNS_SERVERS cannot be read: “%.80s”", settings->dns_servers);
		return NULL;
	}
	looking->tools.http = http_pool_new("Telltale link check");
	arena_defer(arena, close_dns, looking->tools.dns);
	arena_defer(arena, close_http, looking->tools.http);
	return looking;
}

struct looking *looking_begin_link(const char *url, const struct settings *settings, struct arena *arena,
                                   struct error *err) {
	struct looking *looking = begin(settings, arena, err);
	if (looking)
		looking->probe = probe_begin(&looking->tools, url, arena);
	return looking;
}

struct looking *looking_begin_sender(const char *domain, const char *selector, const struct settings *settings,
                                     struct arena *arena, struct error *err) {
	struct looking *looking = begin(settings, arena, err);
	if (looking)
		looking->search = sender_search_begin(looking->tools.dns, domain, selector, arena);
	return looking;
}

const struct link_fact *looking_at_link(struct looking *looking, int ms) {
	if (http_in_flight(looking->tools.http))
		http_turn(looking->tools.http, ms);
	else if (!probe_is_over(looking->probe))
		dns_turn(looking->tools.dns, ms);
	return probe_is_over(looking->probe) ? probe_fact(looking->probe) : NULL;
}

const struct sender_facts *looking_at_sender(struct looking *looking, int ms) {
	if (!sender_search_is_over(looking->search))
		dns_turn(looking->tools.dns, ms);
	return sender_search_is_over(looking->search) ? sender_search_facts(looking->search) : NULL;
}
