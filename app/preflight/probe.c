/* Looking at a link. */
#include "preflight/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/client/address.h"
#include "core/formats/mail.h"
#include "preflight/spam.h"

enum { GET_BYTES = 16 * 1024, URL_MAX = 4000 };

struct probe {
	const struct probe_tools *tools;
	struct arena *arena;
	struct link_fact fact;
	const char *url, *host; /* where it is now */
	const char *address;    /* held to it; NULL: not known yet */
	int pending;            /* look-ups, a call */
	bool is_over, is_get, inside, found, unanswered;
};

static void go(struct probe *probe);

static void end(struct probe *probe, enum link_state state, const char *problem) {
	probe->is_over = true;
	probe->fact.state = state;
	probe->fact.problem = problem;
}

/* Ports on which web servers are: the others of a host are nothing that a mail's link should have us knock at. */
static bool is_web_port(const char *url) {
	static const char *const ports[] = { "80", "443", "8080", "8443" };
	const char *from = strstr(url, "://") + 3, *close;
	size_t size = strcspn(from, "/?#");
	const char *text = from;
	if (*from == '[' && (close = memchr(from, ']', size)))
		text = close;
	const char *colon = memchr(text, ':', size - (size_t)(text - from));
	if (!colon)
		return true;
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
		if (strlen(ports[i]) == (size_t)(from + size - colon - 1) && memcmp(ports[i], colon + 1, strlen(ports[i])) == 0)
			return true;
	return false;
}

static bool may_reach(const struct probe *probe, const char *text) {
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return probe->tools->may_reach((const struct sockaddr *)&v4);
	return inet_pton(AF_INET6, text, &v6.sin6_addr) == 1 && probe->tools->may_reach((const struct sockaddr *)&v6);
}

static enum link_state state_of(int status, int64_t took_ms) {
	if (status == 404 || status == 410)
		return LINK_IS_GONE;
	if (status >= 500)
		return LINK_FAILS;
	if (status >= 400)
		return LINK_REFUSES;
	return took_ms > PROBE_SLOW_MS ? LINK_IS_SLOW : LINK_WORKS;
}

static void turn_to(struct probe *probe, const char *location) {
	if (++probe->fact.redirects > PROBE_REDIRECTS_MAX) {
		end(probe, LINK_REDIRECTS_ON, "it is redirected more than five times");
		return;
	}
	probe->url = arena_copy(probe->arena, location);
	probe->fact.leads_to = probe->url;
	probe->address = NULL;
	probe->is_get = false;
	go(probe);
}

static void call(struct probe *probe);

static void on_answer(void *context, const struct http_answer *answer) {
	struct probe *probe = context;
	/* of a page only its beginning is read */
	int status = answer->status ? answer->status : answer->too_large ? answer->broken_status : 0;
	bool redirected = status >= 300 && status < 400 && answer->location;
	probe->pending--;
	probe->fact.took_ms = (probe->fact.took_ms == COUNT_NONE ? 0 : probe->fact.took_ms) + answer->took_ms;
	probe->fact.status = status ? status : COUNT_NONE;
	if (redirected) {
		turn_to(probe, answer->location);
	} else if (!probe->is_get && (status >= 400 || status == 0) && answer->took_ms < PROBE_TIMEOUT_MS) {
		probe->is_get = true; /* many servers know no HEAD */
		call(probe);
	} else if (status == 0) {
		end(probe, LINK_FAILS, text_clean(probe->arena, answer->problem));
	} else {
		end(probe, state_of(status, answer->took_ms), NULL);
	}
}

static void call(struct probe *probe) {
	const struct http_call call = { .url = probe->url,
		                            .method = probe->is_get ? "GET" : "HEAD",
		                            .accept = "text/html, */*",
		                            .max_bytes = GET_BYTES,
		                            .timeout_ms = PROBE_TIMEOUT_MS,
		                            .done = on_answer,
		                            .context = probe,
		                            .address = probe->address,
		                            .may_connect = probe->tools->may_reach };
	probe->pending++;
	http_start(probe->tools->http, &call);
}

/* Once both kinds of address are known. */
static void resolved(struct probe *probe) {
	if (probe->inside)
		end(probe, LINK_IS_PRIVATE, arena_print(probe->arena, "“%.100s” is in a private network", probe->host));
	else if (probe->address)
		call(probe);
	else if (probe->unanswered)
		end(probe, LINK_FAILS, "no name server answered");
	else
		end(probe, LINK_HAS_NO_HOST, arena_print(probe->arena, "there is no host “%.100s”", probe->host));
}

static void on_addresses(void *context, const struct dns_answer *answer) {
	struct probe *probe = context;
	probe->pending--;
	probe->unanswered = probe->unanswered || answer->result == DNS_FAILED;
	for (int i = 0; i < answer->count; i++) {
		if (!may_reach(probe, answer->records[i].text))
			probe->inside = true;
		else if (!probe->address || !strchr(answer->records[i].text, ':')) /* IPv4 if there is one */
			probe->address = arena_copy(probe->arena, answer->records[i].text);
	}
	if (probe->pending == 0)
		resolved(probe);
}

/* An address instead of a name: only as it is usually written, since each client reads the others in its own way. */
static void go_to_address(struct probe *probe) {
	size_t size = strlen(probe->host);
	probe->address = probe->host[0] == '[' && size > 2 ? arena_copy_bytes(probe->arena, probe->host + 1, size - 2)
	                                                   : probe->host;
	probe->inside = !may_reach(probe, probe->address);
	resolved(probe);
}

static void go(struct probe *probe) {
	struct arena *arena = probe->arena;
	probe->inside = probe->unanswered = false;
	probe->host = link_host(probe->url, arena);
	const char *authority = probe->host ? strstr(probe->url, "://") + 3 : "";
	if (!probe->host || strlen(probe->url) > URL_MAX) {
		end(probe, LINK_REDIRECTS_ON, "it leads to what is no page of the web");
		return;
	}
	if (memchr(authority, '@', strcspn(authority, "/?#"))) {
		end(probe, LINK_REFUSES, "it has a user name in it");
		return;
	}
	if (!probe->tools->any_port && !is_web_port(probe->url)) {
		end(probe, LINK_REFUSES, "its port is not one of web servers, and is not looked at");
		return;
	}
	if (address_is_host(probe->host)) {
		go_to_address(probe);
		return;
	}
	const char *ascii = mail_domain_part(mail_ascii_address(arena_print(arena, "a@%s", probe->host), arena));
	const struct dns_query v4 = { ascii, DNS_A, on_addresses, probe }, v6 = { ascii, DNS_AAAA, on_addresses, probe };
	probe->pending += 2;
	dns_start(probe->tools->dns, &v4);
	dns_start(probe->tools->dns, &v6);
}

struct probe *probe_begin(const struct probe_tools *tools, const char *url, struct arena *arena) {
	struct probe *probe = arena_new_of(arena, struct probe);
	*probe = (struct probe){ .tools = tools, .arena = arena };
	probe->url = arena_copy(arena, url);
	probe->fact = (struct link_fact){ .url = probe->url, .status = COUNT_NONE, .took_ms = COUNT_NONE };
	probe->fact.checked_at = MOMENT_NONE;
	go(probe);
	return probe;
}

bool probe_is_over(const struct probe *probe) {
	return probe->is_over;
}

const struct link_fact *probe_fact(const struct probe *probe) {
	return &probe->fact;
}
