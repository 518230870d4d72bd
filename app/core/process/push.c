/* Live messages to nginx, by HTTP over a Unix socket. Its answers are read only to throw them away. */
#include "core/process/push.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/process/settings.h"

/* The connection, and who opened it: a child of fork opens its own. */
static int connection = -1;
static pid_t opened_by;

static void hang_up(void) {
	if (connection >= 0)
		(void)close(connection);
	connection = -1;
}

static void call(void) {
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/run/live/publish.sock",
	                      settings_text("TELLTALE_HOME"));
	if (length < 0 || length >= (int)sizeof address.sun_path)
		return;
	connection = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	opened_by = getpid();
	if (connection >= 0 && connect(connection, (const struct sockaddr *)&address, sizeof address) != 0)
		hang_up();
}

/* nginx says with an answer that it closes the connection, or just does. */
static bool still_there(void) {
	char answers[4096];
	for (;;) {
		ssize_t size = recv(connection, answers, sizeof answers, MSG_DONTWAIT);
		if (size <= 0)
			return size < 0;
	}
}

bool push_is_open(void) {
	if (connection >= 0 && (opened_by != getpid() || !still_there()))
		hang_up();
	if (connection < 0)
		call();
	return connection >= 0;
}

/* After a part of a message nothing more can follow on this connection. */
static void say(const char *request, ssize_t size) {
	if (send(connection, request, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL) != size)
		hang_up();
}

void push_send(const char *channel, const char *json, size_t size) {
	char request[PUSH_MAX + 256];
	if (size > PUSH_MAX || !push_is_open())
		return;
	int head = snprintf(request, sizeof request - PUSH_MAX,
	                    "POST /%.40s HTTP/1.1\r\nHost: live\r\nContent-Type: application/json\r\n"
	                    "Content-Length: %zu\r\n\r\n",
	                    channel, size);
	if (head < 0 || head >= (int)(sizeof request - PUSH_MAX))
		return;
	memcpy(request + head, json, size);
	say(request, head + (ssize_t)size);
}

void push_close(const char *channel) {
	char request[128];
	if (!push_is_open())
		return;
	int size = snprintf(request, sizeof request, "DELETE /%.40s HTTP/1.1\r\nHost: live\r\n\r\n", channel);
	if (size > 0 && size < (int)sizeof request)
		say(request, size);
}
