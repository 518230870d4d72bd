/* Addresses of machines: which of them anybody may reach, so that what a stranger typed leads to no machine inside. */
#ifndef CLIENT_ADDRESS_H
#define CLIENT_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

/* Pure. Not: this machine, private and link-local networks (a cloud's metadata too), multicast, and whatever else IANA
 * has set apart; nor an IPv6 address that stands for such an IPv4 one. */
bool address_is_public(const struct sockaddr *address);

/* The same of a text as inet_pton reads it: "192.0.2.1", "2001:db8::1". False if it is none. */
bool address_text_is_public(const char *text);

/* Pure. Is the host of a URL an address instead of a name, in whatever way of writing a client may take for one:
 * "127.0.0.1", "0x7f.1", "2130706433", "017700000001", "[::1]"? */
bool address_is_host(const char *host);

#endif
