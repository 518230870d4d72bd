/* Where a value is written, and how it is escaped there. Values are a person's: nothing in them is ever a tag, markup,
 * part of another header, or the scheme or host of an address. */
#ifndef CONTENT_PLACE_H
#define CONTENT_PLACE_H

#include "core/base/buf.h"

enum place {
	PLACE_NONE,       /* nothing may be written here */
	PLACE_TEXT,       /* text of HTML */
	PLACE_TITLE,      /* text of an element that has no markup in it */
	PLACE_ATTRIBUTE,  /* in quotation marks */
	PLACE_URL,        /* of an attribute: the beginning of an address, or all of it */
	PLACE_URL_PART,   /* in path, query or fragment of an address */
	PLACE_URL_OPAQUE, /* after mailto:, tel: or sms: */
	PLACE_URL_PLAIN,  /* as PLACE_URL, outside of HTML */
	PLACE_PLAIN,      /* plain text */
	PLACE_HEADER,     /* subject, names */
	PLACE_SMS,        /* a text message */
	PLACE_COUNT,
};

enum { VALUE_BYTES_MAX = 4096 };

/* Appends the value, cut after VALUE_BYTES_MAX bytes. Characters that turn the direction of text around are left out.
 * False: nothing was written, because what begins an address is none of http, https, mailto and tel. */
bool place_write(enum place place, const char *value, size_t size, struct buf *out);

/* How far an address has been read. */
enum url_part { URL_START, URL_SCHEME, URL_SLASHES, URL_SLASH, URL_HOST, URL_REST, URL_OPAQUE, URL_FOREIGN, URL_MIXED };

struct url_state {
	enum url_part part;
	int slashes, size;
	char scheme[8];
};

void url_state_read(struct url_state *state, const char *bytes, size_t size);

/* A value was written here. */
void url_state_pass(struct url_state *state);

/* PLACE_NONE, PLACE_URL, PLACE_URL_PART or PLACE_URL_OPAQUE; *why says why nothing may stand here. */
enum place url_state_place(const struct url_state *state, const char **why);

#endif
