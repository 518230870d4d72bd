/* Addresses of machines: which of them anybody may reach, so that what a stranger typed leads to no machine inside. */
#ifndef CLIENT_ADDRESS_H
#define CLIENT_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

/* Pure. Where an address leads. */
enum address_kind {
	ADDRESS_PUBLIC,
	ADDRESS_PRIVATE,   /* RFC 1918, unique local (RFC 4193), shared by customers of a provider (RFC 6598) */
	ADDRESS_HERE,      /* this machine */
	ADDRESS_FORBIDDEN, /* whatever else IANA has set apart: link-local (a cloud's metadata), multicast … */
};
enum address_kind address_kind(const struct sockaddr *address);

/* The same of a text, in any form that a resolver takes for an address: also "127.1", "0x7f000001", "[::1]". False if
 * it is a name. */
bool address_of_text(const char *text, enum address_kind *kind);

/* Pure. How far a connection may go. */
enum address_reach {
	REACH_ANYWHERE, /* as the settings say: wherever that is */
	REACH_PRIVATE,  /* not to what is FORBIDDEN */
	REACH_PUBLIC,   /* to the world, and to mail servers of this machine at their usual ports: 25, 465, 587 */
};
bool address_is_in_reach(enum address_kind kind, int port, enum address_reach reach);

/* Pure. Not: this machine, private and link-local networks (a cloud's metadata too), multicast, and whatever else IANA
 * has set apart; nor an IPv6 address that stands for such an IPv4 one. */
bool address_is_public(const struct sockaddr *address);

/* The same of a text as inet_pton reads it: "192.0.2.1", "2001:db8::1". False if it is none. */
bool address_text_is_public(const char *text);

/* Pure. Is the host of a URL an address instead of a name, in whatever way of writing a client may take for one:
 * "127.0.0.1", "0x7f.1", "2130706433", "017700000001", "[::1]"? */
bool address_is_host(const char *host);

#endif
