/* What a source may name: what is known of a person. */
#ifndef CONTENT_NAMES_H
#define CONTENT_NAMES_H

#include "core/base/arena.h"

enum name_type {
	NAME_TEXT,
	NAME_NUMBER,
	NAME_DAY,    /* a text "2026-11-27", or the text of a moment: shown as "27 Nov 2026", compared by day */
	NAME_TRUTH,  /* yes or no */
	NAME_LIST,   /* texts */
	NAME_URL,    /* an address: may begin one */
	NAME_OWN,    /* an address or an id that we make for each mail: never tracked */
	NAME_MARKUP, /* HTML that we make, never a person's: written as it is, only between elements */
};

struct name {
	const char *name, *label;
	enum name_type type;
};

struct names {
	const struct name *items;
	int count;
};

/* Those that everybody has. */
extern const struct names standard_names;

/* NULL if there is none. */
const struct name *name_find(const struct names *names, const char *name);

/* The nearest of them by letters, if it is near enough to be meant; else NULL. */
const char *name_nearest(const struct names *names, const char *name, struct arena *arena);

#endif
