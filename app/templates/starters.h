/* Designs to begin with. */
#ifndef TEMPLATES_STARTERS_H
#define TEMPLATES_STARTERS_H

#include "templates/template.h"

struct starter {
	const char *key, *name, *description;
	enum template_type type;
	const char *subject, *preheader;
	const char *design; /* JSON with ' for " */
};

extern const struct starter starters[];
extern const int starter_count;

/* NULL: there is none. */
const struct starter *starter_find(const char *key);

/* A template with its content, named after it. */
struct template starter_template(const struct starter *starter, struct arena *arena);

#endif
