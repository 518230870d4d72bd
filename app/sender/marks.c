/* What of a mail leads back to us, by the keys of this process. */
#include "sender/marks.h"

#include "dispatch/marks.h"

bool marks_make(const struct shared *shared, const struct sent_campaign *campaign, const struct recipient *person,
                const struct letter_to *to, struct arena *arena, struct letter_marks *marks, struct error *err) {
	const struct marks_from from = { &shared->keys, &shared->bases, !shared->settings->track_opens,
		                             !shared->settings->track_clicks };
	return marks_of(&from, &campaign->dispatch, campaign->letter, person, to, arena, marks, err);
}
