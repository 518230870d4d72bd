/* What is wrong with an input, one problem per field, so a form can report all of it at once. */
#ifndef FIELDS_PROBLEMS_H
#define FIELDS_PROBLEMS_H

#include "core/base/arena.h"

struct problem {
	const char *field, *text;
};

enum { PROBLEMS_MAX = 40 }; /* more would help nobody */
struct problems {
	struct problem items[PROBLEMS_MAX];
	int count;
};

/* Copies the error's field and text. Ignored: an error without a field, a second one for the same field, and any beyond
 * PROBLEMS_MAX. `problems` may be NULL. */
void problems_add(struct problems *problems, struct arena *arena, const struct error *problem);

/* The text for that field, or NULL. */
const char *problems_of(const struct problems *problems, const char *field);

/* All texts joined: "name is missing; scope must be …"; "" if there are none. */
char *problems_text(const struct problems *problems, struct arena *arena);

#endif
