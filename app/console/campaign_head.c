/* The head of the pages about one campaign. */
#include "console/campaign_head.h"

#include "audience/lists/past.h"
#include "console/campaign_pages.h"
#include "core/http/parts.h"

/* Of an own campaign also that of an own list. *found: it has a page. */
static bool name_list(struct exchange *x, const struct list *lists, int count, const char *id, bool is_own,
                      const char **name, bool *found, struct error *err) {
	struct list own;
	*found = false;
	*name = is_own ? "a list that was deleted" : "a list that is not synced";
	if (is_own && !list_find(x->store, id, x->arena, &own, found, err))
		return false;
	if (*found && !text_is_empty(own.name))
		*name = own.name;
	for (int i = 0; i < count && !*found; i++) {
		if (!text_same(lists[i].id, id))
			continue;
		*name = text_is_empty(lists[i].name) ? "(no name)" : lists[i].name;
		*found = true;
	}
	return true;
}

/* By the names that they had then. */
static bool put_lists(struct exchange *x, struct value *view, const struct campaign *campaign, struct moment as_of,
                      struct error *err) {
	struct value *rows = value_put(view, "sent_to", value_list(x->arena));
	struct list *lists;
	int count;
	if (!(moment_is_set(as_of) ? list_all_at(x->store, as_of, x->arena, &lists, &count, err)
	                           : list_all_ever(x->store, x->arena, &lists, &count, err)))
		return false;
	for (int i = 0; i < campaign->list_ids.count; i++) {
		const char *name;
		bool found;
		if (!name_list(x, lists, count, campaign->list_ids.items[i], campaign->origin == CAMPAIGN_OWN, &name, &found,
		               err))
			return false;
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "id", found ? campaign->list_ids.items[i] : NULL);
		value_put_text(row, "name", name);
		value_put_bool(row, "more", i > 0);
	}
	value_put_bool(view, "has_lists", rows->count > 0);
	return true;
}

static void put_sender(struct value *view, const struct campaign *campaign) {
	struct arena *arena = view->arena;
	const char *name = text_is_empty(campaign->from_name) ? campaign->from_email : campaign->from_name;
	value_put_text(view, "from", text_is_empty(name) ? NULL : name);
	value_put_text(view, "from_email", campaign->from_email);
	value_put_text(view, "from_query",
	               text_is_empty(name)
	                   ? NULL
	                   : url_encoded(arena, text_is_empty(campaign->from_email) ? name : campaign->from_email));
}

/* People are known only as they are now, so there is no tab for them in the past. */
static void put_tabs(struct exchange *x, struct value *view, const struct campaign *campaign, struct moment as_of,
                     enum campaign_tab current) {
	static const struct {
		const char *label, *path;
	} tabs[] = { [TAB_OVERVIEW] = { "Overview", "" },
		         [TAB_PEOPLE] = { "People", "/contacts?status=opened" },
		         [TAB_LINKS] = { "Links", "/links" },
		         [TAB_HISTORY] = { "History", "/history" } };
	const struct value *past = value_get(view, "past_query");
	const char *query = past && past->kind == VALUE_TEXT ? past->text : "";
	bool is_past = moment_is_set(as_of);
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
		if (!is_past || i != TAB_PEOPLE)
			part_tab(view, tabs[i].label, arena_print(x->arena, "/campaigns/%s%s%s", campaign->id, tabs[i].path, query),
			         NULL, i == current);
}

bool campaign_put_head(struct exchange *x, struct value *view, const struct campaign *campaign, struct moment as_of,
                       enum campaign_tab tab, struct error *err) {
	struct arena *arena = x->arena;
	if (campaign->origin == CAMPAIGN_OWN && (!campaign->has_report || moment_is_set(as_of)))
		return error_set(err, ERROR_MISSING,
		                 "this campaign was composed here: what became of its emails is on its monitor");
	value_put_bool(view, "is_own", campaign->origin == CAMPAIGN_OWN);
	exchange_put_past(x, view, as_of);
	(void)value_put(view, "campaign", campaign_row_view(campaign, arena));
	value_put_text(view, "sent_at",
	               moment_is_set(campaign->sent_at) ? text_of_moment_near(arena, campaign->sent_at, x->now) : NULL);
	value_put_text(view, "sent_word", campaign->status == CAMPAIGN_SENDING ? "Sending since" : "Sent");
	value_put_bool(view, "has_report", campaign->has_report);
	value_put_text(view, "gone", moment_is_set(campaign->gone_at) ? text_of_moment(arena, campaign->gone_at) : NULL);
	put_sender(view, campaign);
	if (campaign->has_report)
		put_tabs(x, view, campaign, as_of, tab);
	return put_lists(x, view, campaign, as_of, err);
}
