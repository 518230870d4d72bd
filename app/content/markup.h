/* HTML, read once from front to back: where in it a place is, and what elements, attributes and texts it has, by byte
 * offsets. It is fed the literal runs of a source; between two runs stands a tag of ours (content/tag.h).
 *
 * An own reader, because a parser that builds a tree knows nothing of our tags: values stand inside of attributes,
 * conditions inside of elements, and both branches of a condition must leave the reader in the same place. Comments for
 * Outlook ("<!--[if mso]>") are read as HTML, as Outlook does.
 */
#ifndef CONTENT_MARKUP_H
#define CONTENT_MARKUP_H

#include "content/flaw.h"
#include "content/place.h"

enum markup_state {
	MARKUP_TEXT,
	MARKUP_CUT, /* just after "<", "</", "<!" or "<!-" */
	MARKUP_TAG_NAME,
	MARKUP_TAG,  /* between attributes */
	MARKUP_NAME, /* of an attribute */
	MARKUP_AFTER_NAME,
	MARKUP_BEFORE_VALUE,
	MARKUP_DOUBLE, /* a value in quotation marks */
	MARKUP_SINGLE,
	MARKUP_BARE, /* without them */
	MARKUP_COMMENT,
	MARKUP_BOGUS, /* "<!doctype>", "<?xml>", "<![endif]-->" */
	MARKUP_RAW,   /* style, script */
	MARKUP_TITLE, /* title, textarea: text without markup */
	MARKUP_STATE_COUNT,
};

enum { MARKUP_NAME_MAX = 24 };

struct markup;

/* Called with places in the source; each may be NULL. */
struct markup_events {
	void (*text)(void *context, const struct markup *markup, const char *from, const char *to);
	void (*opened)(void *context, const struct markup *markup,
	               const char *after); /* markup->element; its tag is over */
	void (*closed)(void *context, const struct markup *markup, const char *after);
	void (*named)(void *context, const struct markup *markup); /* markup->place.attribute is whole */
	void (*value_begins)(void *context, const struct markup *markup, const char *from);
	void (*value)(void *context, const struct markup *markup, const char *from, const char *to);
};

/* What both branches of a condition must leave alike. */
struct markup_place {
	enum markup_state state;
	bool closing;                    /* an end tag */
	char element[MARKUP_NAME_MAX];   /* in small letters, cut to fit; "" in text */
	char attribute[MARKUP_NAME_MAX]; /* the same, of the value that is being read */
	struct url_state url;            /* of a value that is an address */
};

struct markup {
	struct markup_place place;
	int gap;          /* in a tag: a tag of ours just ended a name, so the next character must not go on with it */
	bool for_outlook; /* in a comment that only Outlook reads */
	const char *value_from;
	const struct markup_events *events;
	void *context;
	struct flaws *flaws;
	const char *source;
};

void markup_begin(struct markup *markup, const char *source, const struct markup_events *events, void *context,
                  struct flaws *flaws);
void markup_read(struct markup *markup, const char *from, const char *to);

/* A condition's tag stands here. Says an error if it must not. */
void markup_split(struct markup *markup, size_t offset);

/* Where a value is written here; PLACE_NONE with *why if it must not be. */
enum place markup_value_place(const struct markup *markup, const char **why);

/* A value was written here. */
void markup_pass(struct markup *markup);

/* How the reader stands where branches meet again: `other` is where another branch ended. False: they differ. */
bool markup_join(struct markup *markup, const struct markup_place *other, int other_gap);

/* Is the value that is being read, or has just been read, an address? */
bool markup_is_address(const struct markup *markup);

#endif
