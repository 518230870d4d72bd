/* What is kept of whoever fetches a pixel or follows a link, to tell people from machines: neither the address nor the
 * agent, but what these say. All pure. */
#ifndef ANSWERING_VISITOR_H
#define ANSWERING_VISITOR_H

#include "core/base/arena.h"
#include "core/base/choice.h"
#include "core/base/moment.h"

enum agent {
	AGENT_NONE,  /* it says nothing */
	AGENT_BARE,  /* "Mozilla/5.0" and no more, as the proxy of Apple's mail says */
	AGENT_GMAIL, /* proxies that fetch pictures when a mail is looked at */
	AGENT_YAHOO,
	AGENT_SCANNER, /* a filter of mail that names itself */
	AGENT_PROGRAM, /* a library, a crawler, a browser without a screen */
	AGENT_BROWSER,
	AGENT_OTHER,
	AGENT_COUNT,
};
extern const struct choices agents;

struct visitor {
	bool is_head;     /* it asked for the head alone: counts nothing */
	bool is_prefetch; /* it says that nobody has asked for it yet */
	unsigned agent;
	const char *network; /* tells networks apart within a day, and nothing else: 8 hex digits; NULL: unknown */
};

/* By the header User-Agent; NULL: none. */
enum agent agent_of(const char *text);

/* By the values of Sec-Purpose, Purpose and X-Moz, each of which may be NULL. */
bool visitor_prefetches(const char *sec_purpose, const char *purpose, const char *moz);

/* The network of an address (of IPv4 the /24, of IPv6 the /48), with the day, under a key: 32 bits of their MAC. NULL
 * if it is no address. */
const char *visitor_network(const char *address, const char *key, struct moment now, struct arena *arena);

#endif
