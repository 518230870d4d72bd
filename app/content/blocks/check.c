/* What is wrong with a design. */
#include "content/blocks/blocks.h"

#include <stdio.h>
#include <string.h>

#include "content/blocks/prose.h"
#include "content/program.h"
#include "core/base/text.h"
#include "core/formats/url.h"

struct check {
	const struct names *names;
	struct arena *arena;
	struct problems *problems, *warnings;
	const char *path; /* of what is being checked */
};

static void say(const struct check *check, struct problems *list, const char *text) {
	struct error problem = ERROR_INIT;
	(void)error_field(&problem, check->path, "%s", text);
	problems_add(list, check->arena, &problem);
}

static void say_flaws(const struct check *check, const struct flaws *flaws) {
	for (int i = 0; i < flaws->count; i++)
		say(check, flaws->items[i].is_error ? check->problems : check->warnings, flaws->items[i].text);
}

static void check_source(const struct check *check, const char *text, enum form form) {
	struct flaws flaws;
	flaws_begin(&flaws, check->arena);
	(void)content_compile(text, strlen(text), form, check->names, &flaws);
	say_flaws(check, &flaws);
}

/* As it stands in the HTML. */
static void check_address(const struct check *check, const char *address, bool is_image) {
	struct flaws flaws;
	BUF_AUTO html = { 0 };
	flaws_begin(&flaws, check->arena);
	buf_text_add(&html, is_image ? "<img src=\"" : "<a href=\"");
	html_escape(&html, address);
	buf_text_add(&html, is_image ? "\">" : "\">x</a>");
	struct program *program = content_compile(buf_text(&html), html.size, FORM_HTML, check->names, &flaws);
	say_flaws(check, &flaws);
	if (!program)
		return;
	struct links links = program_links(program);
	enum link_kind kind = links.count ? links.items[0].kind : LINK_TRACKED;
	bool is_web = text_starts(address, "https://") || text_starts(address, "http://");
	if (is_image && !is_web && !text_starts(address, "{{"))
		say(check, check->problems, "An image needs its address in full, like https://example.com/picture.png");
	else if (kind == LINK_UNSAFE)
		say(check, check->problems, "Mail apps follow only links that begin with https://, mailto: or tel:");
	else if (kind == LINK_RELATIVE || kind == LINK_INLINE)
		say(check, check->problems,
		    "This leads nowhere from an email. Write the link in full, like https://example.com/offer");
	else if (text_starts(address, "http://"))
		say(check, check->warnings, "This begins with http://. With https:// nobody on the way can read or change it");
}

static void check_link(void *context, const char *address, size_t size) {
	const struct check *check = context;
	check_address(check, arena_copy_bytes(check->arena, address, size), false);
}

static void check_field(struct check *check, const struct block_field *field, const char *text) {
	if (!*text) {
		if (field->required)
			say(check, check->problems, arena_print(check->arena, "%s is missing", field->label));
		return;
	}
	switch (field->input) {
	case INPUT_LINE:
		check_source(check, text, FORM_PLAIN);
		return;
	case INPUT_PARAGRAPHS:
		check_source(check, text, FORM_PLAIN);
		prose_links(text, check_link, check);
		return;
	case INPUT_ADDRESS:
	case INPUT_IMAGE:
		check_address(check, text, field->input == INPUT_IMAGE);
		return;
	case INPUT_CHOICE:
	case INPUT_NUMBER:
		return;
	}
}

static const char *text_of(const struct block_field *fields, int count, const struct block_item *item,
                           const char *name) {
	for (int i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0)
			return item->texts[i];
	return "";
}

static void check_item(struct check *check, const char *path, const struct block_field *fields, int count,
                       const struct block_item *item) {
	for (int i = 0; i < count; i++) {
		check->path = arena_print(check->arena, "%s.%s", path, fields[i].name);
		check_field(check, &fields[i], item->texts[i]);
	}
	bool has_image = *text_of(fields, count, item, "src") || *text_of(fields, count, item, "image");
	check->path = arena_print(check->arena, "%s.alt", path);
	if (has_image && !*text_of(fields, count, item, "alt"))
		say(check, check->warnings, "Without alt text, whoever does not see the image learns nothing of it");
	check->path = arena_print(check->arena, "%s.href", path);
	if (*text_of(fields, count, item, "label") && !*text_of(fields, count, item, "href"))
		say(check, check->problems, "The label needs a link");
}

static void check_condition(struct check *check, const char *path, const char *condition) {
	check->path = arena_print(check->arena, "%s.only_if", path);
	if (!*condition)
		return;
	if (strstr(condition, "%}") || strstr(condition, "{%"))
		say(check, check->problems, "Write only the condition, like city == \"Rome\"");
	else
		check_source(check, arena_print(check->arena, "{%% if %s %%}x{%% endif %%}", condition), FORM_PLAIN);
}

static void check_theme(struct check *check, const struct theme *theme) {
	double contrast = colour_contrast(theme->text, theme->surface);
	check->path = "theme.text";
	if (contrast < 4.5)
		say(check, check->problems,
		    arena_print(check->arena, "The text can hardly be read on its ground: a contrast of %.1f, 4.5 is needed",
		                contrast));
	check->path = "theme.logo";
	if (*theme->logo)
		check_address(check, theme->logo, true);
	check->path = "theme.logo_alt";
	check_source(check, theme->logo_alt, FORM_PLAIN);
	if (*theme->logo && !*theme->logo_alt)
		say(check, check->warnings,
		    "Without alt text, whoever does not see the logo does not learn whose email this is");
}

void design_check(const struct design *design, const struct names *names, struct arena *arena,
                  struct problems *problems, struct problems *warnings) {
	struct check check = { names, arena, problems, warnings, "" };
	check_theme(&check, &design->theme);
	for (int i = 0; i < design->count; i++) {
		const struct block *block = &design->blocks[i];
		const struct block_kind *kind = &block_kinds[block->type];
		const char *path = arena_print(arena, "blocks[%d]", i);
		check_item(&check, path, kind->fields, kind->field_count, &block->own);
		for (int j = 0; j < block->item_count && kind->item_max; j++)
			check_item(&check, arena_print(arena, "%s.items[%d]", path, j), kind->item_fields, kind->item_field_count,
			           &block->items[j]);
		check_condition(&check, path, block->only_if);
	}
}
