/* What every email must have, added to sources that lack it: a preheader, an unsubscribe link, a postal address. Pure.
 * A footer that is added goes before </body>, or at the end. */
#ifndef CONTENT_COMPLETE_H
#define CONTENT_COMPLETE_H

#include "core/base/arena.h"

struct complete {
	const char *preheader;      /* may have tags; NULL or "": none */
	const char *postal_address; /* NULL or "": none */
	bool unsubscribe_link;      /* wanted: marketing mail has it */
};

/* The HTML with what it lacks; may be `html` itself. */
const char *complete_html(const char *html, const struct complete *complete, struct arena *arena);
/* The same for the text part. */
const char *complete_text(const char *text, const struct complete *complete, struct arena *arena);

/* Pure. Does a source name the unsubscribe link? */
bool complete_has_unsubscribe(const char *source);

#endif
