/* Designs as JSON. */
#include "content/blocks/blocks.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/formats/json.h"

struct reading {
	struct arena *arena;
	struct problems *problems;
	bool fine;
};

static void refuse(struct reading *reading, const char *path, const char *format, ...) PRINTF_LIKE(3, 4);
static void refuse(struct reading *reading, const char *path, const char *format, ...) {
	char text[200];
	va_list values;
	va_start(values, format);
	(void)vsnprintf(text, sizeof text, format, values);
	va_end(values);
	struct error problem = ERROR_INIT;
	(void)error_field(&problem, path, "%s", text);
	problems_add(reading->problems, reading->arena, &problem);
	reading->fine = false;
}

static const char *below(const struct reading *reading, const char *path, const char *name) {
	return arena_print(reading->arena, "%s%s%s", path, *path ? "." : "", name);
}

/* The member's text, "" if it is absent; a number as it is written. */
static const char *read_text(struct reading *reading, const struct value *value, const char *path) {
	if (!value || value->kind == VALUE_NULL)
		return "";
	if (value->kind == VALUE_TEXT)
		return value->text;
	if (value->kind == VALUE_INT)
		return arena_print(reading->arena, "%lld", (long long)value->integer);
	refuse(reading, path, "This must be a text");
	return "";
}

static bool is_choice(const struct block_field *field, const char *text) {
	for (int i = 0; field->choices[i][0]; i++)
		if (strcmp(field->choices[i][0], text) == 0)
			return true;
	return false;
}

static const char *read_field(struct reading *reading, const struct block_field *field, const struct value *value,
                              const char *path) {
	const char *text = read_text(reading, value, path);
	int64_t number;
	if (!*text)
		return field->usual && field->input != INPUT_LINE ? field->usual : "";
	if (field->input == INPUT_CHOICE && !is_choice(field, text))
		refuse(reading, path, "“%.60s” is none of the choices of “%s”", text, field->label);
	else if (field->input == INPUT_NUMBER && !text_to_int(text, field->min, field->max, &number))
		refuse(reading, path, "%s must be a number from %d to %d", field->label, field->min, field->max);
	else if (field->input != INPUT_NUMBER && field->input != INPUT_CHOICE && text_length(text) > (size_t)field->max)
		refuse(reading, path, "%s has more than %d characters", field->label, field->max);
	else
		return text;
	return field->usual ? field->usual : text;
}

static bool is_known(const char *name, const struct block_field *fields, int count, const char *const *others) {
	for (int i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0)
			return true;
	for (; *others; others++)
		if (strcmp(*others, name) == 0)
			return true;
	return false;
}

static void refuse_unknown(struct reading *reading, const struct value *map, const struct block_field *fields,
                           int count, const char *const *others, const char *path) {
	for (const struct value *one = map->first; one; one = one->next)
		if (!is_known(one->name, fields, count, others))
			refuse(reading, below(reading, path, one->name), "“%.60s” is unknown here", one->name);
}

static void read_fields(struct reading *reading, const struct value *map, const struct block_field *fields, int count,
                        const char *path, struct block_item *item) {
	for (int i = 0; i < count; i++)
		item->texts[i] = read_field(reading, &fields[i], value_get(map, fields[i].name),
		                            below(reading, path, fields[i].name));
}

static void read_items(struct reading *reading, const struct value *list, const char *path, struct block *block) {
	const struct block_kind *kind = &block_kinds[block->type];
	static const char *const none[] = { NULL };
	if (!kind->item_max)
		return;
	int count = list && list->kind == VALUE_LIST ? list->count : 0;
	if (list && list->kind != VALUE_LIST)
		refuse(reading, path, "This must be a list");
	else if (count < kind->item_min || count > kind->item_max)
		refuse(reading, path, "%s can have %d to %d of these, not %d", kind->label, kind->item_min, kind->item_max,
		       count);
	block->item_count = 0;
	for (const struct value *one = list ? list->first : NULL; one && block->item_count < kind->item_max;
	     one = one->next) {
		const char *here = arena_print(reading->arena, "%s[%d]", path, block->item_count);
		if (one->kind != VALUE_MAP) {
			refuse(reading, here, "This must be an object");
			continue;
		}
		refuse_unknown(reading, one, kind->item_fields, kind->item_field_count, none, here);
		read_fields(reading, one, kind->item_fields, kind->item_field_count, here, &block->items[block->item_count++]);
	}
	if (block->item_count < kind->item_min)
		block->item_count = kind->item_min;
}

