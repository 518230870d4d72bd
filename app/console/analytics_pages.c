/* The rates of a campaign at the end of each day, and their means. */
#include "console/analytics_pages.h"

#include <math.h>

#include "console/campaign_pages.h"
#include "core/http/parts.h"
#include "core/store/version.h"
#include "insights/daily.h"

enum { CHOICES = 200 };

static const char *percent(struct arena *arena, double rate) {
	return isnan(rate) ? "–" : arena_print(arena, "%.1f\u00a0%%", rate);
}

/* The newest with figures, and the one that was asked for. *chosen: the one that is asked for, else the newest; NULL:
 * there is none. */
static bool put_campaigns(struct exchange *x, struct value *view, const struct campaign **chosen, struct error *err) {
	struct campaign_filter filter = CAMPAIGN_EVERY;
	struct value *options = part_select(x, view, "campaign_id");
	const char *asked = params_get(&x->query, "campaign_id");
	struct campaign *all, *found = arena_new_of(x->arena, struct campaign);
	bool is_there = false, is_listed = false;
	int count;
	filter.reported = true;
	filter.limit = CHOICES;
	if (!campaign_select(x->store, &filter, x->arena, &all, &count, err) ||
	    (!text_is_empty(asked) && !campaign_find(x->store, asked, x->arena, found, &is_there, err)))
		return false;
	if (!text_is_empty(asked) && !is_there)
		return error_field(err, "campaign_id", "There is no campaign “%.60s”", asked);
	*chosen = is_there ? found : count ? &all[0] : NULL;
	for (int i = 0; i < count; i++) {
		bool is_it = text_same(all[i].id, (*chosen)->id);
		is_listed = is_listed || is_it;
		put_choice(options, all[i].id,
		           arena_print(x->arena, "%s, %s", campaign_name(&all[i]),
		                       text_of_day_near(x->arena, all[i].sent_at, x->now)),
		           is_it);
	}
	if (*chosen && !is_listed)
		put_choice(options, found->id, campaign_name(found), true);
	value_put_bool(view, "none", !*chosen);
	return true;
}

static void put_mean(struct value *items, const char *label, double sum, int days, const char *of) {
	struct value *item = value_push(items, value_map(items->arena));
	value_put_text(item, "label", label);
	value_put_text(item, "value", percent(items->arena, days ? sum / days : NAN));
	value_put_text(item, "note", of);
}

/* Days on which nothing was delivered yet have no rate, and are no part of a mean. */
static void put_days(struct exchange *x, struct value *view, const struct rows *all) {
	const struct daily *days = all->items;
	struct value *rows = value_put(view, "days", value_list(x->arena)),
				 *items = value_put(view, "means", value_list(x->arena));
	double opens = 0, clicks = 0;
	int rated = 0;
	char day[MOMENT_TEXT];
	for (int i = 0; i < all->count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "day", text_of_date(x->arena, days[i].date));
		value_put_text(row, "date", arena_copy(x->arena, moment_format_day(days[i].date, day)));
		value_put_text(row, "opened", percent(x->arena, days[i].open_rate));
		value_put_text(row, "clicked", percent(x->arena, days[i].click_rate));
		if (isnan(days[i].open_rate) || isnan(days[i].click_rate))
			continue;
		opens += days[i].open_rate;
		clicks += days[i].click_rate;
		rated++;
	}
	const char *of = arena_print(x->arena, "Mean of %s", text_of_counted(x->arena, rated, "day", "days"));
	put_mean(items, "Average open rate", opens, rated, of);
	put_mean(items, "Average click rate", clicks, rated, of);
	value_put_bool(view, "has_days", rated > 0);
	value_put_bool(view, "has_line", rated > 1);
	value_put_int(view, "count", all->count);
}

static bool show(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	const struct campaign *campaign = NULL;
	const struct growth *growth = NULL;
	struct rows days = { 0 };
	int64_t count = 0;
	const char *typed = params_get(&x->query, "days");
	if (!campaign_read_days(x, &count, err) || !put_campaigns(x, view, &campaign, err) ||
	    (campaign && !campaign_find_growth(x, campaign, &growth, err)))
		return false;
	if (campaign)
		days = campaign_days(x, campaign, growth, count);
	part_field(x, view, "days", text_is_empty(typed) ? arena_print(x->arena, "%lld", (long long)count) : typed);
	put_days(x, view, &days);
	value_put_text(view, "name", campaign ? campaign_name(campaign) : NULL);
	value_put_text(view, "id", campaign ? campaign->id : NULL);
	exchange_put_data_at(x, view, x->versions.data_at);
	return reply_page(x, "console/analytics", "Campaign analytics", "campaigns", view, err);
}

const struct route analytics_routes[] = {
	{ "GET", "/analytics", GUARD_SIGNED_IN, show, .realms = REALM_FIGURES | REALM_CAMPAIGNS },
	{ 0 },
};
