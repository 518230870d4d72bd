/* The links of a source: where they stand, where they lead, and whether they are tracked. */
#ifndef CONTENT_LINK_H
#define CONTENT_LINK_H

#include <stddef.h>

#include "core/base/arena.h"

enum link_kind {
	LINK_TRACKED, /* http or https */
	LINK_OWN,     /* unsubscribe, preferences, view in browser: ours, never tracked */
	LINK_CONTACT, /* mailto:, tel:, sms: */
	LINK_ANCHOR,  /* "#top" */
	LINK_INLINE,  /* cid:, data: */
	LINK_EMPTY,
	LINK_RELATIVE, /* leads nowhere in a mail */
	LINK_UNSAFE,   /* another scheme, such as javascript: */
};

enum { LINKS_MAX = 2000 };

struct program;

struct link {
	enum link_kind kind;
	size_t offset, size;     /* of the address in the source, as it is written there */
	const char *target;      /* decoded once: "https://x/?a=1&b=2"; tags in it stay tags */
	int tracked;             /* of LINK_TRACKED: which of them, from 0; else -1 */
	int url;                 /* the first link with the same target */
	struct program *program; /* of LINK_TRACKED with tags in its target: renders it; else NULL */
};

struct links {
	const struct link *items;
	int count, tracked; /* all; those of LINK_TRACKED */
};

/* Pure. What a decoded target is. */
enum link_kind link_kind_of(const char *target);

/* Pure. For each tracked link of the text part, in their order: the tracked link of the HTML with the same target, so
 * that both count as one; -1: there is none. */
void links_same(const struct links *text, const struct links *html, int *places);

#endif
