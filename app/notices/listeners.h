/* Who listens to live messages was asked when they connected (live/listen_pages.c). A connection lasts; a right may
 * not.
 *
 * Before anything is said on a channel, those who listen since before somebody lost a right, or since another hour, are
 * disconnected, once for all processes together: pages connect again, and are asked anew. */
#ifndef NOTICES_LISTENERS_H
#define NOTICES_LISTENERS_H

#include "core/store/store.h"

/* False: it could not be found out, so nothing must be said. Also call it when somebody is admitted, so that those who
 * come later are not disconnected by the next message. */
bool listeners_renew(struct store *store, const char *channel, struct moment now);

#endif
