/* The sources of a template, compiled: what each mail and text message is rendered from. Pure. */
#ifndef TEMPLATES_PARTS_H
#define TEMPLATES_PARTS_H

#include "content/program.h"
#include "templates/template.h"

enum part { PART_SUBJECT, PART_PREHEADER, PART_HTML, PART_TEXT, PART_SMS, PART_COUNT };

struct part_source {
	const char *member; /* of the template, for problems */
	const char *text;   /* NULL: it has none */
	struct program *program;
	struct flaws flaws;
};

struct parts {
	struct part_source items[PART_COUNT];
};

/* Compiles all sources. A part with an error has no program; its flaws are located in what was written by hand. The
 * HTML begins with the preheader; the text is made from the HTML if none was written. */
void parts_compile(const struct template *template, const struct names *names, struct arena *arena,
                   struct parts *parts);

/* The names in all of them, each once. */
struct strings parts_names(const struct parts *parts, struct arena *arena);

/* Where the preheader is put into HTML that was written by hand. */
const char *html_with_preheader(const char *html, const char *preheader, struct arena *arena);

#endif
