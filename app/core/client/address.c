/* Addresses of machines. */
#include "core/client/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* IANA IPv4 and IPv6 Special-Purpose Address Registries: what is not globally reachable, and one address that a cloud
 * has made its own. */
static const struct {
	uint32_t network;
	int bits;
	enum address_kind kind;
} v4_set_apart[] = {
	{ 0x00000000, 8, ADDRESS_FORBIDDEN },  /* this network */
	{ 0x0a000000, 8, ADDRESS_PRIVATE },    /* private */
	{ 0x64400000, 10, ADDRESS_PRIVATE },   /* shared by customers of a provider */
	{ 0x7f000000, 8, ADDRESS_HERE },       /* this machine */
	{ 0xa83f8110, 32, ADDRESS_FORBIDDEN }, /* Azure's host, to each of its machines: 168.63.129.16 */
	{ 0xa9fe0000, 16, ADDRESS_FORBIDDEN }, /* link-local; 169.254.169.254 */
	{ 0xac100000, 12, ADDRESS_PRIVATE },   /* private */
	{ 0xc0000000, 24, ADDRESS_FORBIDDEN }, /* protocols */
	{ 0xc0000200, 24, ADDRESS_FORBIDDEN }, /* documentation */
	{ 0xc0586300, 24, ADDRESS_FORBIDDEN }, /* 6to4 relays */
	{ 0xc0a80000, 16, ADDRESS_PRIVATE },   /* private */
	{ 0xc6120000, 15, ADDRESS_FORBIDDEN }, /* benchmarks */
	{ 0xc6336400, 24, ADDRESS_FORBIDDEN }, /* documentation */
	{ 0xcb007100, 24, ADDRESS_FORBIDDEN }, /* documentation */
	{ 0xe0000000, 4, ADDRESS_FORBIDDEN },  /* multicast */
	{ 0xf0000000, 4, ADDRESS_FORBIDDEN },  /* reserved, broadcast */
};

static const struct {
	unsigned char network[16];
	int bits;
} v6_set_apart[] = {
	{ { 0x20, 0x01, 0x00 }, 23 },       /* protocols, Teredo */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ { 0x20, 0x02 }, 16 },             /* 6to4: stands for any IPv4 address */
	{ { 0x3f, 0xff, 0x00 }, 20 },       /* documentation */
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static enum address_kind kind4(uint32_t address) {
	for (size_t i = 0; i < COUNT(v4_set_apart); i++)
		if ((address ^ v4_set_apart[i].network) >> (32 - v4_set_apart[i].bits) == 0)
			return v4_set_apart[i].kind;
	return ADDRESS_PUBLIC;
}

static bool begins(const unsigned char *address, const unsigned char *network, int bits) {
	int whole = bits / 8, rest = bits % 8;
	return memcmp(address, network, (size_t)whole) == 0 &&
	       (rest == 0 || (address[whole] ^ network[whole]) >> (8 - rest) == 0);
}

static uint32_t last_four(const unsigned char *address) {
	return (uint32_t)address[12] << 24 | (uint32_t)address[13] << 16 | (uint32_t)address[14] << 8 | address[15];
}

static enum address_kind kind6(const unsigned char *address) {
	static const unsigned char mapped[16] = { [10] = 0xff, [11] = 0xff }, here[16] = { [15] = 1 };
	static const unsigned char translated[16] = { 0x00, 0x64, 0xff, 0x9b }; /* NAT64 */
	if (begins(address, mapped, 96) || begins(address, translated, 96))
		return kind4(last_four(address));
	if (begins(address, here, 128))
		return ADDRESS_HERE;
	if ((address[0] & 0xfe) == 0xfc) /* unique local */
		return ADDRESS_PRIVATE;
	if (address[0] >> 5 != 1) /* 2000::/3 is all that is in use */
		return ADDRESS_FORBIDDEN;
	for (size_t i = 0; i < COUNT(v6_set_apart); i++)
		if (begins(address, v6_set_apart[i].network, v6_set_apart[i].bits))
			return ADDRESS_FORBIDDEN;
	return ADDRESS_PUBLIC;
}

enum address_kind address_kind(const struct sockaddr *address) {
	switch (address->sa_family) {
	case AF_INET:
		return kind4(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
	case AF_INET6:
		return kind6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
	default:
		return ADDRESS_FORBIDDEN;
	}
}

bool address_is_public(const struct sockaddr *address) {
	return address_kind(address) == ADDRESS_PUBLIC;
}

bool address_text_is_public(const char *text) {
	struct in_addr v4;
	struct in6_addr v6;
	if (inet_pton(AF_INET, text, &v4) == 1)
		return kind4(ntohl(v4.s_addr)) == ADDRESS_PUBLIC;
	return inet_pton(AF_INET6, text, &v6) == 1 && kind6(v6.s6_addr) == ADDRESS_PUBLIC;
}

bool address_of_text(const char *text, enum address_kind *kind) {
	struct in_addr old;
	struct addrinfo *found = NULL;
	char bare[64];
	size_t size = strlen(text);
	bool brackets = size > 2 && text[0] == '[' && text[size - 1] == ']';
	if (inet_aton(text, &old)) {
		*kind = kind4(ntohl(old.s_addr));
		return true;
	}
	(void)snprintf(bare, sizeof bare, "%.*s", (int)(brackets ? size - 2 : size), text + (brackets ? 1 : 0));
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST };
	if (size >= sizeof bare || getaddrinfo(bare, NULL, &hints, &found) != 0)
		return false;
	*kind = address_kind(found->ai_addr);
	freeaddrinfo(found);
	return true;
}

bool address_is_in_reach(enum address_kind kind, int port, enum address_reach reach) {
	switch (kind) {
	case ADDRESS_PUBLIC:
		return true;
	case ADDRESS_HERE:
		return reach != REACH_PUBLIC || port == 25 || port == 465 || port == 587;
	case ADDRESS_PRIVATE:
		return reach != REACH_PUBLIC;
	default:
		return reach == REACH_ANYWHERE;
	}
}

/* Top-level domains are never numbers (RFC 3696), so a host whose last label is one is an address or nothing. */
bool address_is_host(const char *host) {
	size_t size = strlen(host);
	if (strchr(host, ':') || host[0] == '[')
		return true;
	while (size > 0 && host[size - 1] == '.')
		size--;
	const char *last = host + size;
	while (last > host && last[-1] != '.')
		last--;
	size_t length = (size_t)(host + size - last);
	bool hexadecimal = length >= 2 && strncasecmp(last, "0x", 2) == 0;
	return length > 0 && (hexadecimal ? strspn(last + 2, "0123456789abcdefABCDEF") >= length - 2
	                                  : strspn(last, "0123456789") >= length);
}
