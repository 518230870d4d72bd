/* A server that does not answer is not waited for by each request. */
#include <criterion/criterion.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/store.h"

enum { PATIENCE_MS = 1000 };

static struct store *open_store(int patience_ms) {
	struct error err;
	struct store *store = store_open("mongodb://127.0.0.1:1/", "none", "test", patience_ms, &err);
	cr_assert_not_null(store, "%s", err.text);
	return store;
}

/* How long an operation takes, which must fail. */
static int64_t ask(struct store *store) {
	struct error err = ERROR_INIT;
	int64_t began = monotonic_ms(), count;
	cr_expect(!store_count(store, "things", &everything, &count, &err) && err.kind == ERROR_UNAVAILABLE, "%s",
	          err.text);
	return monotonic_ms() - began;
}

Test(outage, only_the_first_request_waits) {
	struct store *store = open_store(PATIENCE_MS);
	cr_expect_geq(ask(store), 400);
	for (int i = 0; i < 10; i++) {
		store_renew(store);
		cr_expect_lt(ask(store), 20, "a request waits during an outage");
	}
	store_close(store);
}

Test(outage, after_half_a_second_one_tries_for_a_moment) {
	struct store *store = open_store(PATIENCE_MS);
	struct error err = ERROR_INIT;
	(void)ask(store);
	(void)usleep(550000);
	store_renew(store);
	cr_expect_lt(ask(store), 200, "refused at once: there is nothing to wait for");
	cr_expect(!store_ping(store, &err) && strstr(err.notes[0], "a moment ago"), "%s", err.text);
	store_close(store);
}

static int unix_socket(const char *path, int (*use)(int, const struct sockaddr *, socklen_t)) {
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	cr_assert_eq(use(fd, (const struct sockaddr *)&address, sizeof address), 0, "%s", path);
	return fd;
}

static bool pass_on(int from, int to) {
	char bytes[16384];
	ssize_t got = read(from, bytes, sizeof bytes);
	return got > 0 && write(to, bytes, (size_t)got) == got;
}

static void carry(int client, int server) {
	struct pollfd both[] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
	while (poll(both, 2, -1) > 0)
		for (int i = 0; i < 2; i++)
			if (both[i].revents && !pass_on(both[i].fd, both[1 - i].fd))
				return;
}

/* Stands between the driver and the server: a process group, each connection a process of it. */
static pid_t start_relay(int listener, const char *server) {
	pid_t relay = fork();
	if (relay != 0)
		return relay;
	(void)setpgid(0, 0);
	(void)signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int client = accept(listener, NULL, NULL);
		if (client >= 0 && fork() == 0) {
			carry(client, unix_socket(server, connect));
			_exit(0);
		}
		(void)close(client);
	}
}

/* NULL: the tests' server listens on no socket of this machine. To be freed. */
static char *server_socket(void) {
	const char *uri = getenv("TEST_STORE_URI");
	g_autofree char *host = uri && g_str_has_prefix(uri, "mongodb://%2F") ? g_strdup(uri + strlen("mongodb://")) : NULL;
	return host ? g_uri_unescape_string(g_strdelimit(host, "/?", '\0'), NULL) : NULL;
}

/* old: libmongoc 1.23 waited for a lock of its own for ever if a scan of a server that it knew, due after a minute,
 * found the socket gone. */
Test(outage, a_server_that_left_since_the_last_scan_is_not_waited_for, .timeout = 30) {
	enum { SCAN_MS = 500 };
	g_autofree char *server = server_socket(), *path = g_strdup_printf("/tmp/tt-relay-%d.sock", (int)getpid());
	if (!server)
		cr_skip_test("TEST_STORE_URI names no socket");
	g_autofree char *name = g_uri_escape_string(path, NULL, FALSE);
	g_autofree char *uri = g_strdup_printf("mongodb://%s/?heartbeatFrequencyMS=%d", name, SCAN_MS);
	int listener = unix_socket(path, bind);
	cr_assert_eq(listen(listener, 8), 0);
	pid_t relay = start_relay(listener, server);
	struct error err = ERROR_INIT;
	struct store *store = store_open(uri, "none", "test", PATIENCE_MS, &err);
	cr_expect(store_ping(store, &err), "%s", err.text);
	(void)unlink(path);
	(void)killpg(relay, SIGKILL);
	(void)waitpid(relay, NULL, 0);
	(void)usleep((SCAN_MS + 100) * 1000);
	(void)ask(store);
	store_close(store);
	(void)close(listener);
}
