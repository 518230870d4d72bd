/* Compiling a source. */
#include <string.h>

#include "content/compile.h"
#include "core/base/text.h"

static void compiler_begin(struct compiler *compiler, const char *source, size_t size, enum form form,
                           const struct names *names, struct flaws *flaws) {
	static const struct markup_events events = { .opened = compile_opened,
		                                         .value_begins = compile_link_begins,
		                                         .value = compile_link_ends };
	struct arena *arena = flaws->arena;
	*compiler = (struct compiler){ .source = source, .size = size, .form = form, .names = names, .flaws = flaws };
	compiler->link = -1;
	compiler->literal = source;
	compiler->found = arena_array(arena, const struct name *, SOURCE_NAMES_MAX);
	compiler->program = arena_new_of(arena, struct program);
	*compiler->program = (struct program){ .source = source, .size = size, .form = form, .today = -1 };
	compiler->program->names.items = arena_array(arena, const char *, SOURCE_NAMES_MAX);
	markup_begin(&compiler->markup, source, &events, compiler, flaws);
}

/* Makes room for one more of an array that doubles. */
static void *grow(struct arena *arena, void *items, int count, size_t size) {
	if (count & (count - 1))
		return items;
	void *more = arena_alloc(arena, size * (size_t)(count ? 2 * count : 1));
	if (count)
		memcpy(more, items, size * (size_t)count);
	return more;
}

struct step *compile_step(struct compiler *compiler, enum step_kind kind) {
	struct program *program = compiler->program;
	program->steps = grow(compiler->flaws->arena, program->steps, program->count, sizeof *program->steps);
	struct step *step = &program->steps[program->count++];
	*step = (struct step){ .kind = kind };
	return step;
}

void compile_literal(struct compiler *compiler, const char *to) {
	if (compiler->literal < to) {
		struct step *step = compile_step(compiler, STEP_LITERAL);
		step->literal.text = compiler->literal;
		step->literal.size = (size_t)(to - compiler->literal);
	}
	compiler->literal = to;
}

static void tell_unknown(struct compiler *compiler, const char *name, size_t offset) {
	const char *nearest = name_nearest(compiler->names, name, compiler->flaws->arena);
	int before = compiler->flaws->count;
	if (nearest)
		flaw_warning(compiler->flaws, offset, "There is no field “%.80s”. Do you mean “%s”?", name, nearest);
	else
		flaw_warning(compiler->flaws, offset, "There is no field “%.80s”", name);
	if (compiler->flaws->count > before)
		compiler->flaws->items[before].unknown = name;
}

static int place_name(void *context, const char *name, size_t offset, const struct name **known) {
	struct compiler *compiler = context;
	struct strings *names = &compiler->program->names;
	for (int i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], name) == 0) {
			*known = compiler->found[i];
			return i;
		}
	}
	if (names->count == SOURCE_NAMES_MAX) {
		flaw_error(compiler->flaws, offset, "More than %d different fields", SOURCE_NAMES_MAX);
		return -1;
	}
	*known = name_find(compiler->names, name);
	if (!*known)
		tell_unknown(compiler, name, offset);
	if (strcmp(name, "today") == 0)
		compiler->program->today = names->count;
	compiler->found[names->count] = *known;
	names->items[names->count] = name;
	return names->count++;
}

/* `default:"…"` and `default("…")`; *at is just after the "|". False: an error was said. */
static bool read_default(struct compiler *compiler, const struct tag *tag, int *at, const char **otherwise) {
	const struct token *filter = &tag->tokens[*at];
	if (!token_is(filter, TOKEN_WORD, "default")) {
		flaw_error(compiler->flaws, filter->offset,
		           "After “|” stands default:\"…\": what is written if there is no value");
		return false;
	}
	bool bracket = token_is(&tag->tokens[*at + 1], TOKEN_SIGN, "(");
	const struct token *text = &tag->tokens[*at + 2];
	if ((!bracket && !token_is(&tag->tokens[*at + 1], TOKEN_SIGN, ":")) ||
	    (text->kind != TOKEN_TEXT && text->kind != TOKEN_NUMBER) ||
	    (bracket && !token_is(&tag->tokens[*at + 3], TOKEN_SIGN, ")"))) {
		flaw_error(compiler->flaws, filter->offset, "Write default:\"…\", with the text in quotation marks");
		return false;
	}
	*otherwise = text->text;
	*at += bracket ? 4 : 3;
	return true;
}

