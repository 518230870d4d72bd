/* What the sending of a campaign draws on, as the monitor shows it; private to this folder. */
#ifndef LIVE_QUOTA_VIEW_PAGES_H
#define LIVE_QUOTA_VIEW_PAGES_H

#include "connections/connection.h"
#include "live/monitor_view_pages.h"

/* *through: the connection by which a campaign is sent; NULL: it is there no more. */
bool quota_connection(struct exchange *x, const struct dispatch *dispatch, const struct connection **through,
                      struct error *err) MUST_CHECK;

/* Adds `through` (the connection's name), `senders` (in words), and its limits (connections/used_view_pages.h). */
bool quota_put(struct exchange *x, struct value *view, const struct monitored *seen, const struct connection *through,
               struct error *err) MUST_CHECK;

#endif
