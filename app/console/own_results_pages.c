/* Results of own campaigns. */
#include <math.h>

#include "answering/told.h"
#include "composing/request_pages.h"
#include "console/campaign_address.h"
#include "console/campaign_pages.h"
#include "console/own_results.h"
#include "console/redeemed.h"
#include "core/http/parts.h"
#include "metrics/share.h"

static void put_kind(struct value *rows, const char *label, const char *note, int64_t opens, int64_t clicks) {
	struct value *row = value_push(rows, value_map(rows->arena));
	value_put_text(row, "label", label);
	value_put_text(row, "note", note);
	value_put_text(row, "opens", text_of_count(rows->arena, opens));
	value_put_text(row, "clicks", text_of_count(rows->arena, clicks));
}

static void put_kinds(struct value *own, const struct answers *sum) {
	struct value *rows = value_put(own, "kinds", value_list(own->arena));
	put_kind(rows, "By people", "In the rates", sum->human_opens, sum->human_clicks);
	put_kind(rows, "By privacy proxies", "Fetched, read or not", sum->proxy_opens, sum->proxy_clicks);
	put_kind(rows, "By machines", "Filters, programs", sum->machine_opens, sum->machine_clicks);
	put_kind(rows, "Not known", "Too soon, or no agent", sum->unknown_opens, sum->unknown_clicks);
	const bool is_apart = sum->proxied > 0 || sum->machined > 0;
	value_put_bool(own, "is_apart", is_apart);
	value_put_bool(own, "has_apart", is_apart || sum->counted_opens + sum->counted_clicks > 0);
	value_put_text(own, "proxied", text_of_count(own->arena, sum->proxied));
	value_put_text(own, "machined", text_of_count(own->arena, sum->machined));
	value_put_text(own, "counted_opens",
	               sum->counted_opens + sum->counted_clicks ? text_of_count(own->arena, sum->counted_opens) : NULL);
	value_put_text(own, "counted_clicks", text_of_count(own->arena, sum->counted_clicks));
}

static const struct link_answer *answer_to(const struct rows *clicked, int64_t link) {
	const struct link_answer *rows = clicked->items;
	for (int i = 0; i < clicked->count; i++)
		if (rows[i].link == link)
			return &rows[i];
	return NULL;
}

static void put_places(struct value *own, const struct tracked_links *links, const struct rows *clicked) {
	struct value *rows = value_put(own, "places", value_list(own->arena));
	const struct link_answer *all = clicked->items;
	int64_t most = 0, all_people = 0, all_clicks = 0;
	for (int i = 0; i < clicked->count; i++)
		most = all[i].clicks > most ? all[i].clicks : most;
	for (int i = 0; i < links->count; i++) {
		const struct link_answer *found = answer_to(clicked, i);
		all_people += found ? found->people : 0;
		all_clicks += found ? found->clicks : 0;
		struct value *row = value_push(rows, value_map(own->arena));
		value_put_text(row, "number", text_of_count(own->arena, i + 1));
		value_put_text(row, "url", links->targets[i]);
		value_put_text(row, "address", campaign_short_address(links->targets[i]));
		value_put_text(row, "people", text_of_count(own->arena, found ? found->people : 0));
		value_put_text(row, "clicks", text_of_count(own->arena, found ? found->clicks : 0));
		value_put_text(row, "width",
		               part_width(own->arena, (double)(found ? found->clicks : 0), (double)(most ? most : 1)));
	}
	value_put_bool(own, "has_places", links->count > 0);
	value_put_text(own, "all_people", text_of_count(own->arena, all_people));
	value_put_text(own, "all_clicks", text_of_count(own->arena, all_clicks));
}

static const char *percent_of(struct arena *arena, int64_t part, int64_t whole) {
	double percent = share_percent(part, whole);
	return isnan(percent) ? "–" : arena_print(arena, "%.1f\u00a0%%", percent);
}

static double share_of(const struct group_count *group) {
	double percent = share_percent(group->opened, group->sent);
	return isnan(percent) ? 0 : percent;
}

/* redeemed: of segments; NULL: not told. */
static void put_group(struct value *rows, const struct group_count *group, const char *name, double most,
                      const struct rows *redeemed) {
	struct value *row = value_push(rows, value_map(rows->arena));
	value_put_text(row, "name", name);
	value_put_bool(row, "is_named", group->name != NULL);
	value_put_text(row, "query", group->name ? url_encoded(rows->arena, group->name) : NULL);
	value_put_text(row, "sent", text_of_count(rows->arena, group->sent));
	value_put_text(row, "failed", percent_of(rows->arena, group->failed, group->sent + group->failed));
	value_put_text(row, "opened", percent_of(rows->arena, group->opened, group->sent));
	value_put_text(row, "clicked", percent_of(rows->arena, group->clicked, group->sent));
	value_put_text(row, "width", part_width(rows->arena, share_of(group), most));
	value_put_text(row, "redeemed_rate",
	               redeemed ? percent_of(rows->arena, redeemed_in(redeemed, group->name), group->sent) : NULL);
}

