/* Calls to a server that closes connections at the worst moments. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/client/address.h"
#include "core/client/http.h"

/* What the server has seen; shared among its processes. */
struct seen {
	atomic_int reads, writes, connections;
	char last[4096];
	size_t size;
};

enum manner {
	MANNER_KIND,       /* answers every request */
	MANNER_TIRED,      /* answers the first request of a connection, reads the second and hangs up */
	MANNER_RUDE,       /* reads, then hangs up */
	MANNER_STUTTERING, /* hangs up in mid-answer */
	MANNER_MOVED,      /* redirects elsewhere and asks to wait until a date */
};

struct server {
	pid_t pid;
	int port;
	struct seen *seen;
};

/* Reads one request with its body; false at the end of the connection. */
static bool read_request(int fd, struct seen *seen) {
	char text[4096] = "";
	size_t size = 0, wanted = SIZE_MAX;
	while (size < wanted && size < sizeof text - 1) {
		ssize_t got = read(fd, text + size, sizeof text - 1 - size);
		if (got <= 0)
			return false;
		size += (size_t)got;
		text[size] = '\0';
		char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");
		if (end)
			wanted = (size_t)(end + 4 - text) + (length && length < end ? strtoul(length + 15, NULL, 10) : 0);
	}
	memcpy(seen->last, text, size + 1);
	seen->size = size;
	atomic_fetch_add(text_starts(text, "GET") || text_starts(text, "HEAD") ? &seen->reads : &seen->writes, 1);
	return true;
}