static bool read_block(struct reading *reading, const struct value *value, const char *path, struct block *block) {
	static const char *const others[] = { "type", "only_if", "items", NULL }, *const plain[] = { "type", "only_if",
		                                                                                         NULL };
	int type;
	if (value->kind != VALUE_MAP) {
		refuse(reading, path, "A block must be an object");
		return false;
	}
	const char *word = value_get_text(value, "type");
	if (!word || !choice_find(&block_types, word, &type)) {
		refuse(reading, below(reading, path, "type"), "“%.60s” is not a block type", word ? word : "");
		return false;
	}
	const struct block_kind *kind = &block_kinds[type];
	*block = block_fresh((enum block_type)type);
	refuse_unknown(reading, value, kind->fields, kind->field_count, kind->item_max ? others : plain, path);
	read_fields(reading, value, kind->fields, kind->field_count, path, &block->own);
	read_items(reading, value_get(value, "items"), below(reading, path, "items"), block);
	block->only_if = read_text(reading, value_get(value, "only_if"), below(reading, path, "only_if"));
	if (text_length(block->only_if) > BLOCK_IF_MAX)
		refuse(reading, below(reading, path, "only_if"), "The condition has more than %d characters", BLOCK_IF_MAX);
	return true;
}

static void read_colour(struct reading *reading, const struct value *theme, const char *name, colour *which) {
	const char *path = arena_print(reading->arena, "theme.%s", name);
	const char *text = read_text(reading, value_get(theme, name), path);
	if (*text && !colour_read(text, which))
		refuse(reading, path, "“%.40s” is no colour. Write it like #0b57b5", text);
}

static void read_theme(struct reading *reading, const struct value *value, struct theme *theme) {
	static const struct block_field font = { "font", "Font", INPUT_CHOICE, .usual = "system", .choices = font_names },
									width = { "width",          "Width",          INPUT_NUMBER,
		                                      .min = WIDTH_MIN, .max = WIDTH_MAX, .usual = "600" },
									logo = { "logo", "Logo", INPUT_IMAGE, .max = LOGO_MAX },
									logo_alt = { "logo_alt", "Alt text of the logo", INPUT_LINE, .max = LOGO_ALT_MAX };
	static const char *const known[] = { "brand", "background", "surface",  "text", "font",
		                                 "width", "logo",       "logo_alt", NULL };
	int64_t pixels = WIDTH_USUAL;
	*theme = theme_usual;
	if (!value)
		return;
	if (value->kind != VALUE_MAP) {
		refuse(reading, "theme", "The theme must be an object");
		return;
	}
	refuse_unknown(reading, value, NULL, 0, known, "theme");
	read_colour(reading, value, "brand", &theme->brand);
	read_colour(reading, value, "background", &theme->background);
	read_colour(reading, value, "surface", &theme->surface);
	read_colour(reading, value, "text", &theme->text);
	const char *word = read_field(reading, &font, value_get(value, "font"), "theme.font");
	for (unsigned i = 0; i < FONT_COUNT; i++)
		theme->font = strcmp(font_names[i][0], word) == 0 ? i : theme->font;
	if (text_to_int(read_field(reading, &width, value_get(value, "width"), "theme.width"), WIDTH_MIN, WIDTH_MAX,
	                &pixels))
		theme->width = (int)pixels;
	theme->logo = read_field(reading, &logo, value_get(value, "logo"), "theme.logo");
	theme->logo_alt = read_field(reading, &logo_alt, value_get(value, "logo_alt"), "theme.logo_alt");
}