/* The greatest ones; what is nobody's name comes last. */
static void put_groups(struct value *own, const char *list, const struct rows *groups, const struct rows *redeemed,
                       const char *rest_name, bool adds_up) {
	enum { SHOWN = 8 };
	const struct group_count *all = groups->items;
	struct value *rows = value_put(own, list, value_list(own->arena));
	struct group_count rest = { 0 }, total = { 0 };
	int shown = 0;
	double most = 0;
	for (int i = 0; i < groups->count; i++)
		most = share_of(&all[i]) > most ? share_of(&all[i]) : most;
	for (int i = 0; adds_up && i < groups->count; i++)
		group_add(&total, &all[i]);
	for (int i = 0; i < groups->count; i++)
		if (all[i].name && shown < SHOWN) {
			put_group(rows, &all[i], all[i].name, most, redeemed);
			shown++;
		} else if (!all[i].name || adds_up) {
			group_add(&rest, &all[i]);
		}
	value_put_bool(own, arena_print(own->arena, "has_%s", list), shown > 0);
	if (rest.sent + rest.failed > 0)
		put_group(rows, &rest, rest_name, most, redeemed);
	if (adds_up)
		put_group(value_put(own, arena_print(own->arena, "all_%s", list), value_list(own->arena)), &total, "All", most,
		          redeemed);
}

/* Before they were told for the first time: as they are. */
static bool read_told(struct exchange *x, const char *campaign_id, struct answers_told *told, struct error *err) {
	bool found;
	*told = (struct answers_told){ .links = { NULL, 0 } };
	if (!answers_told_find(x->store, campaign_id, x->arena, told, &found, err))
		return false;
	return found || (answers_find(x->store, campaign_id, x->arena, &told->sum, &found, err) &&
	                 answers_links(x->store, campaign_id, false, x->arena, &told->links, err));
}

static bool read_groups(struct exchange *x, const char *campaign_id, struct rows *domains, struct rows *segments,
                        struct error *err) {
	return groups_by_domain(x->store, campaign_id, x->arena, domains, err) &&
	       groups_by_segment(x->store, campaign_id, x->arena, segments, err);
}

bool own_results_put(struct exchange *x, struct value *view, const struct campaign *campaign, struct error *err) {
	struct answers_told told;
	struct tracked_links links;
	if (campaign->origin != CAMPAIGN_OWN) {
		value_put_text(view, "own", NULL);
		return true;
	}
	struct value *own = value_put(view, "own", value_map(x->arena));
	if (!read_told(x, campaign->id, &told, err) || !tracked_links_read(x->store, campaign->id, x->arena, &links, err))
		return false;
	bool has_redeemed = told.redeemed.count > 0;
	put_groups(own, "providers", &told.domains, NULL, "All others", true);
	put_groups(own, "segments", &told.segments, has_redeemed ? &told.redeemed : NULL, "No segment", false);
	value_put_bool(own, "segments_redeemed", has_redeemed);
	put_kinds(own, &told.sum);
	put_places(own, &links, &told.links);
	value_put_text(own, "folded_at",
	               moment_is_set(told.sum.folded_at) ? text_of_moment_near(x->arena, told.sum.folded_at, x->now)
	                                                 : NULL);
	value_put_bool(own, "can_resend", campaign->list_ids.count > 0);
	return redeemed_put(x, own, campaign->id, err);
}

static bool need_own(struct exchange *x, struct campaign *campaign, struct error *err) {
	return campaign_of_path(x, campaign, err) && campaign_check_own(campaign, err);
}

static bool redeemed_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	return need_own(x, &campaign, err) && redeemed_answer(x, campaign.id, err);
}

static void put_group_rows(struct value *answer, const char *name, const struct rows *groups,
                           const struct rows *redeemed) {
	const struct group_count *all = groups->items;
	struct value *rows = value_put(answer, name, value_list(answer->arena));
	for (int i = 0; i < groups->count; i++) {
		struct value *row = value_push(rows, record_to_value(&group_count_record, &all[i], answer->arena));
		if (redeemed)
			value_put_int(row, "redeemed", redeemed_in(redeemed, all[i].name));
	}
}

