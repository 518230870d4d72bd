/* Tags of our language in a source: `{{ … }}` writes a value, `{% … %}` is a condition. Here they are found and cut
 * into tokens; condition.h and compile.c read these.
 *
 * In HTML, editors write characters of tags as references ("&gt;", "&quot;"), and "{{" in an address as "%7B%7B": both
 * are read as what was meant. Typographic quotation marks and spaces are read as plain ones. */
#ifndef CONTENT_TAG_H
#define CONTENT_TAG_H

#include "content/flaw.h"
#include "core/base/buf.h"

enum tag_kind { TAG_WRITE, TAG_CONDITION };

enum token_kind {
	TOKEN_WORD,   /* a part of a name, or a keyword */
	TOKEN_NUMBER, /* `text` is how it was written */
	TOKEN_TEXT,   /* in quotation marks */
	TOKEN_SIGN,   /* "==" "!=" "<=" ">=" "<" ">" "=" "|" ":" "(" ")" "+" "-" "," */
	TOKEN_END,
};

struct token {
	enum token_kind kind;
	const char *text;
	double number;
	size_t offset; /* in the source; that of the tag if it was written with references */
};

enum { TAG_BYTES_MAX = 4000, TOKENS_MAX = 200 };

struct tag {
	enum tag_kind kind;
	size_t from, to;            /* in the source, with its braces */
	const struct token *tokens; /* the last one is TOKEN_END */
	int count;                  /* without it */
};

/* How tags are written in a source; SOURCE_NONE has none. */
enum tag_source { SOURCE_NONE, SOURCE_PLAIN, SOURCE_HTML };

/* Finds the first tag at or after `from`. False: there is none, or one is not closed, or holds what is no token (then
 * tag->to is where to go on, and an error was said; else it is `size`). Of a source with FLAWS_MAX errors the rest is
 * read as if it had none. */
bool tag_find(const char *source, size_t size, size_t from, enum tag_source kind, struct tag *tag, struct flaws *flaws);

/* The name that begins at tokens[*at]: words and numbers with single spaces between. NULL: there is none. Moves *at. */
const char *tag_name(const struct tag *tag, int *at, struct arena *arena);

/* Appends bytes with their "%20" decoded. */
void tag_decode(struct buf *out, const char *at, const char *end);

bool token_is(const struct token *token, enum token_kind kind, const char *text);
bool token_is_keyword(const struct token *token); /* and, or, not, contains, true, false */

#endif
