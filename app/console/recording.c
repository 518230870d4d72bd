/* When recording began. */
#include "console/recording.h"

#include "campaigns/campaign.h"

bool recording_began(struct exchange *x, struct moment as_of, const char **began, struct error *err) {
	struct moment first;
	*began = NULL;
	if (!moment_is_set(as_of))
		return true;
	if (!campaign_first_seen(x->store, x->arena, &first, err))
		return false;
	if (moment_is_set(first) && as_of.ms < first.ms)
		*began = text_of_moment_zone(x->arena, first);
	return true;
}

bool recording_check(struct exchange *x, struct moment as_of, struct error *err) {
	const char *began;
	return recording_began(x, as_of, &began, err) &&
	       (!began || error_set(err, ERROR_MISSING, "Recording began on %s: earlier figures are not recorded", began));
}
