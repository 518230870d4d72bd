/* The block editor: what a form makes of a design. */
#include "templates/editor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

static const char *typed(const struct params *form, struct arena *arena, const char *name) {
	const char *value = params_get(form, name);
	if (!value || !strchr(value, '\r'))
		return value;
	char *text = arena_copy(arena, value), *to = text;
	for (const char *at = text; *at; at++)
		if (*at != '\r')
			*to++ = *at;
	*to = '\0';
	return text;
}

static void read_fields(const struct params *form, struct arena *arena, const char *prefix,
                        const struct block_field *fields, int count, struct block_item *item) {
	for (int i = 0; i < count; i++) {
		const char *value = typed(form, arena, arena_print(arena, "%s_%s", prefix, fields[i].name));
		if (value)
			item->texts[i] = text_trim(arena, value);
	}
}

static void read_block(const struct params *form, struct arena *arena, struct block *block) {
	const struct block_kind *kind = &block_kinds[block->type];
	const char *only_if = typed(form, arena, "b_only_if");
	read_fields(form, arena, "b", kind->fields, kind->field_count, &block->own);
	for (int i = 0; i < block->item_count; i++)
		read_fields(form, arena, arena_print(arena, "i%d", i), kind->item_fields, kind->item_field_count,
		            &block->items[i]);
	if (only_if)
		block->only_if = text_trim(arena, only_if);
}

static void read_colour(const struct params *form, const char *name, colour *which) {
	const char *value = params_get(form, name);
	if (value)
		(void)colour_read(value, which);
}

static void read_theme(const struct params *form, struct arena *arena, struct theme *theme) {
	const char *font = params_get(form, "t_font"), *width = params_get(form, "t_width");
	const char *logo = params_get(form, "t_logo"), *alt = params_get(form, "t_logo_alt");
	int64_t pixels;
	read_colour(form, "t_brand", &theme->brand);
	read_colour(form, "t_background", &theme->background);
	read_colour(form, "t_surface", &theme->surface);
	read_colour(form, "t_text", &theme->text);
	for (unsigned i = 0; font && i < FONT_COUNT; i++)
		theme->font = strcmp(font_names[i][0], font) == 0 ? i : theme->font;
	if (width && text_to_int(width, WIDTH_MIN, WIDTH_MAX, &pixels))
		theme->width = (int)pixels;
	theme->logo = logo ? text_trim(arena, logo) : theme->logo;
	theme->logo_alt = alt ? text_trim(arena, alt) : theme->logo_alt;
}

void editor_read(const struct params *form, struct arena *arena, struct editor *editor) {
	const char *json = params_get(form, "design"), *selected = params_get(form, "selected");
	struct problems ignored = { 0 };
	struct error err = ERROR_INIT;
	int64_t index = EDITOR_NOTHING;
	(void)!design_read(json ? json : "", json ? strlen(json) : 0, arena, &editor->design, &ignored, &err);
	if (selected)
		(void)text_to_int(selected, EDITOR_NOTHING, editor->design.count - 1, &index);
	editor->selected = (int)index;
	if (index >= 0)
		read_block(form, arena, &editor->design.blocks[index]);
	else if (index == EDITOR_THEME)
		read_theme(form, arena, &editor->design.theme);
}

static void insert(struct design *design, int at, struct block block) {
	if (design->count >= BLOCKS_MAX)
		return;
	memmove(&design->blocks[at + 1], &design->blocks[at], sizeof block * (size_t)(design->count - at));
	design->blocks[at] = block;
	design->count++;
}

static void take_out(struct design *design, int at) {
	design->count--;
	memmove(&design->blocks[at], &design->blocks[at + 1], sizeof *design->blocks * (size_t)(design->count - at));
}

static void move(struct editor *editor, int from, int to) {
	struct design *design = &editor->design;
	if (from < 0 || from >= design->count || to < 0 || to >= design->count)
		return;
	struct block block = design->blocks[from];
	take_out(design, from);
	insert(design, to, block);
	editor->selected = to;
}

static void add(struct editor *editor, const char *word) {
	struct design *design = &editor->design;
	int type, at = editor->selected >= 0 ? editor->selected + 1 : design->count;
	if (!choice_find(&block_types, word, &type) || design->count >= BLOCKS_MAX)
		return;
	insert(design, at, block_fresh((enum block_type)type));
	editor->selected = at;
}

static void change_items(struct editor *editor, const char *what) {
	struct block *block = editor->selected >= 0 ? &editor->design.blocks[editor->selected] : NULL;
	const struct block_kind *kind = block ? &block_kinds[block->type] : NULL;
	int index;
	if (!block)
		return;
	if (strcmp(what, "add-item") == 0) {
		if (block->item_count < kind->item_max)
			block->items[block->item_count++] = block_fresh(block->type).items[0];
	} else if (sscanf(what, "remove-item-%d", &index) == 1 && index >= 0 && index < block->item_count &&
	           block->item_count > kind->item_min) {
		block->item_count--;
		memmove(&block->items[index], &block->items[index + 1],
		        sizeof *block->items * (size_t)(block->item_count - index));
	}
}

static void change_block(struct editor *editor, const char *verb, int index) {
	struct design *design = &editor->design;
	if (index < 0 || index >= design->count)
		return;
	if (strcmp(verb, "select") == 0) {
		editor->selected = index;
	} else if (strcmp(verb, "up") == 0) {
		move(editor, index, index - 1);
	} else if (strcmp(verb, "down") == 0) {
		move(editor, index, index + 1);
	} else if (strcmp(verb, "copy") == 0 && design->count < BLOCKS_MAX) {
		insert(design, index + 1, design->blocks[index]);
		editor->selected = index + 1;
	} else if (strcmp(verb, "delete") == 0) {
		take_out(design, index);
		editor->selected = index < design->count ? index : design->count - 1;
		editor->selected = design->count ? editor->selected : EDITOR_NOTHING;
	}
}

void editor_do(struct editor *editor, const char *what) {
	char verb[8];
	int index, to;
	if (!what)
		return;
	if (strcmp(what, "theme") == 0)
		editor->selected = EDITOR_THEME;
	else if (text_starts(what, "add-item") || text_starts(what, "remove-item-"))
		change_items(editor, what);
	else if (text_starts(what, "add-"))
		add(editor, what + strlen("add-"));
	else if (sscanf(what, "move-%d-%d", &index, &to) == 2)
		move(editor, index, to);
	else if (sscanf(what, "%7[a-z]-%d", verb, &index) == 2)
		change_block(editor, verb, index);
}

int editor_block_of(const char *path) {
	int index;
	if (text_starts(path, "design.theme"))
		return EDITOR_THEME;
	return sscanf(path, "design.blocks[%d]", &index) == 1 ? index : EDITOR_NOTHING;
}

const char *editor_summary(const struct block *block, struct arena *arena) {
	const struct block_kind *kind = &block_kinds[block->type];
	for (int i = 0; i < kind->field_count; i++)
		if (kind->fields[i].input <= INPUT_PARAGRAPHS && *block->own.texts[i])
			return arena_copy_bytes(arena, block->own.texts[i], strcspn(block->own.texts[i], "\n"));
	for (int i = 0; i < kind->item_field_count && block->item_count; i++)
		if (kind->item_fields[i].input == INPUT_LINE && *block->items[0].texts[i])
			return block->items[0].texts[i];
	return NULL;
}
