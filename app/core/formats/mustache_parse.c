/* Mustache: the parser. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/formats/mustache_tree.h"

struct parser {
	struct arena *arena;
	const char *name, *source, *at;
	const char *clean;   /* after a parent or block tag that only such tags and blanks precede on its line */
	const char *counted; /* `line` is the line number at this point */
	int line;
	char open[16], close[16];
	struct node *inside;
	struct error *err;
};

struct tag {
	const char *at, *content, *end,
		*after; /* the opening delimiter; start and end of the content; just after the tag */
	char sigil; /* '\0' for a variable */
};

/* The source that a tag consumes, with white space around it if it is standalone. */
struct place {
	const char *from, *after, *indent;
	bool begins_line, standalone;
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

/* The start of the blanks before the tag if nothing else precedes it on its line, else NULL. Inheritance tags before it
 * do not count: they write nothing. */
static const char *line_start(const struct parser *parser, const char *tag, char sigil) {
	while (tag > parser->source && (tag[-1] == ' ' || tag[-1] == '\t'))
		tag--;
	bool first = tag == parser->source || tag[-1] == '\n';
	return first || (is_inheritance(sigil) && tag == parser->clean) ? tag : NULL;
}

/* Just after the line break if only blanks precede it, else NULL. */
static const char *line_end(const char *at) {
	at = skip_blanks(at);
	if (*at == '\0' || *at == '\n')
		return *at ? at + 1 : at;
	return at[0] == '\r' && at[1] == '\n' ? at + 2 : NULL;
}

static bool set_delimiters(struct parser *parser, const struct tag *tag) {
	char text[TAG_BYTES];
	(void)snprintf(text, sizeof text, "%.*s", (int)(tag->end - tag->content), tag->content);
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

/* A pair of parent tags on one line consumes the whole line, whatever is between them. */
static bool ends_parent_line(const struct parser *parser, char sigil) {
	return sigil == '/' && parser->inside->kind == NODE_PARENT && parser->inside->begins_line;
}

/* A block on one line leaves the line in place: only its content is replaced. */
static bool ends_one_line_block(const struct parser *parser, char sigil) {
	return sigil == '/' && parser->inside->kind == NODE_BLOCK && !parser->inside->standalone;
}

/* Finds the end of the tag that opens at `at`. */
static bool find_tag(struct parser *parser, const char *at, struct tag *tag) {
	const char *close = parser->close, *content = skip_blanks(at + strlen(parser->open));
	char sigil = *content && strchr("#^/>&!={<$", *content) ? *content : '\0';
	content += sigil != '\0';
	const char *sign = sigil == '=' ? "=" : sigil == '{' ? "}" : NULL; /* also precedes the closing delimiter */
	const char *end = strstr(content, sign ? sign : close);
	const char *after = end && sign ? skip_blanks(end + 1) : end;
	if (!after || strncmp(after, close, strlen(close)) != 0)
		return error_set(parser->err, ERROR_INVALID, "a tag is not closed: %.40s", at);
	*tag = (struct tag){ at, content, end, after + strlen(close), sigil };
	return true;
}

/* A standalone tag consumes its whole line. */
static struct place place_of(struct parser *parser, const struct tag *tag) {
	char sigil = tag->sigil;
	const char *start = sigil && !strchr("&{", sigil) ? line_start(parser, tag->at, sigil) : NULL;
	struct place place = { tag->at, tag->after, "", start && start >= parser->at, false };
	const char *next = place.begins_line || ends_parent_line(parser, sigil) ? line_end(tag->after) : NULL;
	if (ends_one_line_block(parser, sigil))
		next = NULL;
	place.standalone = place.begins_line && next;
	if (place.begins_line && (next || sigil == '<' || sigil == '$')) {
		if (strchr("><$", sigil))
			place.indent = arena_copy_bytes(parser->arena, start, (size_t)(tag->at - start));
		place.from = start;
	}
	if (next)
		place.after = next;
	else if (place.begins_line && is_inheritance(sigil))
		parser->clean = place.after;
	return place;
}

static int line_of(struct parser *parser, const char *at) {
	for (; parser->counted < at; parser->counted++)
		parser->line += *parser->counted == '\n';
	return parser->line;
}

/* Is what begins here the name of an attribute whose value the browser sends back? */
static bool is_sent_attribute(const char *source, const char *end) {
	static const char *const names[] = { "value", "href", "src", "action", "formaction" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t size = strlen(names[i]);
		if ((size_t)(end - source) > size && strncmp(end - size, names[i], size) == 0 &&
		    strchr(" \t\n\"", end[-(ptrdiff_t)size - 1]))
			return true;
	}
	return false;
}

static bool is_in_textarea(const char *source, const char *at) {
	const char *from = at > source && at[-1] == '>' ? at - 1 : source;
	while (from > source && *from != '<')
		from--;
	return text_starts(from, "<textarea");
}

/* What precedes the tag, in this template. */
static bool is_sent_back(const char *source, const char *tag) {
	const char *at = tag;
	while (at > source && !strchr("<>\"", at[-1]))
		at--;
	bool in_attribute = at - source >= 2 && at[-1] == '"' && at[-2] == '=';
	return in_attribute ? is_sent_attribute(source, at - 2) : is_in_textarea(source, tag);
}

/* "name|one|many" or "name|/": leaves the name. */
static void read_words(struct node *node, char *name) {
	char *one = strchr(name, '|'), *many = one ? strchr(one + 1, '|') : NULL;
	node->is_address = one && strcmp(one, "|/") == 0;
	if (node->is_address)
		*one = '\0';
	if (!many)
		return;
	*one = *many = '\0';
	node->one = one + 1;
	node->many = many + 1;
}

static bool add_tag(struct parser *parser, const struct tag *tag, const struct place *place) {
	enum node_kind kind = NODE_VARIABLE;
	struct arena *arena = parser->arena;
	char *name = text_trim(arena, arena_copy_bytes(arena, tag->content, (size_t)(tag->end - tag->content)));
	if (tag->sigil == '/')
		return close_section(parser, name);
	(void)kind_of_tag(tag->sigil, &kind);
	struct node *node = add_node(parser, kind);
	node->indent = place->indent;
	node->begins_line = place->begins_line;
	node->standalone = place->standalone;
	node->template = parser->name;
	node->line = line_of(parser, tag->at);
	if ((kind == NODE_PARTIAL || kind == NODE_PARENT) && *name == '*') {
		node->dynamic = true;
		name = text_trim(arena, name + 1);
	}
	if (kind == NODE_VARIABLE) {
		read_words(node, name);
		node->sent_back = is_sent_back(parser->source, tag->at);
	}
	node->name = name;
	if (kind == NODE_SECTION || kind == NODE_INVERTED || kind == NODE_PARENT || kind == NODE_BLOCK)
		parser->inside = node;
	return true;
}

/* Reads the text up to the next tag, and the tag; moves past both. */
static bool read_tag(struct parser *parser, const char *at) {
	struct tag tag;
	if (!find_tag(parser, at, &tag))
		return false;
	struct place place = place_of(parser, &tag);
	add_text(parser, parser->at, place.from);
	parser->at = place.after;
	if (tag.sigil == '!')
		return true;
	return tag.sigil == '=' ? set_delimiters(parser, &tag) : add_tag(parser, &tag, &place);
}

bool mustache_parse(struct arena *arena, const char *name, const char *source, struct node **root, struct error *err) {
	struct parser parser = { .arena = arena,
		                     .name = name,
		                     .source = source,
		                     .at = source,
		                     .counted = source,
		                     .line = 1,
		                     .open = "{{",
		                     .close = "}}",
		                     .err = err };
	parser.inside = *root = arena_new_of(arena, struct node);
	for (const char *tag; (tag = strstr(parser.at, parser.open));)
		if (!read_tag(&parser, tag))
			return false;
	add_text(&parser, parser.at, parser.at + strlen(parser.at));
	if (parser.inside->above)
		return error_set(err, ERROR_INVALID, "section '%s' is not closed", parser.inside->name);
	return true;
}
