/* The block editor: a form that holds the whole design, with the controls of one block at a time. Every button posts
 * the form, which comes back as the button says; scripts only spare the page. Private to the room. */
#ifndef TEMPLATES_EDITOR_H
#define TEMPLATES_EDITOR_H

#include "content/blocks/blocks.h"
#include "core/formats/url.h"

enum { EDITOR_THEME = -1, EDITOR_NOTHING = -2 };

struct editor {
	struct design design;
	int selected; /* a block, or one of the above */
};

/* Pure. The design and what was typed about the selected block, from the form. */
void editor_read(const struct params *form, struct arena *arena, struct editor *editor);

/* Pure. What a button asks: "select-2", "up-2", "down-2", "move-2-5", "copy-2", "delete-2", "add-text", "theme",
 * "add-item", "remove-item-1"; anything else changes nothing. */
void editor_do(struct editor *editor, const char *what);

/* Pure. The block that a problem's path names ("design.blocks[2].href"), EDITOR_THEME for one of the theme;
 * EDITOR_NOTHING: none. */
int editor_block_of(const char *path);

/* What a block shows in a list: its first words. */
const char *editor_summary(const struct block *block, struct arena *arena);

#endif
