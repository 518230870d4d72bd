/* What buttons of the block editor do. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "templates/editor.h"

static struct editor editor_of(struct arena *arena, const char *form) {
	struct editor editor = { 0 };
	struct params params;
	struct error err = ERROR_INIT;
	cr_assert(params_read(arena, form, &params, &err), "%s", err.text);
	editor_read(&params, arena, &editor);
	return editor;
}

#define THREE                                                                                                          \
	"design=%7B%22blocks%22%3A%5B%7B%22type%22%3A%22heading%22%7D%2C%7B%22type%22%3A%22text%22%7D%2C%7B%22type%22%3A%" \
	"22columns%22%2C%22items%22%3A%5B%7B%7D%2C%7B%7D%5D%7D%5D%7D"

static const char *shape(struct arena *arena, const struct editor *editor) {
	static const char letters[] = "htiBcdsqSpf";
	char *text = arena_alloc(arena, BLOCKS_MAX + 1);
	for (int i = 0; i < editor->design.count; i++)
		text[i] = letters[editor->design.blocks[i].type];
	return text;
}

Test(editor, buttons_change_the_order_and_the_selection) {
	static const struct {
		const char *what, *shape;
		int selected;
	} cases[] = {
		{ "select-2", "htc", 2 },   { "select-9", "htc", 1 },    { "up-1", "thc", 0 },
		{ "up-0", "htc", 1 },       { "down-1", "hct", 2 },      { "down-2", "htc", 1 },
		{ "move-0-2", "tch", 2 },   { "move-2-0", "cht", 0 },    { "move-0-9", "htc", 1 },
		{ "copy-0", "hhtc", 1 },    { "delete-1", "hc", 1 },     { "delete-2", "ht", 1 },
		{ "add-image", "htic", 2 }, { "add-marquee", "htc", 1 }, { "theme", "htc", EDITOR_THEME },
		{ "nonsense", "htc", 1 },   { "select--1", "htc", 1 },   { "delete-x", "htc", 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ARENA_AUTO arena = arena_new();
		struct editor editor = editor_of(arena, THREE "&selected=1");
		editor_do(&editor, cases[i].what);
		cr_expect_str_eq(shape(arena, &editor), cases[i].shape, "%s: %s", cases[i].what, shape(arena, &editor));
		cr_expect_eq(editor.selected, cases[i].selected, "%s: %d", cases[i].what, editor.selected);
	}
}

Test(editor, what_is_typed_belongs_to_the_selected_block) {
	ARENA_AUTO arena = arena_new();
	struct editor editor = editor_of(arena, THREE "&selected=1&b_text=a%0D%0Ab+&b_only_if=+company+&i0_title=x");
	cr_assert_str_eq(editor.design.blocks[1].own.texts[0], "a\nb");
	cr_assert_str_eq(editor.design.blocks[1].only_if, "company");
	editor = editor_of(arena, THREE "&selected=2&i1_title=Right");
	cr_assert_str_eq(editor.design.blocks[2].items[1].texts[2], "Right");
	editor_do(&editor, "add-item");
	editor_do(&editor, "add-item");
	cr_assert_eq(editor.design.blocks[2].item_count, 3);
	editor_do(&editor, "remove-item-0");
	cr_assert_eq(editor.design.blocks[2].item_count, 2);
	cr_assert_str_eq(editor.design.blocks[2].items[0].texts[2], "Right");
	editor_do(&editor, "remove-item-0");
	cr_assert_eq(editor.design.blocks[2].item_count, 2);
	editor = editor_of(arena, THREE "&selected=-1&t_brand=%23abcdef&t_width=640&t_font=georgia&t_text=red");
	cr_assert(editor.design.theme.brand == 0xabcdef && editor.design.theme.width == 640 &&
	          editor.design.theme.font == FONT_GEORGIA && editor.design.theme.text == theme_usual.text);
}

Test(editor, forms_of_others_are_survived) {
	static const char *const forms[] = { "",
		                                 "selected=5",
		                                 "design=",
		                                 "design=x&selected=0",
		                                 "design=[]&selected=-1",
		                                 "selected=99999999999999999999",
		                                 THREE "&selected=3" };
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		ARENA_AUTO arena = arena_new();
		struct editor editor = editor_of(arena, forms[i]);
		editor_do(&editor, "add-text");
		editor_do(&editor, "add-item");
		editor_do(&editor, "remove-item-0");
		cr_assert_geq(editor.design.count, 1);
	}
	ARENA_AUTO arena = arena_new();
	struct editor full = editor_of(arena, "");
	for (int i = 0; i < 2 * BLOCKS_MAX; i++)
		editor_do(&full, i % 2 ? "add-divider" : "copy-0");
	cr_assert_eq(full.design.count, BLOCKS_MAX);
	cr_assert_eq(editor_block_of("design.blocks[7].href"), 7);
	cr_assert_eq(editor_block_of("design.theme.text"), EDITOR_THEME);
	cr_assert_eq(editor_block_of("subject"), EDITOR_NOTHING);
}
