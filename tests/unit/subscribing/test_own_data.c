/* What somebody has said who no longer wants opens and clicks to be kept with their name. */
#include <criterion/criterion.h>

#include "subscribing/own_data.h"

Test(own_data, refusing_is_said_once_and_takes_back_what_was_allowed) {
	static const struct {
		enum tracking_state before, after;
		bool changes;
	} rows[TRACKING_STATE_COUNT] = {
		{ TRACKING_UNKNOWN, TRACKING_REFUSED, true },
		{ TRACKING_GRANTED, TRACKING_WITHDRAWN, true },
		{ TRACKING_REFUSED, TRACKING_REFUSED, false },
		{ TRACKING_WITHDRAWN, TRACKING_WITHDRAWN, false },
	};
	for (int i = 0; i < TRACKING_STATE_COUNT; i++) {
		bool changes = !rows[i].changes;
		enum tracking_state after = tracking_refused(rows[i].before, &changes);
		cr_expect(after == rows[i].after && changes == rows[i].changes, "%d", i);
		cr_expect(!permission_tracks(after, true, false), "whatever the list has");
		cr_expect(tracking_refused(after, &changes) == after && !changes);
	}
}
