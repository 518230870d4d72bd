/* Query strings and forms (application/x-www-form-urlencoded), cookies, and escaping. */
#ifndef FORMATS_URL_H
#define FORMATS_URL_H

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

struct param {
	const char *name, *value; /* decoded UTF-8 */
};

struct params {
	struct param *items;
	int count;
};

enum { PARAMS_LIMIT = 100, OUR_ADDRESS_MAX = 1500 };

/* Splits at '&' and decodes '+' and %xx. INVALID for malformed escapes, NUL, invalid UTF-8, or more than PARAMS_LIMIT
 * pairs. A name without '=' has the value "". */
bool params_read(struct arena *arena, const char *text, struct params *params, struct error *err) MUST_CHECK;

/* Parses a Cookie header (RFC 6265): values are not decoded, malformed pairs are skipped. */
void cookies_read(struct arena *arena, const char *header, struct params *params);

/* The first value of that name, or NULL. */
const char *params_get(const struct params *params, const char *name);

/* All values of that name but empty ones, in their order. */
struct strings params_all(const struct params *params, const char *name, struct arena *arena);

/* Percent-encodes everything but RFC 3986's unreserved characters. */
void url_encode(struct buf *out, const char *text);
char *url_encoded(struct arena *arena, const char *text);

/* Is this an address of our own site, as typed or sent back by somebody: a path that a browser cannot take for another
 * site's? It begins with one slash and has no backslash, space or control character, which browsers read as a slash or
 * drop, and at most OUR_ADDRESS_MAX bytes, because nginx takes 4 kB of headers from us. False for NULL. */
bool url_is_ours(const char *address);

/* Is `url` on the server of `base`, both http or https: the same scheme, host and port, or https instead of http on the
 * usual ports? False if either could be read in two ways: with a user, a backslash, a space or a control character. */
bool url_is_on(const char *url, const char *base);

/* Escapes & < > " ' as character references. */
void html_escape(struct buf *out, const char *text);

/* The same for what people read: what would turn its direction around is marked (text_straight). */
void html_show(struct buf *out, const char *text);

#endif
