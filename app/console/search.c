/* Searching everything at once. */
#include "console/search.h"

#include "audience/contacts/contact.h"
#include "campaigns/campaign.h"
#include "reports/partners/partner.h"
#include "reports/report.h"

/* NULL if the group is full: then only the total counts it. */
static struct search_item *add_item(struct search_group *group) {
	group->total++;
	return group->count < SEARCH_SHOWN ? &group->items[group->count++] : NULL;
}

static bool find_campaigns(struct exchange *x, const char *words, struct search_group *group, struct error *err) {
	struct campaign_filter every = CAMPAIGN_EVERY;
	struct campaign *campaigns;
	int count;
	every.own = true;
	if (!campaign_select(x->store, &every, x->arena, &campaigns, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct campaign *one = &campaigns[i];
		struct search_item *item = one->search && text_has_words(one->search, words) ? add_item(group) : NULL;
		if (!item)
			continue;
		const char *state = one->status == CAMPAIGN_SENT ? text_of_day_near(x->arena, one->sent_at, x->now)
		                                                 : campaign_status_labels[one->status];
		*item = (struct search_item){ one->id, campaign_name(one),
			                          arena_print(x->arena, "%s · %s", state, one->subject ? one->subject : "–"),
			                          arena_print(x->arena, "/campaigns/%s", one->id) };
	}
	return true;
}

static bool find_contacts(struct exchange *x, const char *text, struct search_group *group, struct error *err) {
	struct contact *contacts;
	int count;
	if (!contact_find_beginning(x->store, text, SEARCH_SHOWN + 1, x->arena, &contacts, &count, err))
		return false;
	for (int i = 0; i < count && group->count < SEARCH_SHOWN; i++)
		*add_item(group) = (struct search_item){ contacts[i].id, contacts[i].email, contact_status_label(&contacts[i]),
			                                     arena_print(x->arena, "/contacts/%s", contacts[i].id) };
	if (count > SEARCH_SHOWN)
		group->total = COUNT_NONE;
	return true;
}

static bool find_lists(struct exchange *x, const char *words, struct search_group *group, struct error *err) {
	struct list *lists;
	int count;
	if (!list_all(x->store, x->arena, &lists, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		bool found = text_has_words(text_fold(x->arena, lists[i].name), words);
		struct search_item *item = found ? add_item(group) : NULL;
		if (item)
			*item = (struct search_item){ lists[i].id, lists[i].name,
				                          arena_print(x->arena, "%s subscribed",
				                                      text_of_count(x->arena, lists[i].counts.subscribed)),
				                          arena_print(x->arena, "/lists/%s", lists[i].id) };
	}
	return true;
}

static bool find_partners(struct exchange *x, const char *words, struct search_group *group, struct error *err) {
	struct partner *partners;
	int count;
	if (!partner_list(x->store, x->arena, &partners, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		bool found = text_has_words(text_fold(x->arena, partners[i].name), words);
		struct search_item *item = found ? add_item(group) : NULL;
		if (item)
			*item = (struct search_item){ partners[i].id, partners[i].name, partners[i].contact,
				                          arena_print(x->arena, "/partners/%s", partners[i].id) };
	}
	return true;
}

static bool find_reports(struct exchange *x, const char *words, struct search_group *group, struct error *err) {
	struct rows rows;
	if (!report_list(x->store, SEARCH_REPORTS, x->arena, &rows, err))
		return false;
	const struct report *reports = rows.items;
	for (int i = 0; i < rows.count; i++) {
		const struct report *one = &reports[i];
		const char *partner = one->partner ? one->partner : "", *title = one->title ? one->title : "";
		const char *name = text_fold(x->arena, arena_print(x->arena, "%s\n%s", title, partner));
		struct search_item *item = text_has_words(name, words) ? add_item(group) : NULL;
		char *day = text_of_day_near(x->arena, one->requested_at, x->now);
		text_capitalize(day);
		if (item)
			*item = (struct search_item){ one->id, *title ? title : "(no title)",
				                          *partner ? arena_print(x->arena, "%s · %s", day, partner) : day,
				                          arena_print(x->arena, "/reports/%s", one->id) };
	}
	return true;
}

bool search_everything(struct exchange *x, const char *text, struct search_group groups[SEARCH_KINDS],
                       struct error *err) {
	const char *trimmed = text_trim(x->arena, text), *words = text_fold(x->arena, trimmed);
	for (int i = 0; i < SEARCH_KINDS; i++)
		groups[i] = (struct search_group){ 0 };
	return !*trimmed || (find_campaigns(x, words, &groups[SEARCH_CAMPAIGNS], err) &&
	                     find_contacts(x, trimmed, &groups[SEARCH_CONTACTS], err) &&
	                     find_lists(x, words, &groups[SEARCH_LISTS], err) &&
	                     find_partners(x, words, &groups[SEARCH_PARTNERS], err) &&
	                     find_reports(x, words, &groups[SEARCH_REPORTS_KIND], err));
}
