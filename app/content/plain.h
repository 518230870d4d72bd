/* HTML as plain text: the text part of an email. Pure; the same HTML always gives the same text.
 *
 * Links are written as "text (address)", lists with marks, headings with a line below, cells of a row with " | "
 * between, images as their alternative text. Left out: head, styles, scripts, comments (also those that only Outlook
 * reads), and what is hidden, such as a preheader. Lines are wrapped at PLAIN_COLUMNS, but never in an address.
 */
#ifndef CONTENT_PLAIN_H
#define CONTENT_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"

enum { PLAIN_COLUMNS = 78 };

/* `tags`: the HTML is a source, and its tags are those of the text; else "{{" is text. Invalid UTF-8 becomes U+FFFD. */
const char *content_plain(const char *html, size_t size, bool tags, struct arena *arena);

#endif
