/* The block editor on a page. */
#include "templates/block_pages.h"

#include <string.h>

#include "core/base/text.h"

/* Where the controls of something are: how their names begin, and the path of their problems. */
struct place {
	const struct exchange *x;
	const char *prefix, *path;
};

static void put_options(struct value *control, const char *const (*choices)[2], const char *chosen) {
	struct value *options = value_put(control, "options", value_list(control->arena));
	for (int i = 0; choices[i][0]; i++)
		put_choice(options, choices[i][0], choices[i][1], strcmp(choices[i][0], chosen) == 0);
}

static void put_control(struct value *list, const struct place *place, const struct block_field *field,
                        const char *value) {
	struct arena *arena = list->arena;
	const char *id = arena_print(arena, "%s.%s", place->path, field->name);
	struct value *control = value_push(list, value_map(arena));
	value_put_text(control, "id", id);
	value_put_text(control, "name", arena_print(arena, "%s_%s", place->prefix, field->name));
	value_put_text(control, "label", field->label);
	value_put_text(control, "value", value);
	value_put_text(control, "hint", field->hint);
	value_put_text(control, "wrong", problems_of(&place->x->problems, id));
	value_put_int(control, "max", field->max);
	value_put_int(control, "min", field->min);
	value_put_bool(control, "optional",
	               !field->required && field->input != INPUT_CHOICE && field->input != INPUT_NUMBER);
	value_put_bool(control, "is_text", field->input == INPUT_PARAGRAPHS);
	value_put_bool(control, "is_number", field->input == INPUT_NUMBER);
	value_put_bool(control, "is_address", field->input == INPUT_ADDRESS || field->input == INPUT_IMAGE);
	value_put_bool(control, "is_image", field->input == INPUT_IMAGE);
	value_put_bool(control, "is_line", field->input == INPUT_LINE);
	value_put_bool(control, "is_choice", field->input == INPUT_CHOICE);
	if (field->input == INPUT_CHOICE)
		put_options(control, field->choices, value);
}

static void put_controls(struct value *map, const struct place *place, const struct block_field *fields, int count,
                         const struct block_item *item) {
	struct value *list = value_put(map, "controls", value_list(map->arena));
	for (int i = 0; i < count; i++)
		put_control(list, place, &fields[i], item->texts[i]);
}

static void put_items(const struct exchange *x, struct value *panel, const struct block *block, const char *path) {
	const struct block_kind *kind = &block_kinds[block->type];
	struct arena *arena = panel->arena;
	struct value *items = value_put(panel, "items", value_list(arena));
	for (int i = 0; i < block->item_count && kind->item_max; i++) {
		struct value *one = value_push(items, value_map(arena));
		const struct place place = { x, arena_print(arena, "i%d", i), arena_print(arena, "%s.items[%d]", path, i) };
		put_controls(one, &place, kind->item_fields, kind->item_field_count, &block->items[i]);
		value_put_int(one, "number", i + 1);
		value_put_int(one, "index", i);
		value_put_text(one, "item", kind->item);
		value_put_bool(one, "can_go", block->item_count > kind->item_min);
	}
	value_put_text(panel, "add_item", kind->item_max && block->item_count < kind->item_max ? kind->item : NULL);
}

static void put_block_panel(const struct exchange *x, struct value *panel, const struct editor *editor) {
	const struct block *block = &editor->design.blocks[editor->selected];
	const struct block_kind *kind = &block_kinds[block->type];
	struct arena *arena = panel->arena;
	const char *path = arena_print(arena, "design.blocks[%d]", editor->selected);
	const struct place place = { x, "b", path };
	const struct block_field only_if = {
		"only_if", "Show only if", INPUT_LINE, .max = BLOCK_IF_MAX,
		.hint = "A condition, like location == \"Rome\" or not company. Empty: always shown"
	};
	value_put_text(panel, "title", kind->label);
	value_put_bool(panel, "colours", false);
	put_controls(panel, &place, kind->fields, kind->field_count, &block->own);
	put_items(x, panel, block, path);
	value_put_bool(panel, "has_qr", block->type == BLOCK_QR);
	struct value *more = value_put(panel, "more", value_list(arena));
	put_control(more, &place, &only_if, block->only_if);
	value_put_bool(panel, "more_open",
	               *block->only_if || problems_of(&x->problems, arena_print(arena, "%s.only_if", path)));
}

