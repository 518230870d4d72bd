/* Bare addresses in plain text; private to the room. */
#ifndef CONTENT_LINK_TEXT_H
#define CONTENT_LINK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The next address: it begins at a word border. False: there is none. */
bool link_find_bare(const char *text, size_t size, size_t from, size_t *begin, size_t *end);

/* Where the address ends that goes on at `from`, and where it ends without the marks that belong to the sentence. */
size_t link_bare_end(const char *text, size_t size, size_t from);
size_t link_bare_trim(const char *text, size_t begin, size_t end);

#endif
