/* Finding the campaign in the URL. */
#include "console/campaign_address.h"

#include "campaigns/past.h"
#include "core/formats/period.h"

bool campaign_of_address(struct exchange *x, struct campaign *campaign, struct moment *as_of, struct error *err) {
	if (!period_as_of(&x->query, x->now, as_of, err) || !campaign_of_path(x, campaign, err))
		return false;
	int count = 1;
	struct moment first = store_id_moment(campaign->id);
	if (moment_is_set(*as_of) && !campaign_as_of(x->store, *as_of, x->arena, campaign, &count, err))
		return false;
	return count || error_set(err, ERROR_MISSING, "This campaign is recorded only since %s",
	                          text_of_moment_zone(x->arena, first));
}

bool campaign_of_path(struct exchange *x, struct campaign *campaign, struct error *err) {
	bool found;
	return campaign_find(x->store, x->values[0], x->arena, campaign, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no campaign %.60s", x->values[0]));
}