bool design_read(const char *json, size_t size, struct arena *arena, struct design *design, struct problems *problems,
                 struct error *err) {
	static const char *const known[] = { "theme", "blocks", NULL };
	struct problems own = { 0 };
	struct reading reading = { arena, problems ? problems : &own, true };
	struct value *value = NULL;
	*design = (struct design){ .theme = theme_usual, .blocks = arena_array(arena, struct block, BLOCKS_MAX) };
	if (size > DESIGN_BYTES)
		return error_set(err, ERROR_INVALID, "The design has more than %d kB", DESIGN_BYTES / 1024);
	if (!json_read(arena, json, size, &value, err))
		return false;
	if (value->kind != VALUE_MAP)
		return error_set(err, ERROR_INVALID, "The design must be an object with theme and blocks");
	refuse_unknown(&reading, value, NULL, 0, known, "");
	read_theme(&reading, value_get(value, "theme"), &design->theme);
	const struct value *list = value_get(value, "blocks");
	if (!list || list->kind != VALUE_LIST)
		refuse(&reading, "blocks", "The blocks must be a list");
	else if (list->count > BLOCKS_MAX)
		refuse(&reading, "blocks", "There are %d blocks; at most %d can be in an email", list->count, BLOCKS_MAX);
	int index = 0;
	for (const struct value *one = list && list->kind == VALUE_LIST ? list->first : NULL; one && index < BLOCKS_MAX;
	     one = one->next, index++)
		if (read_block(&reading, one, arena_print(arena, "blocks[%d]", index), &design->blocks[design->count]))
			design->count++;
	return reading.fine || error_set(err, ERROR_INVALID, "%s", reading.problems->items[0].text);
}

static void write_member(struct buf *out, const char *name, const char *text, bool is_number) {
	int64_t number;
	buf_print(out, ",\"%s\":", name);
	if (is_number && text_to_int(text, INT32_MIN, INT32_MAX, &number))
		buf_text_add(out, text);
	else
		json_write_text(out, text);
}

/* What stands for nothing is not written. */
static void write_fields(struct buf *out, const struct block_field *fields, int count, const struct block_item *item) {
	for (int i = 0; i < count; i++)
		if (fields[i].input == INPUT_LINE ? *item->texts[i] != 0
		                                  : strcmp(item->texts[i], fields[i].usual ? fields[i].usual : "") != 0)
			write_member(out, fields[i].name, item->texts[i], fields[i].input == INPUT_NUMBER);
}

static void write_block(struct buf *out, const struct block *block) {
	const struct block_kind *kind = &block_kinds[block->type];
	buf_print(out, "{\"type\":\"%s\"", choice_name(&block_types, (int)block->type));
	write_fields(out, kind->fields, kind->field_count, &block->own);
	if (*block->only_if)
		write_member(out, "only_if", block->only_if, false);
	if (kind->item_max) {
		buf_text_add(out, ",\"items\":[");
		for (int i = 0; i < block->item_count; i++) {
			BUF_AUTO item = { 0 };
			write_fields(&item, kind->item_fields, kind->item_field_count, &block->items[i]);
			buf_print(out, "%s{%s}", i ? "," : "", item.size ? buf_text(&item) + 1 : "");
		}
		buf_char(out, ']');
	}
	buf_char(out, '}');
}

void design_write(const struct design *design, struct buf *out) {
	const struct theme *theme = &design->theme;
	char text[COLOUR_TEXT];
	buf_print(out, "{\"theme\":{\"brand\":\"%s\"", colour_css(theme->brand, text));
	buf_print(out, ",\"background\":\"%s\"", colour_css(theme->background, text));
	buf_print(out, ",\"surface\":\"%s\"", colour_css(theme->surface, text));
	buf_print(out, ",\"text\":\"%s\"", colour_css(theme->text, text));
	buf_print(out, ",\"font\":\"%s\",\"width\":%d", font_names[theme->font][0], theme->width);
	if (*theme->logo)
		write_member(out, "logo", theme->logo, false);
	if (*theme->logo_alt)
		write_member(out, "logo_alt", theme->logo_alt, false);
	buf_text_add(out, "},\"blocks\":[");
	for (int i = 0; i < design->count; i++) {
		buf_text_add(out, i ? "," : "");
		write_block(out, &design->blocks[i]);
	}
	buf_text_add(out, "]}");
}
