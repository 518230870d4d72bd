/* Mustache: the renderer. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/formats/mustache.h"
#include "core/formats/mustache_tree.h"
#include "core/formats/url.h"

/* Work is counted in bytes written; the other costs are measured, roughly, in these. */
enum { NESTING_LIMIT = 64, NODE_WORK = 32, STEP_WORK = 8, PARSED_BYTE_WORK = 32, WORK_MAX = 64 * 1024 * 1024 };

struct template {
	const char *name, *indent;
	struct node *root; /* NULL if there is no such template */
	struct template *next;
};

struct templates {
	template_loader *load;
	void *context;
	struct arena *arena;
	struct template *known;
	bool strict;
};

struct frame {
	const struct value *value;
	const struct frame *below;
};

/* Blocks overridden by a parent tag; outer overrides win over inner ones. */
struct overrides {
	const struct node *parent;
	const struct overrides *outer;
};

struct walk {
	struct templates *templates;
	struct buf *out;
	struct error *err;
	int depth;
	int64_t work; /* done so far, at most WORK_MAX */
};

/* Nested sections over lists and partials multiply, so a short template could keep a process busy for years. */
static bool spend(struct walk *walk, size_t work) {
	walk->work += (int64_t)work;
	return walk->work <= WORK_MAX ||
	       error_set(walk->err, ERROR_INVALID, "this template takes too much work: its sections or partials multiply");
}

/* The source with `indent` before each non-empty line. */
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

/* NULL if it was not used with this indentation before. */
static const struct template *known_template(struct walk *walk, const char *name, const char *indent) {
	const struct template *template = walk->templates->known;
	for (; template; template = template->next) {
		walk->work += STEP_WORK;
		if (strcmp(template->name, name) == 0 && strcmp(template->indent, indent) == 0)
			return template;
	}
	return NULL;
}

static bool load_template(struct walk *walk, const char *name, const char *indent, const struct node **root) {
	struct templates *templates = walk->templates;
	struct arena *arena = templates->arena;
	const char *kept_name = arena_copy(arena, name), *source = templates->load(templates->context, arena, name);
	struct node *parsed = NULL;
	if (source) {
		source = indented(arena, source, indent);
		if (!spend(walk, strlen(source) * PARSED_BYTE_WORK))
			return false;
		if (!mustache_parse(arena, kept_name, source, &parsed, walk->err))
			return error_note(walk->err, "in template %s", name);
	}
	struct template *template = arena_new_of(arena, struct template);
	*template = (struct template){ kept_name, arena_copy(arena, indent), parsed, templates->known };
	templates->known = template;
	*root = parsed;
	return true;
}

static bool find_template(struct walk *walk, const char *name, const char *indent, const struct node **root) {
	const struct template *known = known_template(walk, name, indent);
	if (!known)
		return load_template(walk, name, indent, root);
	*root = known->root;
	return true;
}

/* null has no members; members missing from a sparse map are null */
static const struct value *member_of(const struct value *value, const char *name) {
	static const struct value nothing = { .kind = VALUE_NULL };
	const struct value *found = value->kind == VALUE_NULL ? value : value_get(value, name);
	return !found && value->sparse ? &nothing : found;
}

static const struct value *look_up(struct walk *walk, const struct frame *frame, const char *name) {
	char part[TAG_BYTES];
	if (strcmp(name, ".") == 0)
		return frame->value;
	size_t size = strcspn(name, ".");
	if (size >= sizeof part)
		return NULL;
	memcpy(part, name, size);
	part[size] = '\0';
	const struct value *found = NULL;
	for (; frame && !found; frame = frame->below) {
		walk->work += STEP_WORK;
		found = value_get(frame->value, part);
	}
	while (found && name[size] == '.') {
		name += size + 1;
		size = strcspn(name, ".");
		if (size >= sizeof part)
			return NULL;
		memcpy(part, name, size);
		part[size] = '\0';
		found = member_of(found, part);
	}
	return found;
}

/* The value that a tag names, NULL if there is none; in strict mode that is a fault. */
static bool find_value(struct walk *walk, const struct node *tag, const struct frame *frame,
                       const struct value **value) {
	*value = look_up(walk, frame, tag->name);
	if (*value || !walk->templates->strict)
		return true;
	return error_set(walk->err, ERROR_FAULT, "template %s, line %d: nothing in the data has the name '%s'",
	                 tag->template, tag->line, tag->name);
}

/* An empty text is, too: a time that is not set is written as one. */
static bool is_false(const struct value *value) {
	return !value || value->kind == VALUE_NULL || (value->kind == VALUE_BOOL && !value->boolean) ||
	       (value->kind == VALUE_LIST && !value->first) || (value->kind == VALUE_TEXT && !*value->text);
}

static void write_number(struct buf *out, const struct value *value) {
	char text[40];
	if (value->kind == VALUE_INT)
		(void)snprintf(text, sizeof text, "%" PRId64, value->integer);
	else
		(void)snprintf(text, sizeof text, "%.15g", value->real);
	buf_text_add(out, text);
}

