/* Parsed templates; private to mustache_parse.c and mustache_render.c. */
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
	const char *name;       /* name in the tag; for NODE_TEXT the text itself */
	size_t size;            /* of the text */
	const char *one, *many; /* of a variable that counts; else NULL */
	bool is_address;        /* of a variable: its lines end between its parts */
	const char *indent;     /* before a standalone partial, parent or block; else "" */
	const char *template;   /* position of a tag: template name and line, from 1 */
	int line;
	bool dynamic;     /* {{>*name}} */
	bool begins_line; /* only blanks before the tag on its line */
	bool standalone;  /* and nothing after it */
	bool sent_back;   /* a variable in a form's value or in an address: the browser sends it back as it is */
	struct node *first, *last, *next, *above;
};

/* Parses the source of template `name` into a tree at *root, in `arena`; nodes point into `name` and `source`. INVALID:
 * an unclosed tag or section, or a closing tag that matches none. */
bool mustache_parse(struct arena *arena, const char *name, const char *source, struct node **root,
                    struct error *err) MUST_CHECK;

#endif
