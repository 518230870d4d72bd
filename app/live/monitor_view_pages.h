/* What the monitor shows; private to this folder. */
#ifndef LIVE_MONITOR_VIEW_PAGES_H
#define LIVE_MONITOR_VIEW_PAGES_H

#include "core/http/exchange.h"
#include "dispatch/dispatch.h"
#include "dispatch/progress.h"

struct monitored {
	struct campaign campaign;
	struct dispatch dispatch;
	struct progress progress;
};

bool monitor_view(struct exchange *x, const struct monitored *seen, struct value *view, struct error *err) MUST_CHECK;

#endif
