/* What the monitor shows; private to this folder. */
#ifndef LIVE_MONITOR_VIEW_PAGES_H
#define LIVE_MONITOR_VIEW_PAGES_H

#include "core/http/exchange.h"
#include "dispatch/block.h"
#include "dispatch/progress.h"

struct monitored {
	struct campaign campaign;
	struct dispatch dispatch;
	struct progress progress;
	struct block_hours hours; /* of a campaign that goes out by everybody's own clock */
};

bool monitor_view(struct exchange *x, const struct monitored *seen, struct value *view, struct error *err) MUST_CHECK;

#endif
