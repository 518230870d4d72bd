/* Reading members of EmailOctopus's answers, and noting what cannot be read. Private to this folder. */
#ifndef OBSERVING_EMAILOCTOPUS_READING_H
#define OBSERVING_EMAILOCTOPUS_READING_H

#include "core/formats/value.h"
#include "observing/emailoctopus.h"

/* The state of reading one answer. */
struct reading {
	struct arena *arena;
	struct unreadable *unreadable;
	const struct value *data; /* the rows; NULL in a summary */
	const char *about;        /* the id or the report that was asked for; or NULL */
	const char *row;          /* the id of the row that is being read; or NULL */
	struct strings *unread;   /* its members that could not be read; or NULL */
	struct moment now;        /* the provider's clock; MOMENT_NONE if it told none that can be */
};

/* The row keeps what was stored before under the name of our member. */
void reading_note(struct reading *reading, const char *member);
/* The provider's member `name`, ours `member`, has a value of the wrong kind. One that is no JSON was told before. */
void reading_lose(struct reading *reading, const struct value *value, const char *name, const char *member,
                  const char *why);
/* Absent, null, {}, [] or "". */
bool reading_is_void(const struct value *value);
/* A list, or the map with numbers for names that PHP makes of a list with holes. */
bool reading_is_list(const struct value *value);
/* An answer that is one object. INVALID if it is about something else. */
bool reading_object(struct reading *reading, const struct http_answer *answer, struct value **root, struct error *err);
/* An answer with rows, and what leads to the next one. INVALID if it is about something else. */
bool reading_page(struct reading *reading, const struct http_answer *answer, struct following *next, struct error *err);
/* NULL if absent, null, {} or []. */
const char *reading_text(struct reading *reading, const struct value *map, const char *name, const char *member);
/* MOMENT_NONE, as something unreadable, before 2000, more than ten years ahead of the provider's clock, or after 2099.
 */
struct moment reading_time(struct reading *reading, const struct value *map, const char *name, const char *member);
bool reading_bool(struct reading *reading, const struct value *map, const char *name);
/* A list of texts, or of objects that have one as "tag" (GET /lists/{id}/tags has those). */
struct strings reading_texts(struct reading *reading, const struct value *map, const char *name, const char *member);
/* COUNT_NONE if there is no such count; `otherwise` if the member is absent. */
int64_t reading_count(struct reading *reading, const struct value *map, const char *name, const char *path,
                      int64_t otherwise);
/* Begins a row; false if it cannot be identified: it has no id or URL, or an id of more than 200 bytes. */
bool reading_begin(struct reading *reading, const struct value *from, const char *name, struct strings *unread,
                   const char **id);

#endif
