/* Compiling links: a step before each tracked one, that writes another address. */
#include <string.h>

#include "content/compile.h"
#include "content/link_text.h"
#include "core/base/buf.h"

static struct link *add_link(struct compiler *compiler, size_t offset) {
	int count = compiler->link_count;
	if (count == LINKS_MAX)
		flaw_error(compiler->flaws, offset, "More than %d links", LINKS_MAX);
	if ((count & (count - 1)) == 0) {
		struct link *more = arena_array(compiler->flaws->arena, struct link, count ? 2 * count : 1);
		if (count)
			memcpy(more, compiler->links, sizeof *more * (size_t)count);
		compiler->links = more;
	}
	compiler->links[count] = (struct link){ .offset = offset, .target = "", .tracked = -1, .url = count };
	return &compiler->links[compiler->link_count++];
}

/* Elements whose href somebody follows. Outlook's shapes ("v:roundrect") are links in comments that it reads. */
static bool is_link(const struct markup *markup) {
	const char *element = markup->place.element;
	return !markup->place.closing && strcmp(markup->place.attribute, "href") == 0 &&
	       (strcmp(element, "a") == 0 || strcmp(element, "area") == 0 || strncmp(element, "v:", 2) == 0);
}

void compile_link_begins(void *context, const struct markup *markup, const char *from) {
	struct compiler *compiler = context;
	if (!is_link(markup))
		return;
	compile_literal(compiler, from);
	add_link(compiler, (size_t)(from - compiler->source));
	compiler->link = compiler->link_count - 1;
	compiler->link_step = compiler->program->count;
	compiler->link_own = false;
	(void)compile_step(compiler, STEP_LINK);
}

void compile_link_tag(struct compiler *compiler, const struct name *known) {
	compiler->link_own = compiler->link_own || (known && known->type == NAME_OWN);
}

static bool has_tag(const char *target) {
	return strstr(target, "{{") || strstr(target, "{%");
}

static void find_same(struct compiler *compiler, struct link *link) {
	for (int i = 0; i < link->url; i++) {
		if (strcmp(compiler->links[i].target, link->target) == 0) {
			link->url = compiler->links[i].url;
			return;
		}
	}
}

void compile_link_cancel(struct compiler *compiler) {
	if (compiler->link < 0 || compiler->form != FORM_PLAIN)
		return;
	compiler->program->steps[compiler->link_step] = (struct step){ .kind = STEP_GO, .target = compiler->link_step + 1 };
	compiler->link_count--;
	compiler->link = -1;
}

/* A bare address of which a value is a part where none may be, as in its host: it is text, and stays as it is written.
 * Nobody wrote a link there. */
static bool is_text(const struct compiler *compiler, const char *target) {
	struct flaws inner;
	if (compiler->form != FORM_PLAIN || !has_tag(target))
		return false;
	flaws_begin(&inner, compiler->flaws->arena);
	return !content_compile(target, strlen(target), FORM_URL, compiler->names, &inner);
}

/* `to` ends the link that is being read. */
static void end_link(struct compiler *compiler, const char *to, enum tag_source kind) {
	struct program *program = compiler->program;
	struct link *link = &compiler->links[compiler->link];
	const char *from = compiler->source + link->offset;
	compile_literal(compiler, to);
	link->size = (size_t)(to - from);
	link->target = link_target(from, to, kind, compiler->flaws->arena);
	link->kind = compiler->link_own ? LINK_OWN : link_kind_of(link->target);
	if (is_text(compiler, link->target)) {
		compile_link_cancel(compiler);
		return;
	}
	find_same(compiler, link);
	struct step *step = &program->steps[compiler->link_step];
	*step = (struct step){ .kind = STEP_GO, .target = compiler->link_step + 1 };
	if (link->kind == LINK_TRACKED) {
		link->tracked = program->links.tracked++;
		*step = (struct step){ .kind = STEP_LINK, .target = program->count, .link = link->tracked };
	}
	compiler->link = -1;
}

void compile_link_ends(void *context, const struct markup *markup, const char *from, const char *to) {
	struct compiler *compiler = context;
	(void)from;
	if (strcmp(markup->place.element, "base") == 0 && strcmp(markup->place.attribute, "href") == 0)
		flaw_error(compiler->flaws, (size_t)(from - compiler->source),
		           "<base> changes where every link leads: remove it, and write links in full");
	if (is_link(markup) && compiler->link >= 0)
		end_link(compiler, to, SOURCE_HTML);
}

/* A bare address in plain text, with the tags that stand in it. */
static void add_bare(struct compiler *compiler, size_t begin) {
	compile_literal(compiler, compiler->source + begin);
	add_link(compiler, begin);
	compiler->link = compiler->link_count - 1;
	compiler->link_step = compiler->program->count;
	compiler->link_own = false;
	(void)compile_step(compiler, STEP_LINK);
}

void compile_bare_links(struct compiler *compiler, size_t from, size_t to) {
	size_t at = from, begin, end;
	if (compiler->link >= 0) { /* a tag stood in the address */
		end = link_bare_end(compiler->source, to, from);
		if (end < to || to == compiler->size)
			end_link(compiler,
			         compiler->source + link_bare_trim(compiler->source, compiler->links[compiler->link].offset, end),
			         SOURCE_PLAIN);
		at = end;
	}
	while (compiler->link < 0 && link_find_bare(compiler->source, to, at, &begin, &end)) {
		add_bare(compiler, begin);
		at = end;
		if (end < to || to == compiler->size)
			end_link(compiler, compiler->source + link_bare_trim(compiler->source, begin, end), SOURCE_PLAIN);
	}
}

void compile_links_end(struct compiler *compiler) {
	struct program *program = compiler->program;
	if (compiler->link >= 0 && compiler->form == FORM_PLAIN)
		end_link(compiler, compiler->literal, SOURCE_PLAIN);
	program->links.items = compiler->links;
	program->links.count = compiler->link_count;
	for (int i = 0; i < compiler->link_count; i++) {
		struct link *link = &compiler->links[i];
		struct flaws inner;
		flaws_begin(&inner, compiler->flaws->arena);
		if (link->kind == LINK_TRACKED && has_tag(link->target))
			link->program = content_compile(link->target, strlen(link->target), FORM_URL, compiler->names, &inner);
		if (inner.errors && !compiler->flaws->errors)
			flaw_error(compiler->flaws, link->offset, "This link cannot be tracked: %.300s", inner.items[0].text);
	}
}

void compile_opened(void *context, const struct markup *markup, const char *after) {
	struct compiler *compiler = context;
	if (strcmp(markup->place.element, "script") == 0)
		flaw_warning(compiler->flaws, (size_t)(after - compiler->source), "Mail apps remove scripts");
	if (compiler->pixel || compiler->open || strcmp(markup->place.element, "body") != 0)
		return;
	compile_literal(compiler, after);
	(void)compile_step(compiler, STEP_PIXEL);
	compiler->pixel = true;
}

void compile_pixel_first(struct compiler *compiler) {
	struct program *program = compiler->program;
	(void)compile_step(compiler, STEP_PIXEL);
	for (int i = program->count - 1; i > 0; i--) {
		program->steps[i] = program->steps[i - 1];
		program->steps[i].target++;
	}
	program->steps[0] = (struct step){ .kind = STEP_PIXEL };
}