/* The place here, or PLACE_NONE: an error was said. */
static enum place place_here(struct compiler *compiler, const struct tag *tag) {
	static const enum place places[] = {
		[FORM_PLAIN] = PLACE_PLAIN, [FORM_HEADER] = PLACE_HEADER, [FORM_SMS] = PLACE_SMS
	};
	const char *why;
	if (compiler->form == FORM_PLAIN || compiler->form == FORM_HEADER || compiler->form == FORM_SMS)
		return places[compiler->form];
	enum place place = compiler->form == FORM_URL ? url_state_place(&compiler->markup.place.url, &why)
	                                              : markup_value_place(&compiler->markup, &why);
	if (place == PLACE_URL && compiler->form == FORM_URL)
		place = PLACE_URL_PLAIN;
	if (place == PLACE_NONE)
		flaw_error(compiler->flaws, tag->from, "A field cannot stand %s", why);
	return place;
}

/* What begins an address must be known to be one, and our HTML stands between elements. */
static bool suits(struct compiler *compiler, const struct tag *tag, enum place place, const struct name *known) {
	enum name_type type = known ? known->type : NAME_TEXT;
	if ((place == PLACE_URL || place == PLACE_URL_PLAIN) && type != NAME_URL && type != NAME_OWN) {
		flaw_error(compiler->flaws, tag->from,
		           "An address cannot begin with a field that is no link: write https:// and the host before it");
		return false;
	}
	if (type == NAME_MARKUP && compiler->form == FORM_HTML && place != PLACE_TEXT) {
		flaw_error(compiler->flaws, tag->from, "“%s” can only stand between elements, not in an attribute",
		           known->name);
		return false;
	}
	if (type == NAME_MARKUP && (compiler->form == FORM_HEADER || compiler->form == FORM_SMS)) {
		flaw_error(compiler->flaws, tag->from, "“%s” can only stand in the body of an email", known->name);
		return false;
	}
	return true;
}

/* "Hi {{first_name}}," to somebody without one is "Hi ,". */
static void check_bare(struct compiler *compiler, const struct tag *tag, enum place place, const struct name *known) {
	bool spoken = place == PLACE_TEXT || place == PLACE_PLAIN || place == PLACE_HEADER || place == PLACE_SMS;
	char before = tag->from ? compiler->source[tag->from - 1] : '\0';
	char after = tag->to < compiler->size ? compiler->source[tag->to] : '\0';
	if (spoken && known && known->type == NAME_TEXT && before == ' ' && after && strchr(",.!?;:", after) &&
	    strcmp(known->name, "email") != 0 && !compiler->open)
		flaw_warning(compiler->flaws, tag->from, "Without a value, “%c” stands alone here: write {{%s|default:\"…\"}}",
		             after, known->name);
}

static void add_otherwise(struct compiler *compiler, struct step *step, const char *otherwise, size_t offset) {
	BUF_AUTO escaped = { 0 };
	if (!otherwise)
		return;
	if (!place_write(step->write.place, otherwise, strlen(otherwise), &escaped))
		flaw_error(compiler->flaws, offset,
		           "What stands for a missing address must be one that begins with http:// or https://");
	step->write.otherwise = arena_copy_bytes(compiler->flaws->arena, buf_text(&escaped), escaped.size);
	step->write.size = escaped.size;
}

/* `{{"{{"}}` writes what stands in the quotation marks. */
static void add_quoted(struct compiler *compiler, const struct tag *tag) {
	const char *text = tag->tokens[0].text;
	BUF_AUTO escaped = { 0 };
	if (compiler->form == FORM_URL) { /* the author's own, as if it stood there plainly */
		url_state_read(&compiler->markup.place.url, text, strlen(text));
		buf_text_add(&escaped, text);
	} else {
		enum place place = place_here(compiler, tag);
		if (place == PLACE_NONE)
			return;
		(void)place_write(place, text, strlen(text), &escaped);
	}
	struct step *step = compile_step(compiler, STEP_LITERAL);
	step->literal.text = arena_copy_bytes(compiler->flaws->arena, buf_text(&escaped), escaped.size);
	step->literal.size = escaped.size;
}

static void pass_value(struct compiler *compiler) {
	if (compiler->form == FORM_URL)
		url_state_pass(&compiler->markup.place.url);
	else if (compiler->form == FORM_HTML)
		markup_pass(&compiler->markup);
}

