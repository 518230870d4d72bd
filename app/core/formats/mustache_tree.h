/* Parsed templates; only mustache_parse.c and mustache_render.c include this. */
#ifndef FORMATS_MUSTACHE_TREE_H
#define FORMATS_MUSTACHE_TREE_H

#include "core/base/arena.h"
#include "core/base/error.h"

enum { TAG_BYTES = 200 };

enum node_kind {
	NODE_TEXT,
	NODE_VARIABLE,
	NODE_RAW,
	NODE_SECTION,
	NODE_INVERTED,
	NODE_PARTIAL,
	NODE_PARENT,
	NODE_BLOCK,
};

struct node {
	enum node_kind kind;
	const char *name;     /* of a tag; the text itself for NODE_TEXT */
	size_t size;          /* of a text */
	const char *indent;   /* before a standalone partial, parent or block; else "" */
	const char *template; /* where a tag stands: the name of the template and the line, from 1 */
	int line;
	bool dynamic;     /* {{>*name}} */
	bool begins_line; /* nothing but blanks stands before the tag */
	bool standalone;  /* and nothing behind it on its line */
	struct node *first, *last, *next, *above;
};

/* Parses the source of the template `name` into a tree below *root, in `arena`; its nodes point into `name` and
 * `source`. INVALID: a tag or a section is not closed, or what is closed is not open. */
bool mustache_parse(struct arena *arena, const char *name, const char *source, struct node **root,
                    struct error *err) MUST_CHECK;

#endif