static bool answers_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct answers sum;
	struct tracked_links links;
	struct rows clicked, domains, segments, redeemed;
	bool found;
	if (!need_own(x, &campaign, err) || !answers_find(x->store, campaign.id, x->arena, &sum, &found, err) ||
	    !tracked_links_read(x->store, campaign.id, x->arena, &links, err) ||
	    !answers_links(x->store, campaign.id, false, x->arena, &clicked, err) ||
	    !read_groups(x, campaign.id, &domains, &segments, err) ||
	    !redeemed_by_segment(x->store, campaign.id, x->arena, &redeemed, err))
		return false;
	struct value *answer = record_to_value(&answers_record, &sum, x->arena);
	put_group_rows(answer, "providers", &domains, NULL);
	put_group_rows(answer, "segments", &segments, &redeemed);
	struct value *rows = value_put(answer, "links", value_list(x->arena));
	for (int i = 0; i < links.count; i++) {
		const struct link_answer *one = answer_to(&clicked, i);
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_int(row, "position", i + 1);
		value_put_text(row, "url", links.targets[i]);
		value_put_int(row, "clicked_unique", one ? one->people : 0);
		value_put_int(row, "clicked_total", one ? one->clicks : 0);
	}
	return reply_json(x, answer);
}

/* Those who were sent it and of whom no open is known, as a rule beside the one that it had. */
static const char *rule_of_others(const char *rule, const char *campaign_id, struct arena *arena) {
	const char *own = arena_print(arena,
	                              "{\"field\":\"campaign\",\"operator\":\"not_opened\",\"value\":\"campaign_%s\"}",
	                              campaign_id);
	return text_is_empty(rule) ? own : arena_print(arena, "{\"match\":\"all\",\"rules\":[%s,%s]}", own, rule);
}

static bool make_resend(struct exchange *x, const char **id, struct error *err) {
	struct campaign campaign;
	struct draft draft;
	if (!need_own(x, &campaign, err) || !composing_need(x, &draft, err))
		return false;
	if (campaign.current_metrics.sent <= 0)
		return error_set(err, ERROR_CONFLICT, "nothing of this campaign has been sent yet");
	if (campaign.list_ids.count == 0)
		return error_set(err, ERROR_CONFLICT,
		                 "this campaign went to no list: who did not open it can only be found of lists");
	*id = exchange_new_id(x);
	struct composition copy = draft_copy(&draft.composition, *id, x->arena);
	copy.name = arena_print(x->arena, "Again: %.180s", campaign_name(&campaign));
	copy.rule = rule_of_others(copy.rule, campaign.id, x->arena);
	copy.updated_at = x->now;
	copy.updated_by = x->identity.user;
	return draft_create(x->store, &copy, x->identity.user, x->now, err);
}

static bool resend(struct exchange *x, struct error *err) {
	const char *id;
	return make_resend(x, &id, err) && reply_redirect(x, arena_print(x->arena, "/campaigns/%s/edit", id));
}

static bool resend_api(struct exchange *x, struct error *err) {
	const char *id;
	if (!make_resend(x, &id, err))
		return false;
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "id", arena_print(x->arena, "campaign_%s", id));
	x->status = 201;
	return reply_json(x, answer);
}

const struct route own_results_routes[] = {
	{ "GET", "/api/campaigns/:campaign_id/answers", GUARD_SIGNED_IN, answers_api,
	  .summary = "Who opened, clicked and unsubscribed of a campaign of one's own, told apart from machines; its links "
	             "in their order; its recipients by mailbox provider (name null: all with one recipient in a block) "
	             "and by segment (null: in none), as they were when its first answers were counted, with how "
	             "many redeemed their codes",
	  .output = &answers_record,
	  .shape = "links[]{position:count url:text clicked_unique:count clicked_total:count} "
	           "providers[]{name:text sent:count failed:count opened:count clicked:count} "
	           "segments[]{name:text sent:count failed:count opened:count clicked:count redeemed:count}" },
	{ "GET", "/api/campaigns/:campaign_id/redemptions", GUARD_SIGNED_IN, redeemed_api,
	  .summary = "What the codes of a campaign of one's own came to: how many people redeemed theirs, of all who were "
	             "chosen; hours from the email to the first time; revenue in minor units",
	  .shape = REDEEMED_SHAPE },
	{ "POST", "/campaigns/:campaign_id/resend", GUARD_SIGNED_IN, resend, .creates = true },
	{ "POST", "/api/campaigns/:campaign_id/resend", GUARD_SIGNED_IN, resend_api,
	  .summary = "A new draft for those who did not open this campaign of one's own", .shape = "id:text",
	  .creates = true },
	{ 0 },
};
