/* A source, compiled once and rendered for each person: `{{name}}`, `{{name|default:"…"}}`,
 * `{% if %}…{% elsif %}…{% else %}…{% endif %}`. docs/adding.md and the header of condition.h have the language.
 *
 * Values are escaped by the place in which they stand, which compiling finds out; a place where nothing is safe is an
 * error. What a value holds is never read as a tag. Compiling and rendering are pure.
 */
#ifndef CONTENT_PROGRAM_H
#define CONTENT_PROGRAM_H

#include "content/flaw.h"
#include "content/link.h"
#include "content/names.h"
#include "core/base/buf.h"
#include "core/base/moment.h"
#include "core/base/text.h"
#include "core/formats/value.h"

enum form {
	FORM_HTML,
	FORM_PLAIN,  /* the text part */
	FORM_HEADER, /* subject, preheader, sender's name: on one line */
	FORM_SMS,
	FORM_URL, /* an address, outside of HTML: the target of a link */
};

enum {
	SOURCE_BYTES_MAX = 5 * 1024 * 1024,
	SOURCE_TAGS_MAX = 20000,
	SOURCE_NAMES_MAX = 500,
	SOURCE_DEPTH_MAX = 50, /* conditions in conditions */
	RENDERED_BYTES_MAX = 10 * 1024 * 1024,
};

struct program;

/* Says all flaws, located. NULL if one of them is an error. A name that is not among `names` is a warning: nothing is
 * written there. The source need not be NUL-terminated; the program points into it. */
struct program *content_compile(const char *source, size_t size, enum form form, const struct names *names,
                                struct flaws *flaws);

/* The names in it, in the order in which they first stand there; unknown ones too. */
struct strings program_names(const struct program *program);

/* Its links, in their order. */
struct links program_links(const struct program *program);

/* What one mail is rendered from. */
struct rendering {
	const struct value *const *values; /* one for each name of the program; NULL: none */
	struct moment now;                 /* for "today", in the zone in use (core/base/local.h) */
	const char *const *link_urls;      /* one for each tracked link; NULL: links stay as they are written */
	const char *pixel;                 /* HTML, written after <body>, or at the beginning; NULL: none */
};

/* What was missing, by name: bits. */
enum { SEEN_EMPTY = 1, SEEN_BARE = 2 }; /* a value was empty where it is written; and nothing stands for it there */

/* Appends to `out`. `seen` has a byte for each name, to which bits are added; or is NULL. TOO_LARGE: more than
 * RENDERED_BYTES_MAX. */
bool program_render(const struct program *program, const struct rendering *rendering, unsigned char *seen,
                    struct buf *out, struct error *err) MUST_CHECK;

/* Absent, null, blank text, [] and false are empty; "0" and 0 are not. */
bool value_is_empty(const struct value *value);

#endif
