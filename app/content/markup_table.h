/* What the names of elements and attributes say; private to the room. */
#ifndef CONTENT_MARKUP_TABLE_H
#define CONTENT_MARKUP_TABLE_H

#include "content/markup.h"

/* MARKUP_TEXT, MARKUP_TITLE or MARKUP_RAW: how the content of the element is read. */
enum markup_state markup_content_state(const char *element);

bool markup_attribute_is_address(const char *attribute);

/* Why no value may be written in the attribute; NULL: it may. */
const char *markup_refused_attribute(const char *element, const char *attribute);

#endif