static void talk(int fd, enum manner manner, struct seen *seen) {
	static const char answer[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nRetry-After: 7\r\n\r\nok";
	static const char half[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 200\r\n\r\nok";
	static const char moved[] = "HTTP/1.1 308 Moved\r\nLocation: /y?more=1\r\nContent-Length: 2\r\n"
								"Date: Thu, 26 Nov 2026 10:00:00 GMT\r\nRetry-After: Thu, 26 Nov 2026 10:01:30 GMT\r\n"
								"Content-Type: application/json; charset=\"ISO-8859-1\"\r\n\r\nok";
	for (int count = 1; read_request(fd, seen); count++) {
		if (manner == MANNER_RUDE || (manner == MANNER_TIRED && count > 1))
			return;
		const char *text = manner == MANNER_STUTTERING ? half : manner == MANNER_MOVED ? moved : answer;
		size_t head = text_starts(seen->last, "HEAD") ? strlen(text) - 2 : strlen(text);
		if (write(fd, text, head) < 0 || manner == MANNER_STUTTERING)
			return;
	}
}

/* One process per connection, so that a connection kept open blocks nobody. */
static void listen_forever(int listener, enum manner manner, struct seen *seen) {
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		atomic_fetch_add(&seen->connections, 1);
		if (fork() == 0) {
			(void)close(listener);
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			talk(fd, manner, seen);
			_exit(0);
		}
		(void)close(fd);
	}
}

static struct server serve(enum manner manner) {
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	struct server server = { .seen = mmap(NULL, sizeof(struct seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		                                  -1, 0) };
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	cr_assert(bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 10) == 0);
	cr_assert(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	server.port = ntohs(address.sin_port);
	server.pid = fork();
	if (server.pid == 0)
		listen_forever(listener, manner, server.seen);
	(void)close(listener);
	return server;
}

static void stop(struct server *server) {
	(void)kill(server->pid, SIGKILL);
	(void)waitpid(server->pid, NULL, 0);
	(void)munmap(server->seen, sizeof *server->seen);
}

/* Keeps the last answer; its texts are no longer valid. */
static void note(void *context, const struct http_answer *answer) {
	*(struct http_answer *)context = *answer;
}

/* What a test wants to know of an answer's texts, which do not outlive it. */
struct texts {
	char location[100], charset[40];
};

static void note_texts(void *context, const struct http_answer *answer) {
	struct texts *texts = context;
	(void)snprintf(texts->location, sizeof texts->location, "%s", answer->location ? answer->location : "");
	(void)snprintf(texts->charset, sizeof texts->charset, "%s %d %d", answer->charset ? answer->charset : "",
	               answer->status, (int)answer->retry_after);
}

static struct http_answer call_with(struct http_pool *pool, int port, struct http_call call) {
	struct http_answer answer = { .status = -1 };
	char url[64];
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%d/x", port);
	call.url = url;
	call.max_bytes = 1000;
	call.timeout_ms = 5000;
	call.done = note;
	call.context = &answer;
	http_start(pool, &call);
	while (http_in_flight(pool))
		http_turn(pool, 100);
	return answer;
}

#define BODY .body = "{\"to\":\"a\"}", .size = 10, .type = "application/json"

Test(http, a_body_that_must_not_arrive_twice_arrives_once) {
	struct server server = serve(MANNER_TIRED);
	struct http_pool *pool = http_pool_new("test");
	cr_expect_eq(call_with(pool, server.port, (struct http_call){ 0 }).status, 202);
	struct http_answer answer = call_with(pool, server.port, (struct http_call){ BODY });
	cr_expect_eq(answer.status, 202);
	cr_expect_eq(server.seen->writes, 1, "%d arrived", server.seen->writes);
	cr_expect_eq(server.seen->connections, 2);
	http_pool_free(pool);
	stop(&server);
}

/* The reason for the test above: if libcurl ever stops doing this, both can go. */
Test(http, libcurl_sends_a_body_again_on_a_connection_that_died) {
	struct server server = serve(MANNER_TIRED);
	struct http_pool *pool = http_pool_new("test");
	cr_expect_eq(call_with(pool, server.port, (struct http_call){ 0 }).status, 202);
	cr_expect_eq(call_with(pool, server.port, (struct http_call){ BODY, .repeatable = true }).status, 202);
	cr_expect_eq(server.seen->writes, 2, "%d arrived", server.seen->writes);
	http_pool_free(pool);
	stop(&server);
}

Test(http, reads_share_a_connection) {
	struct server server = serve(MANNER_KIND);
	struct http_pool *pool = http_pool_new("test");
	for (int i = 0; i < 3; i++)
		cr_expect_eq(call_with(pool, server.port, (struct http_call){ 0 }).status, 202);
	cr_expect_eq(call_with(pool, server.port, (struct http_call){ BODY, .repeatable = true }).status, 202);
	cr_expect_eq(server.seen->connections, 1);
	cr_expect_eq(call_with(pool, server.port, (struct http_call){ .method = "DELETE" }).status, 202);
	cr_expect_eq(server.seen->connections, 2);
	http_pool_free(pool);
	stop(&server);
}

Test(http, a_failure_tells_whether_the_request_went_out) {
	struct server server = serve(MANNER_RUDE);
	struct http_pool *pool = http_pool_new("test");
	struct http_answer answer = call_with(pool, server.port, (struct http_call){ BODY });
	cr_expect(answer.status == 0 && answer.sent && answer.broken_status == 0);
	cr_expect_eq(server.seen->writes, 1);
	stop(&server);
	answer = call_with(pool, server.port, (struct http_call){ BODY });
	cr_expect(answer.status == 0 && !answer.sent);
	server = serve(MANNER_STUTTERING);
	answer = call_with(pool, server.port, (struct http_call){ BODY });
	cr_expect(answer.status == 0 && answer.sent && answer.broken_status == 202);
	http_pool_free(pool);
	stop(&server);
}

Test(http, method_headers_and_bytes_arrive) {
	static const char body[] = "a\0b\xff";
	static const char *const headers[] = { "X-One: 1", "X-Two: 2", NULL };
	struct server server = serve(MANNER_KIND);
	struct http_pool *pool = http_pool_new("test agent");
	struct http_call call = {
		.method = "PUT", .headers = headers, .bearer = "secret", .type = "text/plain", .body = body, .size = 4
	};
	struct http_answer answer = call_with(pool, server.port, call);
	cr_expect(answer.status == 202 && answer.retry_after == 7 && answer.sent);
	const char *last = server.seen->last;
	static const char *const expected[] = { "X-One: 1\r\n",
		                                    "X-Two: 2\r\n",
		                                    "Authorization: Bearer secret\r\n",
		                                    "Content-Type: text/plain\r\n",
		                                    "Content-Length: 4\r\n",
		                                    "User-Agent: test agent\r\n",
		                                    "Accept: application/json\r\n" };
	cr_expect(text_starts(last, "PUT /x HTTP/1.1\r\n"), "%s", last);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		cr_expect_not_null(strstr(last, expected[i]), "%s lacks %s", last, expected[i]);
	cr_expect_null(strstr(last, "Expect"));
	cr_expect_eq(memcmp(last + server.seen->size - 4, body, 4), 0);
	cr_expect_eq(call_with(pool, server.port, (struct http_call){ .method = "HEAD" }).status, 202);
	http_pool_free(pool);
	stop(&server);
}

/* A redirect is not followed: who called knows where the key may go. */
Test(http, tells_where_a_redirect_leads) {
	struct server server = serve(MANNER_MOVED);
	struct http_pool *pool = http_pool_new("test");
	struct texts texts;
	char url[64], expected[100];
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%d/x", server.port);
	(void)snprintf(expected, sizeof expected, "http://127.0.0.1:%d/y?more=1", server.port);
	http_start(pool, &(struct http_call){ url, "secret", 1000, 5000, note_texts, &texts });
	while (http_in_flight(pool))
		http_turn(pool, 100);
	cr_expect_str_eq(texts.location, expected);
	cr_expect_str_eq(texts.charset, "ISO-8859-1 308 90");
	cr_expect_eq(server.seen->reads, 1);
	http_pool_free(pool);
	stop(&server);
}

static bool to_loopback(const struct sockaddr *address) {
	return address->sa_family == AF_INET &&
	       ((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
}

static struct http_answer call_to(struct http_pool *pool, const char *host, int port, struct http_call call) {
	char url[100];
	struct http_answer answer = { 0 };
	(void)snprintf(url, sizeof url, "http://%s:%d/x", host, port);
	call.url = url, call.max_bytes = 1000, call.timeout_ms = 5000, call.done = note, call.context = &answer;
	http_start(pool, &call);
	while (http_in_flight(pool))
		http_turn(pool, 100);
	return answer;
}

Test(http, a_url_of_somebody_else_leads_only_where_it_may) {
	struct server server = serve(MANNER_KIND);
	struct http_pool *pool = http_pool_new("test");
	static const char *const hosts[] = { "127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]" };
	struct http_answer answer;
	(void)setenv("http_proxy", "http://127.0.0.1:1/", 1);
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		answer = call_to(pool, hosts[i], server.port, (struct http_call){ .may_connect = address_is_public });
		cr_expect(answer.status == 0 && !answer.sent, "%s", hosts[i]);
	}
	cr_expect_eq(server.seen->connections, 0);
	answer = call_to(pool, "shop.example", server.port,
	                 (struct http_call){ .address = "127.0.0.1", .may_connect = to_loopback, .accept = "*/*" });
	cr_expect_eq(answer.status, 202);
	cr_expect_not_null(strstr(server.seen->last, "Host: shop.example"));
	cr_expect_not_null(strstr(server.seen->last, "Accept: */*"));
	/* The name leads nowhere else on the connection that the call before has opened. */
	answer = call_to(pool, "shop.example", server.port,
	                 (struct http_call){ .address = "127.0.0.1", .may_connect = address_is_public });
	cr_expect(answer.status == 0 && !answer.sent);
	answer = call_to(pool, "shop.example", server.port,
	                 (struct http_call){ .address = "::1", .may_connect = to_loopback });
	cr_expect(answer.status == 0 && !answer.sent);
	cr_expect_eq(server.seen->connections, 1);
	http_pool_free(pool);
	stop(&server);
}
