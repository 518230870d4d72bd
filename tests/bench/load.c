/* Load on a FastCGI worker without a web server in between: CLIENTS processes send requests one after another, each on
 * a new connection as nginx does. Prints one line per address: requests, median and 99th percentile in ms, requests per
 * second. A "#" in an address is replaced by the number of the request, so that no cached answer matches.
 *   load SOCKET CLIENTS REQUESTS TOKEN-FILE ADDRESS… */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* FastCGI specification 1.0, section 3. */
enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, HEADER = 8, RESPONDER = 1 };

struct message {
	unsigned char bytes[16384];
	size_t size;
};

static void add(struct message *message, const void *bytes, size_t size) {
	if (message->size + size > sizeof message->bytes)
		abort();
	memcpy(message->bytes + message->size, bytes, size);
	message->size += size;
}

static void add_record(struct message *message, int type, const void *content, size_t size) {
	unsigned char head[HEADER] = {
		1, (unsigned char)type, 0, 1, (unsigned char)(size >> 8), (unsigned char)size, 0, 0
	};
	add(message, head, sizeof head);
	add(message, content, size);
}

static void add_length(struct message *message, size_t size) {
	unsigned char wide[4] = { (unsigned char)(0x80 | size >> 24), (unsigned char)(size >> 16),
		                      (unsigned char)(size >> 8), (unsigned char)size };
	unsigned char narrow = (unsigned char)size;
	if (size > 127)
		add(message, wide, sizeof wide);
	else
		add(message, &narrow, 1);
}

static void add_param(struct message *params, const char *name, const char *value) {
	add_length(params, strlen(name));
	add_length(params, strlen(value));
	add(params, name, strlen(name));
	add(params, value, strlen(value));
}

static void make_request(struct message *message, const char *address, const char *authorization) {
	static struct message params;
	const unsigned char begin[8] = { 0, RESPONDER };
	params.size = message->size = 0;
	add_param(&params, "REQUEST_METHOD", "GET");
	add_param(&params, "REQUEST_URI", address);
	add_param(&params, "REMOTE_ADDR", "127.0.0.1");
	add_param(&params, "HTTP_AUTHORIZATION", authorization);
	add_record(message, BEGIN, begin, sizeof begin);
	add_record(message, PARAMS, params.bytes, params.size);
	add_record(message, PARAMS, "", 0);
	add_record(message, STDIN, "", 0);
}

static bool read_whole(int fd, void *into, size_t size) {
	for (size_t got = 0; got < size;) {
		ssize_t n = read(fd, (char *)into + got, size - got);
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

/* True if the answer began with Status: 200 and ended properly. */
static bool read_answer(int fd) {
	unsigned char head[HEADER], content[65536 + 256];
	bool first = true, good = false;
	while (read_whole(fd, head, sizeof head)) {
		size_t size = (size_t)(head[4] << 8 | head[5]);
		if (!read_whole(fd, content, size + head[6]))
			return false;
		if (head[1] == STDOUT && size && first) {
			first = false;
			good = size > 11 && memcmp(content, "Status: 200", 11) == 0;
		}
		if (head[1] == END)
			return good;
	}
	return false;
}

static bool ask(const char *path, const struct message *message) {
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool fine = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	            write(fd, message->bytes, message->size) == (ssize_t)message->size && read_answer(fd);
	if (fd >= 0)
		(void)close(fd);
	return fine;
}

static double now_ms(void) {
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The address with "#" replaced; valid until the next call. */
static const char *numbered(const char *address, int number) {
	static char text[512];
	const char *mark = strchr(address, '#');
	if (!mark)
		return address;
	(void)snprintf(text, sizeof text, "%.*s%d%s", (int)(mark - address), address, number, mark + 1);
	return text;
}

static int run(const char *socket_path, int clients, int requests, const char *authorization, const char *address) {
	static struct message message;
	size_t bytes = sizeof(double) * (size_t)requests;
	double *times = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int each = requests / clients, bad = 0, status;
	if (times == MAP_FAILED)
		return 1;
	double began = now_ms();
	for (int client = 0; client < clients; client++) {
		if (fork() != 0)
			continue;
		for (int i = 0; i < each; i++) {
			make_request(&message, numbered(address, client * each + i), authorization);
			double start = now_ms();
			if (!ask(socket_path, &message))
				_exit(1);
			times[client * each + i] = now_ms() - start;
		}
		_exit(0);
	}
	while (wait(&status) > 0)
		bad += status != 0;
	double took = now_ms() - began;
	qsort(times, (size_t)(each * clients), sizeof *times, ascending);
	printf("%-60s %6d  p50 %7.2f  p99 %7.2f  max %7.2f ms  %7.0f/s%s\n", address, each * clients,
	       times[each * clients / 2], times[each * clients * 99 / 100], times[each * clients - 1],
	       each * clients * 1000 / took, bad ? "  FAILED" : "");
	(void)munmap(times, bytes);
	return bad != 0;
}

int main(int count, char **words) {
	char token[200] = "Bearer ";
	if (count < 6)
		return 2;
	FILE *file = fopen(words[4], "re");
	if (!file || !fgets(token + strlen("Bearer "), (int)(sizeof token - strlen("Bearer ")), file))
		return 2;
	(void)fclose(file);
	token[strcspn(token, "\n")] = '\0';
	int failed = 0;
	for (int i = 5; i < count; i++)
		failed |= run(words[1], atoi(words[2]), atoi(words[3]), token, words[i]);
	return failed;
}
