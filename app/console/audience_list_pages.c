/* The page of one list: its people (audience/lists) and the newest campaigns to it. */
#include "console/audience_list_pages.h"

#include <math.h>

#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/list_pages.h"
#include "audience/lists/list_profile_pages.h"
#include "console/campaign_pages.h"
#include "console/list_words.h"
#include "console/own_list_pages.h"
#include "core/http/parts.h"
#include "core/store/version.h"
#include "insights/peers.h"

enum { CAMPAIGNS_SHOWN = 6 };

/* Those that have been sent, newest first. */
static bool put_campaigns(struct exchange *x, struct value *view, const struct list *list, struct moment as_of,
                          struct error *err) {
	struct campaign_filter filter = {
		.from = MOMENT_NONE, .to = MOMENT_NONE, .as_of = as_of, .list = list->id, .reported = true
	};
	struct campaign *campaigns;
	int count;
	if (!campaign_select(x->store, &filter, x->arena, &campaigns, &count, err))
		return false;
	struct value *rows = value_put(view, "campaigns", value_list(x->arena));
	int shown = count < CAMPAIGNS_SHOWN ? count : CAMPAIGNS_SHOWN;
	double most = 0;
	for (int i = 0; i < shown; i++)
		most = fmax(most, metrics_rate(&campaigns[i].current_metrics, METRIC_CLICK_RATE));
	for (int i = 0; i < shown; i++) {
		double rate = metrics_rate(&campaigns[i].current_metrics, METRIC_CLICK_RATE);
		struct value *row = value_push(rows, campaign_row_view(&campaigns[i], x->arena));
		value_put_text(row, "sent_near", text_of_day_near(x->arena, campaigns[i].sent_at, x->now));
		value_put_bool(row, "collecting", !campaign_has_settled(&campaigns[i], moment_is_set(as_of) ? as_of : x->now));
		value_put_text(row, "click_width", part_width(x->arena, rate, most));
	}
	value_put_bool(view, "has_campaigns", count > 0);
	value_put_text(view, "campaign_count", text_of_count(x->arena, count));
	return true;
}

/* What is decided here of a list that is a provider's. */
static void put_decisions(struct exchange *x, struct value *view, const struct list *list) {
	struct value *choices = part_select(x, view, "tracking");
	for (int i = 0; i < LIST_TRACKING_COUNT; i++)
		put_choice(choices, list_trackings.names[i], list_tracking_labels[i], (unsigned)i == list->tracking);
	part_field(x, view, "email", exchange_typed(x, "email", NULL));
	value_put_text(view, "tracking_decided",
	               moment_is_set(list->tracking_at)
	                   ? arena_print(x->arena, "Decided %s by %s",
	                                 text_of_moment_near(x->arena, list->tracking_at, x->now),
	                                 list->tracking_by ? list->tracking_by : "nobody")
	                   : NULL);
	value_put_text(view, "left_query",
	               url_encoded(x->arena,
	                           arena_print(x->arena,
	                                       "{\"field\":\"list\",\"operator\":\"unsubscribed\",\"value\":\"%s\"}",
	                                       list->id)));
}

static bool show_page(struct exchange *x, struct error *err) {
	struct list list;
	struct moment as_of;
	if (!list_of_address(x, &list, &as_of, err))
		return false;
	if (list_is_own(&list))
		return own_list_show(x, &list, err);
	struct value *view = value_map(x->arena);
	struct value *row = value_put(view, "list", list_row_view(&list, x->arena));
	value_put_text(row, "synced_near", text_of_moment_near(x->arena, list.synced_at, x->now));
	value_put_text(row, "contacts_near",
	               moment_is_set(list.contacts_read_at) ? text_of_moment_near(x->arena, list.contacts_read_at, x->now)
	                                                    : NULL);
	put_decisions(x, view, &list);
	if (!list_put_profile(x, view, &list, as_of, err) || !put_campaigns(x, view, &list, as_of, err))
		return false;
	return reply_page(x, "console/list", text_is_empty(list.name) ? "(no name)" : list.name, "lists", view, err);
}

const struct route audience_list_routes[] = {
	{ "GET", "/lists/:list_id", GUARD_SIGNED_IN, show_page, .realms = REALM_FIGURES | REALM_PEOPLE, .goes_back = true },
	{ 0 },
};
