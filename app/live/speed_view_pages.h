/* How fast a campaign was sent, as the monitor shows it; private to this folder. */
#ifndef LIVE_SPEED_VIEW_PAGES_H
#define LIVE_SPEED_VIEW_PAGES_H

#include "connections/connection.h"
#include "live/monitor_view_pages.h"
#include "live/speed.h"

bool speed_read(struct exchange *x, const struct monitored *seen, struct speed *speed, struct error *err) MUST_CHECK;

/* `through`: the connection by which it is sent; NULL: it is there no more. */
void speed_put(struct exchange *x, struct value *view, const struct monitored *seen, const struct speed *speed,
               const struct connection *through);

#endif
