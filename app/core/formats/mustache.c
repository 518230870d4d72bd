/* Mustache: a parser into a tree, and a walk over tree and data. */
#include "core/formats/mustache.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/formats/url.h"

enum { NESTING_LIMIT = 64, TAG_BYTES = 200 };

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
	const char *name;   /* of a tag; the text itself for NODE_TEXT */
	size_t size;        /* of a text */
	const char *indent; /* before a standalone partial, parent or block; else "" */
	bool dynamic;       /* {{>*name}} */
	bool begins_line;   /* nothing but blanks stands before the tag */
	bool standalone;    /* and nothing behind it on its line */
	struct node *first, *last, *next, *above;
};

struct template {
	const char *name, *indent;
	struct node *root; /* NULL: there is no such template */
	struct template *next;
};

struct templates {
	template_loader *load;
	void *context;
	struct arena *arena;
	struct template *known;
};

struct parser {
	struct arena *arena;
	const char *source, *at;
	const char *clean; /* behind a parent's or block's tag that only such tags and blanks precede on its line */
	char open[16], close[16];
	struct node *inside;
	struct error *err;
};

struct frame {
	const struct value *value;
	const struct frame *below;
};

/* Blocks that a parent tag overrides; outer ones win over inner ones. */
struct overrides {
	const struct node *parent;
	const struct overrides *outer;
};

struct walk {
	struct templates *templates;
	struct buf *out;
	struct error *err;
	int depth;
};

static struct node *add_node(struct parser *parser, enum node_kind kind) {
	struct node *node = arena_new_of(parser->arena, struct node);
	node->kind = kind;
	node->indent = "";
	node->above = parser->inside;
	if (parser->inside->last)
		parser->inside->last->next = node;
	else
		parser->inside->first = node;
	parser->inside->last = node;
	return node;
}

static void add_text(struct parser *parser, const char *from, const char *to) {
	if (from >= to)
		return;
	struct node *node = add_node(parser, NODE_TEXT);
	node->name = from;
	node->size = (size_t)(to - from);
}

