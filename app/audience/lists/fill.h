/* What stands in a text in place of its merge tags. */
#ifndef AUDIENCE_LISTS_FILL_H
#define AUDIENCE_LISTS_FILL_H

#include "audience/lists/list.h"

/* Pure. The text as somebody gets it of whom the list knows nothing: "Hi {{FirstName}}, news" gives "Hi there, news" if
 * that is the field's fallback, and "Hi, news" without one. `list` may be NULL: no tag has a fallback. NULL gives "".
 */
char *list_fill(const struct list *list, const char *text, struct arena *arena);

#endif
