/* A name server of a test: a process of its own that answers from a table, by UDP and TCP. */
#ifndef TESTS_DNS_SERVER_H
#define TESTS_DNS_SERVER_H

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum dns_manner {
	DNS_ANSWERS,
	DNS_IS_SILENT,
	DNS_BREAKS,     /* SERVFAIL */
	DNS_CUTS,       /* by UDP only that there is more */
	DNS_CRUMBS,     /* the same; its text comes in strings of one character */
	DNS_GARBLES,    /* an answer whose record is cut */
	DNS_ONLY_FIRST, /* the row answers once, then the next one of this name and type */
};

enum { DNS_HOPS = 16 }; /* of aliases that lead around in a circle */

struct dns_row {
	const char *name;
	int type;
	const char *value; /* MX: "10 host" */
	enum dns_manner manner;
	int spent;
};

struct dns_server {
	pid_t pid;
	char servers[40]; /* for dns_pool_new */
};

static size_t dns_put_name(unsigned char *out, const char *name) {
	size_t size = 0;
	while (*name) {
		size_t label = strcspn(name, ".");
		out[size++] = (unsigned char)label;
		memcpy(out + size, name, label);
		size += label;
		name += label + (name[label] == '.');
	}
	out[size++] = 0;
	return size;
}

static size_t dns_put_data(unsigned char *out, const struct dns_row *row) {
	size_t size = 0;
	int preference = 0, used = 0;
	switch (row->type) {
	case ns_t_a:
		return inet_pton(AF_INET, row->value, out) == 1 ? 4 : 0;
	case ns_t_aaaa:
		return inet_pton(AF_INET6, row->value, out) == 1 ? 16 : 0;
	case ns_t_mx:
		(void)sscanf(row->value, "%d %n", &preference, &used);
		out[0] = (unsigned char)(preference >> 8), out[1] = (unsigned char)preference;
		return 2 + dns_put_name(out + 2, row->value + used);
	case ns_t_cname:
		return dns_put_name(out, row->value);
	default: /* TXT, in strings of at most 200 */
		for (const char *at = row->value; *at || size == 0;) {
			size_t most = row->manner == DNS_CRUMBS ? 1 : 200, part = strlen(at) < most ? strlen(at) : most;
			out[size++] = (unsigned char)part;
			memcpy(out + size, at, part);
			size += part, at += part;
		}
		return size;
	}
}

static size_t dns_put_row(unsigned char *out, const char *name, const struct dns_row *row) {
	size_t head = dns_put_name(out, name);
	const unsigned char fixed[] = { 0, (unsigned char)row->type, 0, 1, 0, 0, 0, 60 };
	memcpy(out + head, fixed, sizeof fixed);
	size_t data = dns_put_data(out + head + 10, row);
	out[head + 8] = (unsigned char)(data >> 8), out[head + 9] = (unsigned char)data;
	return head + 10 + data - (row->manner == DNS_GARBLES ? 2 : 0);
}

static size_t dns_read_name(const unsigned char *in, char *name) {
	size_t at = 12, size = 0;
	while (in[at]) {
		memcpy(name + size, in + at + 1, in[at]);
		size += in[at];
		at += in[at] + 1U;
		name[size++] = '.';
	}
	name[size ? size - 1 : 0] = '\0';
	return at + 1;
}

/* 0: no answer. */
static size_t dns_reply(struct dns_row *rows, int count, const unsigned char *in, unsigned char *out, bool udp) {
	char name[260] = "";
	size_t question = dns_read_name(in, name), size = question + 4;
	int type = in[question + 1], found = 0, code = 3;
	bool cut = false;
	memcpy(out, in, size);
	for (int i = 0; i < count; i++) {
		struct dns_row *row = &rows[i];
		if (strcasecmp(row->name, name) != 0)
			continue;
		code = code == 3 ? 0 : code;
		if (row->type != type && row->type != ns_t_cname)
			continue;
		if (row->manner == DNS_IS_SILENT)
			return 0;
		if (row->manner == DNS_BREAKS)
			code = 2;
		else if ((row->manner == DNS_CUTS || row->manner == DNS_CRUMBS) && udp)
			cut = true;
		else if (row->manner != DNS_ONLY_FIRST || row->spent++ == 0) {
			size += dns_put_row(out + size, name, row), found++;
			if (row->manner == DNS_ONLY_FIRST)
				break;
		}
		if (row->type == ns_t_cname && found < DNS_HOPS) {
			(void)snprintf(name, sizeof name, "%s", row->value);
			i = -1;
		}
	}
	const unsigned char head[] = {
		(unsigned char)(0x81 | (cut ? 2 : 0)), (unsigned char)(0x80 | code), 0, 1, 0, (unsigned char)found, 0, 0, 0, 0
	};
	memcpy(out + 2, head, sizeof head);
	return size;
}

static void dns_serve_forever(int udp, int tcp, struct dns_row *rows, int count) {
	unsigned char in[4096], out[65536];
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		struct pollfd polled[] = { { udp, POLLIN, 0 }, { tcp, POLLIN, 0 } };
		(void)poll(polled, 2, -1);
		if (polled[0].revents & POLLIN) {
			struct sockaddr_in peer;
			socklen_t length = sizeof peer;
			ssize_t got = recvfrom(udp, in, sizeof in, 0, (struct sockaddr *)&peer, &length);
			size_t size = got > 12 ? dns_reply(rows, count, in, out, true) : 0;
			if (size)
				(void)!sendto(udp, out, size, 0, (struct sockaddr *)&peer, length);
		}
		if (polled[1].revents & POLLIN) {
			int fd = accept(tcp, NULL, NULL);
			size_t size = read(fd, in, 2) == 2 && read(fd, in, sizeof in) > 12
			                  ? dns_reply(rows, count, in, out + 2, false)
			                  : 0;
			out[0] = (unsigned char)(size >> 8), out[1] = (unsigned char)size;
			if (size)
				(void)!write(fd, out, size + 2);
			(void)close(fd);
		}
	}
}

/* One port by both: the system gives one for UDP, which may be taken by TCP. */
static inline bool dns_bind(int *udp, int *tcp, struct sockaddr_in *address) {
	socklen_t size = sizeof *address;
	*udp = socket(AF_INET, SOCK_DGRAM, 0);
	*tcp = socket(AF_INET, SOCK_STREAM, 0);
	address->sin_port = 0;
	if (bind(*udp, (struct sockaddr *)address, size) == 0 &&
	    getsockname(*udp, (struct sockaddr *)address, &size) == 0 &&
	    bind(*tcp, (struct sockaddr *)address, size) == 0 && listen(*tcp, 5) == 0)
		return true;
	(void)close(*udp);
	(void)close(*tcp);
	return false;
}

static inline struct dns_server dns_serve(struct dns_row *rows, int count) {
	struct dns_server server = { 0 };
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int udp, tcp, tries = 20;
	while (!dns_bind(&udp, &tcp, &address))
		cr_assert(--tries > 0);
	(void)snprintf(server.servers, sizeof server.servers, "127.0.0.1:%d", ntohs(address.sin_port));
	server.pid = fork();
	if (server.pid == 0)
		dns_serve_forever(udp, tcp, rows, count);
	(void)close(udp);
	(void)close(tcp);
	return server;
}

static inline void dns_stop(struct dns_server *server) {
	(void)kill(server->pid, SIGKILL);
	(void)waitpid(server->pid, NULL, 0);
}

#endif
