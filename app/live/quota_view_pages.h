/* What the sending of a campaign draws on, as the monitor shows it; private to this folder. */
#ifndef LIVE_QUOTA_VIEW_PAGES_H
#define LIVE_QUOTA_VIEW_PAGES_H

#include "live/monitor_view_pages.h"

/* Adds `through` (the connection's name), `senders` (in words), and its limits (connections/used_view_pages.h). */
bool quota_put(struct exchange *x, struct value *view, const struct monitored *seen, struct error *err) MUST_CHECK;

#endif
