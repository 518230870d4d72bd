/* Campaigns to compare with. */
#include "campaigns/company.h"

#include <math.h>

bool company_find_growths(struct exchange *x, const struct campaign *campaign, struct company *company,
                          const struct growth **own, struct error *err) {
	struct strings ids = { arena_array(x->arena, const char *, COMPANY + 1), 0 };
	struct growth *growths;
	int count;
	ids.items[ids.count++] = campaign->emailoctopus_id;
	for (int i = 0; i < company->count; i++)
		ids.items[ids.count++] = company->campaigns[i].emailoctopus_id;
	if (!growth_find(x->store, &ids, x->arena, &growths, &count, err))
		return false;
	*own = NULL;
	for (int g = 0; g < count; g++) {
		if (text_same(growths[g].campaign_id, campaign->emailoctopus_id))
			*own = &growths[g];
		for (int i = 0; i < company->count; i++)
			if (text_same(growths[g].campaign_id, company->campaigns[i].emailoctopus_id))
				company->growths[i] = &growths[g];
	}
	return true;
}

bool company_find(struct exchange *x, const struct campaign *campaign, struct company *company, struct error *err) {
	struct campaign_filter filter = { .from = MOMENT_NONE,
		                              .to = campaign->sent_at,
		                              .as_of = MOMENT_NONE,
		                              .list = campaign->list_id,
		                              .reported = true,
		                              .limit = COMPANY };
	*company = (struct company){ 0 };
	if (!moment_is_set(campaign->sent_at))
		return true;
	if (!campaign_select(x->store, &filter, x->arena, &company->campaigns, &company->count, err))
		return false;
	for (int m = 0; m < METRIC_COUNT; m++) {
		for (int i = 0; i < company->count; i++) {
			double rate = metrics_rate(&company->campaigns[i].current_metrics, (enum metric)m);
			if (!isnan(rate))
				company->rates[m][company->counts[m]++] = rate;
		}
	}
	return true;
}
