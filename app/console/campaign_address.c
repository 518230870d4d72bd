/* Finding the campaign in the URL. */
#include "console/campaign_address.h"

#include "core/formats/period.h"

bool campaign_of_address(struct exchange *x, struct campaign *campaign, struct error *err) {
	struct moment as_of;
	bool found;
	if (!period_as_of(&x->query, x->now, &as_of, err) ||
	    !campaign_find(x->store, x->values[0], x->arena, campaign, &found, err))
		return false;
	int count = found;
	if (moment_is_set(as_of) && !campaign_as_of(x->store, as_of, x->arena, campaign, &count, err))
		return false;
	return count || error_set(err, ERROR_MISSING, "no campaign %.60s", x->values[0]);
}

bool campaign_of_path(struct exchange *x, struct campaign *campaign, struct error *err) {
	bool found;
	return campaign_find(x->store, x->values[0], x->arena, campaign, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no campaign %.60s", x->values[0]));
}