static void write_value(struct buf *out, const struct value *value, const struct node *node) {
	if (!value)
		return;
	if (value->kind == VALUE_INT || value->kind == VALUE_REAL)
		write_number(out, value);
	else if (value->kind == VALUE_BOOL)
		buf_text_add(out, value->boolean ? "true" : "false");
	else if (value->kind == VALUE_TEXT && node->kind == NODE_RAW)
		buf_text_add(out, value->text);
	else if (value->kind == VALUE_TEXT)
		(node->sent_back ? html_escape : html_show)(out, value->text);
}

/* Of what is escaped: a part begins after a slash, at a question mark, an ampersand and the @ of an email address. */
static void write_address(struct buf *out, const struct value *value, const struct node *node) {
	BUF_AUTO escaped = { 0 };
	write_value(&escaped, value, node);
	for (const char *at = buf_text(&escaped); *at; at++) {
		if (*at == '?' || *at == '@' || text_after(at, "&amp;") != at)
			buf_text_add(out, "<wbr>");
		buf_char(out, *at);
		if (*at == '/' && at[1] && at[1] != '/')
			buf_text_add(out, "<wbr>");
	}
}

static void write_grouped(struct buf *out, int64_t number) {
	ARENA_AUTO arena = arena_new();
	buf_text_add(out, text_of_count(arena, number));
}

/* As in "1,234"; a handler may have written it out before. */
static void write_counted(struct buf *out, const struct node *node, const struct value *value) {
	enum { GROUPED_FROM = 1000 };
	BUF_AUTO number = { 0 };
	if (value && value->kind == VALUE_INT && value->integer >= GROUPED_FROM)
		write_grouped(&number, value->integer);
	else
		write_value(&number, value, node);
	for (const char *at = strcmp(buf_text(&number), "1") == 0 ? node->one : node->many; *at; at++)
		if (*at == '#')
			buf_text_add(out, buf_text(&number));
		else
			buf_char(out, *at);
}

static bool walk_nodes(struct walk *walk, const struct node *first, const struct frame *frame,
                       const struct overrides *overrides);

static bool walk_section(struct walk *walk, const struct node *node, const struct frame *frame,
                         const struct overrides *overrides) {
	const struct value *value;
	if (!find_value(walk, node, frame, &value))
		return false;
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
	const struct value *value;
	*root = NULL;
	if (node->dynamic) {
		if (!find_value(walk, node, frame, &value))
			return false;
		if (!value || value->kind != VALUE_TEXT)
			return true;
		name = value->text;
	}
	if (!find_template(walk, name, node->indent, root))
		return false;
	return *root || !walk->templates->strict ||
	       error_set(walk->err, ERROR_FAULT, "template %s, line %d: there is no template '%s'", node->template,
	                 node->line, name);
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
static const struct node *block_content(struct walk *walk, const struct node *block,
                                        const struct overrides *overrides) {
	const struct node *content = block;
	for (; overrides; overrides = overrides->outer) {
		for (const struct node *child = overrides->parent->first; child; child = child->next) {
			walk->work += STEP_WORK;
			if (child->kind == NODE_BLOCK && strcmp(child->name, block->name) == 0)
				content = child;
		}
	}
	return content;
}

static size_t common_indent(const char *text) {
	size_t blanks = strspn(text, " \t");
	return text[blanks] && text[blanks] != '\n' ? blanks : 0;
}

/* Re-indents a block's lines from where the override was written to where the block is. */
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

/* The indentation of the block's content: that of the default content if it has lines of its own, else that of the
 * tag. */
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
	const struct node *content = block_content(walk, node, overrides);
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
	if (!fine || !spend(walk, text.size))
		return false;
	reindent(out, buf_text(&text), content->standalone ? common_indent(buf_text(&text)) : 0, add);
	return true;
}

static bool walk_variable(struct walk *walk, const struct node *node, const struct frame *frame) {
	const struct value *value;
	if (!find_value(walk, node, frame, &value))
		return false;
	size_t before = walk->out->size;
	if (node->one)
		write_counted(walk->out, node, value);
	else if (node->is_address)
		write_address(walk->out, value, node);
	else
		write_value(walk->out, value, node);
	return spend(walk, walk->out->size - before);
}

static bool walk_inverted(struct walk *walk, const struct node *node, const struct frame *frame,
                          const struct overrides *overrides) {
	const struct value *value;
	return find_value(walk, node, frame, &value) &&
	       (!is_false(value) || walk_nodes(walk, node->first, frame, overrides));
}

static bool walk_node(struct walk *walk, const struct node *node, const struct frame *frame,
                      const struct overrides *overrides) {
	if (!spend(walk, NODE_WORK + node->size))
		return false;
	switch (node->kind) {
	case NODE_TEXT:
		buf_add(walk->out, node->name, node->size);
		return true;
	case NODE_VARIABLE:
	case NODE_RAW:
		return walk_variable(walk, node, frame);
	case NODE_SECTION:
		return walk_section(walk, node, frame, overrides);
	case NODE_INVERTED:
		return walk_inverted(walk, node, frame, overrides);
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
	*templates = (struct templates){ .load = load, .context = context, .arena = arena_new() };
	return templates;
}

void templates_set_strict(struct templates *templates) {
	templates->strict = true;
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
	struct walk walk = { .templates = templates, .out = out, .err = err };
	if (!find_template(&walk, name, "", &root))
		return false;
	if (!root)
		return error_set(err, ERROR_MISSING, "no template %s", name);
	return walk_nodes(&walk, root->first, &(struct frame){ data, NULL }, NULL);
}
