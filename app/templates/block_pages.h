/* The block editor on a page; private to the room. */
#ifndef TEMPLATES_BLOCK_PAGES_H
#define TEMPLATES_BLOCK_PAGES_H

#include "core/http/exchange.h"
#include "templates/editor.h"

/* For views/templates/blocks: `editor` with its design, blocks, the kinds that can be added, and the panel of what is
 * selected. Problems of x->problems stand beside their fields. */
void editor_put(struct exchange *x, struct value *view, const struct editor *editor);

#endif