void compile_write(struct compiler *compiler, const struct tag *tag) {
	const struct name *known = NULL;
	const char *otherwise = NULL;
	int at = 0;
	if (tag->count == 1 && tag->tokens[0].kind == TOKEN_TEXT) {
		add_quoted(compiler, tag);
		return;
	}
	const char *name = tag_name(tag, &at, compiler->flaws->arena);
	if (!name) {
		flaw_error(compiler->flaws, tag->from, "Between “{{” and “}}” stands the name of a field");
		return;
	}
	if (token_is(&tag->tokens[at], TOKEN_SIGN, "|")) {
		at++;
		if (!read_default(compiler, tag, &at, &otherwise))
			return;
	}
	if (at < tag->count) {
		flaw_error(compiler->flaws, tag->tokens[at].offset, "“%.60s” cannot stand after the name “%.60s”",
		           tag->tokens[at].text, name);
		return;
	}
	int place_of_name = place_name(compiler, name, tag->tokens[0].offset, &known);
	enum place place = place_of_name < 0 ? PLACE_NONE : place_here(compiler, tag);
	if (place == PLACE_NONE || !suits(compiler, tag, place, known))
		return;
	if (!otherwise)
		check_bare(compiler, tag, place, known);
	struct step *step = compile_step(compiler, STEP_WRITE);
	step->write.name = place_of_name;
	step->write.place = place;
	step->write.type = known ? known->type : NAME_TEXT;
	add_otherwise(compiler, step, otherwise, tag->from);
	compile_link_tag(compiler, known);
	pass_value(compiler);
}

struct condition_names compile_names(struct compiler *compiler) {
	return (struct condition_names){ place_name, compiler };
}

static void read_literal(struct compiler *compiler, size_t from, size_t to) {
	const char *begin = compiler->source + from, *end = compiler->source + to;
	if (compiler->form == FORM_HTML)
		markup_read(&compiler->markup, begin, end);
	else if (compiler->form == FORM_URL)
		url_state_read(&compiler->markup.place.url, begin, to - from);
	else if (compiler->form == FORM_PLAIN)
		compile_bare_links(compiler, from, to);
	compile_literal(compiler, end);
}

/* In plain text, a condition that is alone on its line takes the line with it. */
static void take_line(struct compiler *compiler, struct tag *tag, size_t *from) {
	size_t begin = tag->from, end = tag->to;
	if ((compiler->form != FORM_PLAIN && compiler->form != FORM_SMS) || tag->kind != TAG_CONDITION)
		return;
	while (begin > *from && (compiler->source[begin - 1] == ' ' || compiler->source[begin - 1] == '\t'))
		begin--;
	while (end < compiler->size && strchr(" \t\r", compiler->source[end]))
		end++;
	bool first = begin == 0 || compiler->source[begin - 1] == '\n',
		 last = end == compiler->size || compiler->source[end] == '\n';
	if (!first || !last)
		return;
	tag->from = begin;
	tag->to = end + (end < compiler->size);
}

static bool is_too_large(struct compiler *compiler) {
	if (compiler->size > SOURCE_BYTES_MAX)
		flaw_error(compiler->flaws, 0, "More than %d MB", SOURCE_BYTES_MAX / 1024 / 1024);
	else if (!text_is_utf8(compiler->source, compiler->size) && compiler->size)
		flaw_error(compiler->flaws, 0, "This is not UTF-8 text");
	return compiler->flaws->errors;
}

/* False: it stopped, having said why; what is open was not read to its end. */
static bool read_all(struct compiler *compiler) {
	enum tag_source kind = compiler->form == FORM_HTML ? SOURCE_HTML : SOURCE_PLAIN;
	int tags = 0;
	for (size_t from = 0;
	     from < compiler->size && compiler->flaws->errors < FLAWS_MAX && compiler->link_count <= LINKS_MAX;) {
		struct tag tag;
		bool found = tag_find(compiler->source, compiler->size, from, kind, &tag, compiler->flaws);
		if (found)
			take_line(compiler, &tag, &from);
		read_literal(compiler, from, tag.from);
		compiler->literal = compiler->source + tag.to;
		if (found && ++tags > SOURCE_TAGS_MAX) {
			flaw_error(compiler->flaws, tag.from, "More than %d fields and conditions", SOURCE_TAGS_MAX);
			return false;
		}
		if (found && tag.kind == TAG_WRITE)
			compile_write(compiler, &tag);
		else if (found && !compile_condition(compiler, &tag))
			return false;
		from = tag.to;
	}
	return true;
}

struct program *content_compile(const char *source, size_t size, enum form form, const struct names *names,
                                struct flaws *flaws) {
	struct compiler compiler;
	compiler_begin(&compiler, source, size, form, names, flaws);
	if (!is_too_large(&compiler)) {
		if (read_all(&compiler))
			compile_conditions_end(&compiler);
		compile_links_end(&compiler);
		if (!compiler.pixel && form == FORM_HTML)
			compile_pixel_first(&compiler);
	}
	flaws_locate(flaws, source, size);
	return flaws->errors ? NULL : compiler.program;
}

struct strings program_names(const struct program *program) {
	return program->names;
}

struct links program_links(const struct program *program) {
	return program->links;
}
