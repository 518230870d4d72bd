/* Tags as they are stored and compared. Pure. */
#ifndef AUDIENCE_CONTACTS_TAG_H
#define AUDIENCE_CONTACTS_TAG_H

#include "core/base/text.h"

enum { TAG_MAX = 64 /* characters */ };

/* Trimmed, in NFC, in small letters: "straße" and "strasse" stay two. */
const char *tag_form(struct arena *arena, const char *text);

/* The same; NULL if it has more than TAG_MAX characters, a comma or a control character, or is empty. */
const char *tag_norm(struct arena *arena, const char *text);

/* Tags typed as one text, separated by commas. */
struct strings tag_split(struct arena *arena, const char *text);

#endif