static const char *skip_blanks(const char *at) {
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

static bool is_inheritance(char sigil) {
	return sigil == '<' || sigil == '$' || sigil == '/';
}

/* The start of the blanks before the tag when nothing else precedes it on its line, else NULL. Tags of inheritance do
 * not count before one another: they write nothing. */
static const char *line_start(const struct parser *parser, const char *tag, char sigil) {
	while (tag > parser->source && (tag[-1] == ' ' || tag[-1] == '\t'))
		tag--;
	bool first = tag == parser->source || tag[-1] == '\n';
	return first || (is_inheritance(sigil) && tag == parser->clean) ? tag : NULL;
}

/* Behind the line break when nothing but blanks follows on the line, else NULL. */
static const char *line_end(const char *at) {
	at = skip_blanks(at);
	if (*at == '\0' || *at == '\n')
		return *at ? at + 1 : at;
	return at[0] == '\r' && at[1] == '\n' ? at + 2 : NULL;
}

static bool set_delimiters(struct parser *parser, const char *tag, const char *end) {
	int size = (int)(end - tag);
	char text[TAG_BYTES];
	(void)snprintf(text, sizeof text, "%.*s", size, tag);
	if (sscanf(text, "%15s %15s", parser->open, parser->close) != 2)
		return error_set(parser->err, ERROR_INVALID, "bad delimiters '%s'", text);
	return true;
}

static bool close_section(struct parser *parser, const char *name) {
	struct node *open = parser->inside;
	if (!open->above || strcmp(open->name, name) != 0)
		return error_set(parser->err, ERROR_INVALID, "'%s' closes nothing that is open", name);
	parser->inside = open->above;
	return true;
}

static bool kind_of_tag(char sigil, enum node_kind *kind) {
	static const struct {
		char sigil;
		enum node_kind kind;
	} kinds[] = { { '#', NODE_SECTION }, { '^', NODE_INVERTED }, { '>', NODE_PARTIAL }, { '<', NODE_PARENT },
		          { '$', NODE_BLOCK },   { '&', NODE_RAW },      { '{', NODE_RAW } };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (kinds[i].sigil == sigil) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

static bool add_tag(struct parser *parser, char sigil, const char *content, const char *end, const char *indent) {
	enum node_kind kind = NODE_VARIABLE;
	char *name = text_trim(parser->arena, arena_copy_bytes(parser->arena, content, (size_t)(end - content)));
	if (sigil == '/')
		return close_section(parser, name);
	(void)kind_of_tag(sigil, &kind);
	struct node *node = add_node(parser, kind);
	node->indent = indent;
	if ((kind == NODE_PARTIAL || kind == NODE_PARENT) && *name == '*') {
		node->dynamic = true;
		name = text_trim(parser->arena, name + 1);
	}
	node->name = name;
	if (kind == NODE_SECTION || kind == NODE_INVERTED || kind == NODE_PARENT || kind == NODE_BLOCK)
		parser->inside = node;
	return true;
}

/* A pair of parent tags in one line takes the line with it, whatever stands between. */
static bool ends_parent_line(const struct parser *parser, char sigil) {
	return sigil == '/' && parser->inside->kind == NODE_PARENT && parser->inside->begins_line;
}

/* The line of a block in one line stays: only what the block writes changes. */
static bool ends_one_line_block(const struct parser *parser, char sigil) {
	return sigil == '/' && parser->inside->kind == NODE_BLOCK && !parser->inside->standalone;
}

/* One tag, from its opening delimiter; moves `at` behind it. */
static bool read_tag(struct parser *parser, const char *text_from, const char *tag) {
	const char *content = skip_blanks(tag + strlen(parser->open));
	const char *close = parser->close;
	char sigil = *content && strchr("#^/>&!={<$", *content) ? *content : '\0';
	const char *end = strstr(sigil ? content + 1 : content, sigil == '=' ? "=" : sigil == '{' ? "}" : close);
	if (end && (sigil == '=' || sigil == '{'))
		end = strncmp(skip_blanks(end + 1), close, strlen(close)) == 0 ? end : NULL;
	if (!end)
		return error_set(parser->err, ERROR_INVALID, "a tag is not closed: %.40s", tag);
	const char *after = sigil == '=' || sigil == '{' ? skip_blanks(end + 1) : end;
	after += strlen(close);

	const char *start = sigil && !strchr("&{", sigil) ? line_start(parser, tag, sigil) : NULL;
	bool begins = start && start >= text_from;
	const char *next = begins || ends_parent_line(parser, sigil) ? line_end(after) : NULL;
	if (ends_one_line_block(parser, sigil))
		next = NULL;
	const char *indent = "";
	if (begins && (next || sigil == '<' || sigil == '$')) {
		if (strchr("><$", sigil))
			indent = arena_copy_bytes(parser->arena, start, (size_t)(tag - start));
		tag = start;
	}
	if (next)
		after = next;
	else if (begins && is_inheritance(sigil))
		parser->clean = after;
	add_text(parser, text_from, tag);
	parser->at = after;
	if (sigil == '!')
		return true;
	if (sigil == '=')
		return set_delimiters(parser, content + 1, end);
	if (!add_tag(parser, sigil, sigil ? content + 1 : content, end, indent))
		return false;
	if (sigil == '<' || sigil == '$') {
		parser->inside->begins_line = begins;
		parser->inside->standalone = begins && next;
	}
	return true;
}

static bool parse(struct arena *arena, const char *source, struct node **root, struct error *err) {
	struct parser parser = { .arena = arena, .source = source, .at = source, .open = "{{", .close = "}}", .err = err };
	parser.inside = *root = arena_new_of(arena, struct node);
	for (;;) {
		const char *tag = strstr(parser.at, parser.open);
		if (!tag) {
			add_text(&parser, parser.at, parser.at + strlen(parser.at));
			break;
		}
		if (!read_tag(&parser, parser.at, tag))
			return false;
	}
	if (parser.inside->above)
		return error_set(err, ERROR_INVALID, "section '%s' is not closed", parser.inside->name);
	return true;
}

/* The source with `indent` before each line that has something on it. */
static const char *indented(struct arena *arena, const char *source, const char *indent) {
	BUF_AUTO out = { 0 };
	if (!*indent)
		return source;
	while (*source) {
		size_t size = strcspn(source, "\n");
		size += source[size] == '\n';
		buf_text_add(&out, indent);
		buf_add(&out, source, size);
		source += size;
	}
	return arena_copy(arena, buf_text(&out));
}

static bool find_template(struct templates *templates, const char *name, const char *indent, const struct node **root,
                          struct error *err) {
	struct template *template;
	for (template = templates->known; template; template = template->next) {
		if (strcmp(template->name, name) == 0 && strcmp(template->indent, indent) == 0) {
			*root = template->root;
			return true;
		}
	}
	struct arena *arena = templates->arena;
	const char *source = templates->load(templates->context, arena, name);
	struct node *parsed = NULL;
	if (source && !parse(arena, indented(arena, source, indent), &parsed, err))
		return error_note(err, "in template %s", name);
	template = arena_new_of(arena, struct template);
	*template = (struct template){ arena_copy(arena, name), arena_copy(arena, indent), parsed, templates->known };
	templates->known = template;
	*root = parsed;
	return true;
}

static const struct value *look_up(const struct frame *frame, const char *name) {
	char part[TAG_BYTES];
	if (strcmp(name, ".") == 0)
		return frame->value;
	size_t size = strcspn(name, ".");
	if (size >= sizeof part)
		return NULL;
	memcpy(part, name, size);
	part[size] = '\0';
	const struct value *found = NULL;
	for (; frame && !found; frame = frame->below)
		found = value_get(frame->value, part);
	while (found && name[size] == '.') {
		name += size + 1;
		size = strcspn(name, ".");
		if (size >= sizeof part)
			return NULL;
		memcpy(part, name, size);
		part[size] = '\0';
		found = value_get(found, part);
	}
	return found;
}

static bool is_false(const struct value *value) {
	return !value || value->kind == VALUE_NULL || (value->kind == VALUE_BOOL && !value->boolean) ||
	       (value->kind == VALUE_LIST && !value->first);
}

static void write_number(struct buf *out, const struct value *value) {
	char text[40];
	if (value->kind == VALUE_INT)
		(void)snprintf(text, sizeof text, "%" PRId64, value->integer);
	else
		(void)snprintf(text, sizeof text, "%.15g", value->real);
	buf_text_add(out, text);
}

static void write_value(struct buf *out, const struct value *value, bool raw) {
	if (!value)
		return;
	if (value->kind == VALUE_INT || value->kind == VALUE_REAL)
		write_number(out, value);
	else if (value->kind == VALUE_BOOL)
		buf_text_add(out, value->boolean ? "true" : "false");
	else if (value->kind == VALUE_TEXT && raw)
		buf_text_add(out, value->text);
	else if (value->kind == VALUE_TEXT)
		html_escape(out, value->text);
}

static bool walk_nodes(struct walk *walk, const struct node *first, const struct frame *frame,
                       const struct overrides *overrides);

static bool walk_section(struct walk *walk, const struct node *node, const struct frame *frame,
                         const struct overrides *overrides) {
	const struct value *value = look_up(frame, node->name);
	if (is_false(value))
		return true;
	if (value->kind != VALUE_LIST)
		return walk_nodes(walk, node->first, &(struct frame){ value, frame }, overrides);
	for (const struct value *item = value->first; item; item = item->next)
		if (!walk_nodes(walk, node->first, &(struct frame){ item, frame }, overrides))
			return false;
	return true;
}

static bool named_template(struct walk *walk, const struct node *node, const struct frame *frame,
                           const struct node **root) {
	const char *name = node->name;
	*root = NULL;
	if (node->dynamic) {
		const struct value *value = look_up(frame, name);
		if (!value || value->kind != VALUE_TEXT)
			return true;
		name = value->text;
	}
	return find_template(walk->templates, name, node->indent, root, walk->err);
}

static bool walk_partial(struct walk *walk, const struct node *node, const struct frame *frame,
                         const struct overrides *overrides) {
	const struct node *root;
	if (!named_template(walk, node, frame, &root))
		return false;
	if (!root)
		return true;
	if (node->kind == NODE_PARTIAL)
		return walk_nodes(walk, root->first, frame, NULL);
	return walk_nodes(walk, root->first, frame, &(struct overrides){ node, overrides });
}

/* The outermost override of the block, or the block itself. */
static const struct node *block_content(const struct node *block, const struct overrides *overrides) {
	const struct node *content = block;
	for (; overrides; overrides = overrides->outer)
		for (const struct node *child = overrides->parent->first; child; child = child->next)
			if (child->kind == NODE_BLOCK && strcmp(child->name, block->name) == 0)
				content = child;
	return content;
}

static size_t common_indent(const char *text) {
	size_t blanks = strspn(text, " \t");
	return text[blanks] && text[blanks] != '\n' ? blanks : 0;
}

/* A block's lines move from where the override was written to where the block stands. */
static void reindent(struct buf *out, const char *text, size_t remove, const char *add) {
	while (*text) {
		size_t blanks = strspn(text, " \t"), size = strcspn(text, "\n");
		size_t skip = blanks < remove ? blanks : remove;
		if (size > skip)
			buf_text_add(out, add);
		size += text[size] == '\n';
		buf_add(out, text + skip, size - skip);
		text += size;
	}
}

/* What stands before each line of the block's content: the indentation of the default content where that has lines of
 * its own, else that of the tag. */
static const char *block_indent(struct walk *walk, const struct node *block) {
	if (block->standalone && block->first && block->first->kind == NODE_TEXT) {
		size_t blanks = common_indent(block->first->name);
		if (blanks)
			return arena_copy_bytes(walk->templates->arena, block->first->name, blanks);
	}
	return block->indent;
}

static bool walk_block(struct walk *walk, const struct node *node, const struct frame *frame,
                       const struct overrides *overrides) {
	const struct node *content = block_content(node, overrides);
	if (content == node) {
		if (!node->standalone)
			buf_text_add(walk->out, node->indent);
		return walk_nodes(walk, node->first, frame, overrides);
	}
	const char *add = block_indent(walk, node);
	if (!*add && !content->standalone)
		return walk_nodes(walk, content->first, frame, overrides);
	BUF_AUTO text = { 0 };
	struct buf *out = walk->out;
	walk->out = &text;
	bool fine = walk_nodes(walk, content->first, frame, overrides);
	walk->out = out;
	reindent(out, buf_text(&text), content->standalone ? common_indent(buf_text(&text)) : 0, add);
	return fine;
}

static bool walk_node(struct walk *walk, const struct node *node, const struct frame *frame,
                      const struct overrides *overrides) {
	switch (node->kind) {
	case NODE_TEXT:
		buf_add(walk->out, node->name, node->size);
		return true;
	case NODE_VARIABLE:
	case NODE_RAW:
		write_value(walk->out, look_up(frame, node->name), node->kind == NODE_RAW);
		return true;
	case NODE_SECTION:
		return walk_section(walk, node, frame, overrides);
	case NODE_INVERTED:
		return !is_false(look_up(frame, node->name)) || walk_nodes(walk, node->first, frame, overrides);
	case NODE_PARTIAL:
	case NODE_PARENT:
		return walk_partial(walk, node, frame, overrides);
	case NODE_BLOCK:
		return walk_block(walk, node, frame, overrides);
	}
	return true;
}

static bool walk_nodes(struct walk *walk, const struct node *first, const struct frame *frame,
                       const struct overrides *overrides) {
	if (walk->depth >= NESTING_LIMIT)
		return error_set(walk->err, ERROR_INVALID, "templates nest more than %d deep", NESTING_LIMIT);
	walk->depth++;
	bool fine = true;
	for (const struct node *node = first; node && fine; node = node->next)
		fine = walk_node(walk, node, frame, overrides);
	walk->depth--;
	return fine;
}

struct templates *templates_new(template_loader *load, void *context) {
	struct templates *templates = calloc(1, sizeof *templates);
	if (!templates)
		abort();
	*templates = (struct templates){ load, context, arena_new(), NULL };
	return templates;
}

void templates_free(struct templates *templates) {
	if (!templates)
		return;
	arena_free(templates->arena);
	free(templates);
}

bool templates_render(struct templates *templates, const char *name, const struct value *data, struct buf *out,
                      struct error *err) {
	const struct node *root;
	struct walk walk = { templates, out, err, 0 };
	if (!find_template(templates, name, "", &root, err))
		return false;
	if (!root)
		return error_set(err, ERROR_MISSING, "no template %s", name);
	return walk_nodes(&walk, root->first, &(struct frame){ data, NULL }, NULL);
}
