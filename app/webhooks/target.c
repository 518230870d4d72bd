/* Where a webhook leads. */
#include "webhooks/target.h"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "core/base/text.h"
#include "core/client/address.h"

enum { PORT_MAX = 65535, PORT_DIGITS = 5, HOST_MAX = 253, LOWEST_FREE = 1024 };

static bool has_odd_character(const char *text) {
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("\\\"<>^`{|}#", *c))
			return true;
	return false;
}

bool target_may_connect(const struct sockaddr *address) {
	return address_kind(address) == ADDRESS_PUBLIC;
}

bool target_may_connect_inside(const struct sockaddr *address) {
	return address_kind(address) != ADDRESS_FORBIDDEN;
}

bool target_may_reach(const char *address, bool inside) {
	bool (*may)(const struct sockaddr *) = inside ? target_may_connect_inside : target_may_connect;
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		return may((const struct sockaddr *)&v4);
	return inet_pton(AF_INET6, address, &v6.sin6_addr) == 1 && may((const struct sockaddr *)&v6);
}

/* "host", "host:port", "[::1]:port" → host and port; 0: none is given. False: it is none of these. */
static bool split(const char *authority, struct arena *arena, struct target *target, long *port) {
	const char *end = authority + strlen(authority), *colon = strchr(authority, ':');
	if (*authority == '[') {
		const char *close = strchr(authority, ']');
		if (!close || (close[1] && close[1] != ':'))
			return false;
		target->host = arena_copy_bytes(arena, authority + 1, (size_t)(close - authority - 1));
		colon = close[1] ? close + 1 : NULL;
	} else {
		target->host = text_fold(arena,
		                         arena_copy_bytes(arena, authority, (size_t)((colon ? colon : end) - authority)));
	}
	int64_t number = 0;
	bool fine = !colon || (strlen(colon + 1) <= PORT_DIGITS && text_to_int(colon + 1, 1, PORT_MAX, &number));
	*port = (long)number;
	return fine && *target->host && strlen(target->host) <= HOST_MAX;
}

static bool is_name(const char *host) {
	size_t size = strlen(host);
	return strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == size && *host != '.' && *host != '-' &&
	       host[size - 1] != '.' && host[size - 1] != '-' && !strstr(host, "..");
}

/* Names that only somebody's own network knows (RFC 6761, 6762, 8375). */
static bool is_own_name(const char *host) {
	static const char *const own[] = { ".localhost", ".local", ".internal", ".home.arpa", ".lan", ".intranet" };
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (g_str_has_suffix(host, own[i]))
			return true;
	return !strchr(host, '.');
}

static bool refuse_inside(const char *host, struct error *err) {
	return error_field(err, "url",
	                   "“%.100s” is in a private network. Allow such servers first, with WEBHOOKS_PRIVATE_HOSTS=true",
	                   host);
}

static bool check_host(const struct target *target, const char *authority, bool inside, struct error *err) {
	bool usual = target_may_reach(target->host, true);
	if (target->is_address && !usual)
		return error_field(err, "url", "“%.100s” is no address of a web server", target->host);
	if (target->is_address)
		return target_may_reach(target->host, inside) || refuse_inside(target->host, err);
	if (*authority == '[' || !is_name(target->host))
		return error_field(err, "url", "“%.100s” is not the name of a server", target->host);
	return inside || !is_own_name(target->host) || refuse_inside(target->host, err);
}

bool target_read(const char *url, bool inside, struct arena *arena, struct target *target, struct error *err) {
	bool https = text_starts(url, "https://"), http = inside && text_starts(url, "http://");
	const char *from = strstr(url, "://");
	long port;
	if (strlen(url) > TARGET_URL_MAX)
		return error_field(err, "url", "The address has more than %d characters", TARGET_URL_MAX);
	if (!https && !http)
		return error_field(err, "url", "The address must begin with https://");
	const char *authority = arena_copy_bytes(arena, from + 3, strcspn(from + 3, "/?#"));
	if (strchr(authority, '@'))
		return error_field(err, "url", "The address has a user name or password in it. Leave it out");
	if (has_odd_character(url) || !split(authority, arena, target, &port))
		return error_field(err, "url", "This is no address like https://hooks.acme.example/telltale");
	target->is_address = address_is_host(*authority == '[' ? arena_print(arena, "[%s]", target->host) : target->host);
	if (!inside && port && port != 443 && port < LOWEST_FREE)
		return error_field(err, "url", "Port %ld is not one of web servers. Use 443, or one above 1023", port);
	return check_host(target, authority, inside, err);
}