static void put_colour(const struct exchange *x, struct value *list, const char *name, const char *label,
                       colour which) {
	struct arena *arena = list->arena;
	char text[COLOUR_TEXT];
	struct value *one = value_push(list, value_map(arena));
	value_put_text(one, "name", arena_print(arena, "t_%s", name));
	value_put_text(one, "id", arena_print(arena, "design.theme.%s", name));
	value_put_text(one, "label", label);
	value_put_text(one, "value", arena_copy(arena, colour_css(which, text)));
	value_put_text(one, "wrong", problems_of(&x->problems, arena_print(arena, "design.theme.%s", name)));
}

static void put_theme_panel(const struct exchange *x, struct value *panel, const struct theme *theme) {
	struct arena *arena = panel->arena;
	static const struct block_field font = { "font", "Font", INPUT_CHOICE, .choices = font_names },
									width = { "width", "Width in pixels", INPUT_NUMBER, .min = WIDTH_MIN,
		                                      .max = WIDTH_MAX },
									logo = { "logo", "Logo", INPUT_IMAGE, .max = LOGO_MAX,
		                                     .hint = "Its address, beginning with https://" },
									alt = { "logo_alt", "Alt text of the logo", INPUT_LINE, .max = LOGO_ALT_MAX };
	const struct place place = { x, "t", "design.theme" };
	struct value *colours = value_put(panel, "colours", value_list(arena));
	put_colour(x, colours, "brand", "Brand", theme->brand);
	put_colour(x, colours, "text", "Text", theme->text);
	put_colour(x, colours, "surface", "Email", theme->surface);
	put_colour(x, colours, "background", "Around it", theme->background);
	value_put_text(panel, "title", "Colours and font");
	static const char *const absent[] = { "items", "add_item", "has_qr", "more" };
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
		value_put_bool(panel, absent[i], false);
	struct value *list = value_put(panel, "controls", value_list(arena));
	put_control(list, &place, &font, font_names[theme->font][0]);
	put_control(list, &place, &width, arena_print(arena, "%d", theme->width));
	put_control(list, &place, &logo, theme->logo);
	put_control(list, &place, &alt, theme->logo_alt);
}

static bool block_is_wrong(const struct exchange *x, int index) {
	for (int i = 0; i < x->problems.count; i++)
		if (editor_block_of(x->problems.items[i].field) == index)
			return true;
	return false;
}

static void put_blocks(const struct exchange *x, struct value *map, const struct editor *editor) {
	struct value *list = value_put(map, "blocks", value_list(map->arena));
	for (int i = 0; i < editor->design.count; i++) {
		const struct block *block = &editor->design.blocks[i];
		struct value *one = value_push(list, value_map(map->arena));
		value_put_int(one, "index", i);
		value_put_int(one, "number", i + 1);
		value_put_text(one, "label", block_kinds[block->type].label);
		value_put_text(one, "icon", block_kinds[block->type].icon);
		value_put_text(one, "summary", editor_summary(block, map->arena));
		value_put_bool(one, "current", i == editor->selected);
		value_put_bool(one, "is_first", i == 0);
		value_put_bool(one, "is_last", i == editor->design.count - 1);
		value_put_bool(one, "is_wrong", block_is_wrong(x, i));
		value_put_bool(one, "has_condition", *block->only_if != 0);
	}
	struct value *kinds = value_put(map, "kinds", value_list(map->arena));
	for (int i = 0; i < BLOCK_TYPE_COUNT && editor->design.count < BLOCKS_MAX; i++) {
		struct value *one = value_push(kinds, value_map(map->arena));
		value_put_text(one, "key", choice_name(&block_types, i));
		value_put_text(one, "label", block_kinds[i].label);
		value_put_text(one, "icon", block_kinds[i].icon);
	}
}

void editor_put(struct exchange *x, struct value *view, const struct editor *editor) {
	struct value *map = value_put(view, "editor", value_map(x->arena));
	BUF_AUTO json = { 0 };
	design_write(&editor->design, &json);
	value_put_text(map, "design", arena_copy_bytes(x->arena, buf_text(&json), json.size));
	value_put_int(map, "selected", editor->selected);
	value_put_bool(map, "is_theme", editor->selected == EDITOR_THEME);
	value_put_bool(map, "theme_is_wrong", block_is_wrong(x, EDITOR_THEME));
	put_blocks(x, map, editor);
	struct value *panel = value_put(map, "panel",
	                                editor->selected == EDITOR_NOTHING ? value_null(x->arena) : value_map(x->arena));
	if (editor->selected == EDITOR_NOTHING)
		return;
	if (editor->selected == EDITOR_THEME)
		put_theme_panel(x, panel, &editor->design.theme);
	else
		put_block_panel(x, panel, editor);
}
