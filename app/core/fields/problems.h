/* What is wrong with an input, a field each: a form can then say all of it at once. */
#ifndef FIELDS_PROBLEMS_H
#define FIELDS_PROBLEMS_H

#include "core/base/arena.h"

struct problem {
	const char *field, *text;
};

enum { PROBLEMS_MAX = 40 }; /* more of them help nobody */
struct problems {
	struct problem items[PROBLEMS_MAX];
	int count;
};

/* Copies the error's field and text; one without a field, a second one of a field, and those above PROBLEMS_MAX are
 * passed over. `problems` may be NULL. */
void problems_add(struct problems *problems, struct arena *arena, const struct error *problem);

/* What is wrong with that field, or NULL. */
const char *problems_of(const struct problems *problems, const char *field);

/* All texts as one: "name is missing; scope must be …". "" for none. */
char *problems_text(const struct problems *problems, struct arena *arena);

#endif
