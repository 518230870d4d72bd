/* Links that work, that do not, and that lead into our own network, at servers of the test. */
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "core/client/address.h"
#include "preflight/probe.h"
#include "unit/dns_server.h"

/* The web server answers by path; it counts connections. */
struct web {
	pid_t pid;
	int port;
	atomic_int *connections;
};

static void answer(int fd, int port) {
	char head[4000] = "", out[1000] = "";
	ssize_t got = read(fd, head, sizeof head - 1);
	const char *path = got > 0 ? strchr(head, ' ') : NULL;
	bool is_head = strncmp(head, "HEAD", 4) == 0;
	int number = path ? atoi(path + 2) : 0; /* NOLINT: 0 will do */
	if (!path || strncmp(path, " /hangup", 8) == 0)
		return;
	if (strncmp(path, " /to-inside", 11) == 0)
		(void)snprintf(out, sizeof out,
		               "HTTP/1.1 302 Found\r\nLocation: http://inside.example:%d/secret\r\nContent-Length: 0\r\n\r\n",
		               port);
	else if (strncmp(path, " /to-loopback", 13) == 0)
		(void)snprintf(out, sizeof out,
		               "HTTP/1.1 302 Found\r\nLocation: http://0x7f.2:%d/secret\r\nContent-Length: 0\r\n\r\n", port);
	else if (strncmp(path, " /to-metadata", 13) == 0)
		(void)snprintf(out, sizeof out,
		               "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n");
	else if (strncmp(path, " /to-file", 9) == 0)
		(void)snprintf(out, sizeof out,
		               "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
	else if (strncmp(path, " /circle", 8) == 0)
		(void)snprintf(out, sizeof out, "HTTP/1.1 301 Moved\r\nLocation: /circle\r\nContent-Length: 0\r\n\r\n");
	else if (strncmp(path, " /moved", 7) == 0)
		(void)snprintf(out, sizeof out, "HTTP/1.1 308 Moved\r\nLocation: /200?x=1\r\nContent-Length: 0\r\n\r\n");
	else if (strncmp(path, " /no-head", 9) == 0)
		(void)snprintf(out, sizeof out, "HTTP/1.1 %s\r\nContent-Length: %s\r\n\r\n%s", is_head ? "405 No" : "200 OK",
		               is_head ? "0" : "2", is_head ? "" : "ok");
	else if (strncmp(path, " /large", 7) == 0)
		(void)snprintf(out, sizeof out, "HTTP/1.1 %s\r\nContent-Length: 5000000\r\n\r\n%0700d",
		               is_head ? "501 No" : "200 OK", 0);
	else
		(void)snprintf(out, sizeof out, "HTTP/1.1 %d It\r\nContent-Length: 0\r\n\r\n", number);
	(void)!write(fd, out, strlen(out));
	if (strncmp(path, " /large", 7) == 0 && !is_head)
		for (int i = 0; i < 100; i++)
			(void)!write(fd, out, strlen(out));
}

static struct web serve(void) {
	struct web web = { .connections = mmap(NULL, sizeof(atomic_int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		                                   -1, 0) };
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	cr_assert(bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 20) == 0);
	cr_assert(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	web.port = ntohs(address.sin_port);
	web.pid = fork();
	if (web.pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)signal(SIGPIPE, SIG_IGN);
		for (;;) {
			int fd = accept(listener, NULL, NULL);
			atomic_fetch_add(web.connections, 1);
			answer(fd, web.port);
			(void)close(fd);
		}
	}
	(void)close(listener);
	return web;
}

static void stop(struct web *web) {
	(void)kill(web->pid, SIGKILL);
	(void)waitpid(web->pid, NULL, 0);
}

static struct dns_row rows[] = {
	{ "shop.example", ns_t_a, "127.0.0.1", 0, 0 },   /* stands for a public one */
	{ "inside.example", ns_t_a, "127.0.0.2", 0, 0 }, /* what must not be reached */
	{ "both.example", ns_t_a, "127.0.0.1", 0, 0 },
	{ "both.example", ns_t_aaaa, "::1", 0, 0 },
	{ "many.example", ns_t_a, "127.0.0.1", 0, 0 },
	{ "many.example", ns_t_a, "10.0.0.1", 0, 0 },
	{ "alias.example", ns_t_cname, "inside.example", 0, 0 },
	{ "rebinding.example", ns_t_a, "127.0.0.1", DNS_ONLY_FIRST, 0 },
	{ "rebinding.example", ns_t_a, "127.0.0.2", 0, 0 },
	{ "silent.example", ns_t_a, "127.0.0.1", DNS_BREAKS, 0 },
	{ "metadata.example", ns_t_a, "169.254.169.254", 0, 0 },
	{ "mapped.example", ns_t_aaaa, "::ffff:127.0.0.2", 0, 0 },
	{ "empty.example", ns_t_txt, "x", 0, 0 },
};

/* 127.0.0.1 is the world of the test, all else is not to be reached. */
static bool is_world(const struct sockaddr *address) {
	return address->sa_family == AF_INET &&
	       ((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
}

static struct link_fact look(const struct probe_tools *tools, const char *url, struct arena *arena) {
	struct probe *probe = probe_begin(tools, url, arena);
	for (int i = 0; i < 3000 && !probe_is_over(probe); i++) {
		dns_turn(tools->dns, dns_in_flight(tools->dns) ? 10 : 0);
		http_turn(tools->http, http_in_flight(tools->http) ? 10 : 0);
	}
	cr_assert(probe_is_over(probe), "%s", url);
	return *probe_fact(probe);
}

struct wanted {
	const char *url; /* %d: the port */
	enum link_state state;
	int64_t status, redirects;
	int connections;
};

static const struct wanted wanted[] = {
	{ "http://shop.example:%d/200", LINK_WORKS, 200, 0, 1 },
	{ "http://both.example:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://shop.example:%d/moved", LINK_WORKS, 200, 1, 2 },
	{ "http://shop.example:%d/no-head", LINK_WORKS, 200, 0, 2 },
	{ "http://shop.example:%d/large", LINK_WORKS, 200, 0, 2 },
	{ "http://shop.example:%d/404", LINK_IS_GONE, 404, 0, 2 },
	{ "http://shop.example:%d/410", LINK_IS_GONE, 410, 0, 2 },
	{ "http://shop.example:%d/403", LINK_REFUSES, 403, 0, 2 },
	{ "http://shop.example:%d/503", LINK_FAILS, 503, 0, 2 },
	{ "http://shop.example:%d/hangup", LINK_FAILS, COUNT_NONE, 0, 2 },
	{ "http://shop.example:%d/circle", LINK_REDIRECTS_ON, 301, 6, 6 },
	{ "http://nobody.example:%d/200", LINK_HAS_NO_HOST, COUNT_NONE, 0, 0 },
	{ "http://empty.example:%d/200", LINK_HAS_NO_HOST, COUNT_NONE, 0, 0 },
	{ "http://silent.example:%d/200", LINK_FAILS, COUNT_NONE, 0, 0 },
	/* Into our own network. */
	{ "http://127.0.0.2:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://0x7f.1:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://2130706433:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://017700000001:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://[::1]:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://[::ffff:127.0.0.2]:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://169.254.169.254/latest/meta-data", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://inside.example:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://alias.example:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://metadata.example/latest", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://mapped.example:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://many.example:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "http://shop.example:%d/to-inside", LINK_IS_PRIVATE, 302, 1, 1 },
	{ "http://shop.example:%d/to-loopback", LINK_IS_PRIVATE, 302, 1, 1 },
	{ "http://shop.example:%d/to-metadata", LINK_IS_PRIVATE, 302, 1, 1 },
	{ "http://shop.example:%d/to-file", LINK_REDIRECTS_ON, 302, 1, 1 },
	/* Written so that two readers see two hosts. */
	{ "http://shop.example@127.0.0.2:%d/200", LINK_REFUSES, COUNT_NONE, 0, 0 },
	{ "http://127.0.0.2\\@shop.example:%d/200", LINK_REFUSES, COUNT_NONE, 0, 0 },
	{ "http://127.0.0.2#@shop.example:%d/200", LINK_IS_PRIVATE, COUNT_NONE, 0, 0 },
	{ "ftp://shop.example:%d/200", LINK_REDIRECTS_ON, COUNT_NONE, 0, 0 },
	{ "http:///200", LINK_REDIRECTS_ON, COUNT_NONE, 0, 0 },
};

Test(probe, links_are_looked_at_and_none_leads_inside, .timeout = 120) {
	struct dns_server dns = dns_serve(rows, sizeof rows / sizeof *rows);
	struct web web = serve();
	const struct probe_tools tools = { dns_pool_new(dns.servers), http_pool_new("test"), is_world, true };
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		ARENA_AUTO arena = arena_new();
		atomic_store(web.connections, 0);
		const char *url = arena_print(arena, wanted[i].url, web.port);
		struct link_fact fact = look(&tools, url, arena);
		cr_expect(fact.state == wanted[i].state, "%s: %s (%s)", url, choice_name(&link_states, (int)fact.state),
		          fact.problem);
		cr_expect(fact.status == wanted[i].status, "%s: %lld", url, (long long)fact.status);
		cr_expect(fact.redirects == wanted[i].redirects, "%s: %lld", url, (long long)fact.redirects);
		cr_expect(atomic_load(web.connections) == wanted[i].connections, "%s: %d connections", url,
		          atomic_load(web.connections));
	}
	dns_pool_free(tools.dns);
	http_pool_free(tools.http);
	stop(&web);
	dns_stop(&dns);
}

/* The name server answers the first question with a good address and those after it with an inner one. */
Test(probe, rebinding_leads_nowhere, .timeout = 60) {
	ARENA_AUTO arena = arena_new();
	struct dns_server dns = dns_serve(rows, sizeof rows / sizeof *rows);
	struct web web = serve();
	const struct probe_tools tools = { dns_pool_new(dns.servers), http_pool_new("test"), is_world, true };
	const char *url = arena_print(arena, "http://rebinding.example:%d/moved", web.port);
	struct link_fact fact = look(&tools, url, arena);
	cr_expect(fact.state == LINK_IS_PRIVATE && fact.redirects == 1, "%s", choice_name(&link_states, (int)fact.state));
	cr_expect(atomic_load(web.connections) == 1);
	dns_pool_free(tools.dns);
	http_pool_free(tools.http);
	stop(&web);
	dns_stop(&dns);
}

Test(probe, only_ports_of_web_servers_are_knocked_at) {
	struct dns_server dns = dns_serve(rows, sizeof rows / sizeof *rows);
	struct probe_tools tools = { dns_pool_new(dns.servers), http_pool_new("test"), address_is_public, false };
	static const struct {
		const char *url;
		enum link_state state;
	} ports[] = { { "http://shop.example:22/", LINK_REFUSES },     { "http://shop.example:6379/x", LINK_REFUSES },
		          { "http://shop.example:/", LINK_REFUSES },       { "http://[2001:db8::1]:25/", LINK_REFUSES },
		          { "http://shop.example/a:25", LINK_IS_PRIVATE }, { "https://shop.example:443/", LINK_IS_PRIVATE },
		          { "http://shop.example?a:25", LINK_IS_PRIVATE }, { "http://[::1]:8080/", LINK_IS_PRIVATE } };
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		ARENA_AUTO arena = arena_new();
		struct link_fact fact = look(&tools, ports[i].url, arena);
		cr_expect(fact.state == ports[i].state, "%s: %s", ports[i].url, choice_name(&link_states, (int)fact.state));
	}
	dns_pool_free(tools.dns);
	http_pool_free(tools.http);
	dns_stop(&dns);
}
