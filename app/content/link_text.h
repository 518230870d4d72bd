/* Addresses as they stand in HTML and in plain text; private to the room. */
#ifndef CONTENT_LINK_TEXT_H
#define CONTENT_LINK_TEXT_H

#include "content/tag.h"

/* What stands there as it is stored: references in its literal parts decoded, its tags as tags of plain text. With
 * SOURCE_NONE it has no tags. */
const char *link_target(const char *from, const char *to, enum tag_source kind, struct arena *arena);

/* The next address: it begins at a word border. False: there is none. */
bool link_find_bare(const char *text, size_t size, size_t from, size_t *begin, size_t *end);

/* Where the address ends that goes on at `from`, and where it ends without the marks that belong to the sentence. */
size_t link_bare_end(const char *text, size_t size, size_t from);
size_t link_bare_trim(const char *text, size_t begin, size_t end);

#endif
