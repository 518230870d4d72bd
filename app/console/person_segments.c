/* To which saved segments and lists with a rule a person belongs: each rule is checked here, after one reading of the
 * person and their deeds. */
#include "console/person_segments.h"

#include "audience/lists/own_list.h"
#include "segments/asked_pages.h"
#include "segments/check.h"
#include "segments/list_rule.h"

/* What may have the person. */
struct belonging {
	const struct segment *segment; /* or: */
	const struct list *list;
	const struct rule *rule; /* NULL: it cannot be read */
};

struct looking {
	struct exchange *x;
	const struct contact *contact;
	struct rule_names names;
	struct rows segments;
	struct list *lists;
	int list_count;
	struct belonging *all;
	int count;
};

static const struct rule *rule_of_segment(const struct looking *looking, const struct segment *segment) {
	struct rule_reading reading;
	struct error ignored;
	return rule_read(segment->rule, &looking->names, looking->x->arena, &reading, &ignored) ? reading.rule : NULL;
}

static const struct rule *rule_of_list(const struct looking *looking, const struct list *list) {
	const struct rule *rule;
	struct error ignored;
	return list_rule_of(list, looking->lists, looking->list_count, false, &looking->names, looking->x->arena, &rule,
	                    &ignored)
	           ? rule
	           : NULL;
}

static bool read_rules(struct looking *looking, struct error *err) {
	struct exchange *x = looking->x;
	if (!segment_list(x->store, x->arena, &looking->segments, err) ||
	    !names_read(x->store, x->arena, &looking->names, err) ||
	    !list_all_kinds(x->store, x->arena, &looking->lists, &looking->list_count, err))
		return false;
	const struct segment *segments = looking->segments.items;
	looking->all = arena_array(x->arena, struct belonging, looking->segments.count + looking->list_count + 1);
	for (int i = 0; i < looking->segments.count; i++)
		looking->all[looking->count++] = (struct belonging){ &segments[i], NULL,
			                                                 rule_of_segment(looking, &segments[i]) };
	for (int i = 0; i < looking->list_count; i++)
		if (looking->lists[i].list_type == LIST_DYNAMIC || looking->lists[i].list_type == LIST_SEGMENTED)
			looking->all[looking->count++] = (struct belonging){ NULL, &looking->lists[i],
				                                                 rule_of_list(looking, &looking->lists[i]) };
	return true;
}

/* The campaigns that any of them asks about. */
static struct strings campaigns_asked(const struct looking *looking) {
	struct arena *arena = looking->x->arena;
	struct strings all = { arena_array(arena, const char *, 1), 0 };
	for (int i = 0; i < looking->count; i++) {
		if (!looking->all[i].rule)
			continue;
		const struct strings more = rule_campaigns(looking->all[i].rule, arena);
		const char **both = arena_array(arena, const char *, all.count + more.count + 1);
		for (int k = 0; k < all.count + more.count; k++)
			both[k] = k < all.count ? all.items[k] : more.items[k - all.count];
		all = (struct strings){ both, all.count + more.count };
	}
	return strings_distinct(arena, &all);
}

static void put_segment(const struct looking *looking, struct value *segments, const struct segment *segment) {
	struct arena *arena = looking->x->arena;
	struct value *row = value_push(segments, value_map(arena));
	value_put_text(row, "name", segment->name);
	value_put_text(row, "address", arena_print(arena, "/segments/%s", segment->id));
	value_put_text(row, "why",
	               arena_print(arena, "/segments/why?segment=%s&contact=%s", segment->id, looking->contact->id));
}

static void put_list(const struct looking *looking, struct value *ruled, const struct list *list) {
	const struct contact *contact = looking->contact;
	const bool has_left = strings_have(&contact->own.left, list->id);
	const unsigned status = has_left ? CONTACT_UNSUBSCRIBED : contact->status;
	struct value *row = value_push(ruled, value_map(looking->x->arena));
	value_put_text(row, "name", list->name);
	value_put_text(row, "list_id", list->id);
	value_put_text(row, "contact_id", contact->id);
	value_put_text(row, "status", choice_name(&contact_statuses, (int)status));
	value_put_text(row, "status_label", contact_status_labels[status]);
	value_put_bool(row, "left", has_left);
	value_put_text(row, "other", has_left ? "subscribed" : "unsubscribed");
	value_put_text(row, "other_label", has_left ? "Subscribe" : "Unsubscribe");
}

bool person_put_segments(struct exchange *x, struct value *view, const struct contact *contact, struct error *err) {
	struct looking looking = { .x = x, .contact = contact };
	struct value *segments = value_put(view, "segments", value_list(x->arena)),
				 *ruled = value_put(view, "ruled", value_list(x->arena));
	const struct rule_clock clock = asked_clock(x);
	struct facts facts;
	bool found;
	if (!read_rules(&looking, err) || !store_find(x->store, "contacts", FILTER(by_id(contact->id)), NULL, &facts_record,
	                                              x->arena, &facts, &found, err))
		return false;
	const struct strings campaign_ids = campaigns_asked(&looking);
	if (found && !facts_read_deeds(x->store, &campaign_ids, &facts, 1, x->arena, err))
		return false;
	for (int i = 0; found && i < looking.count; i++) {
		const struct belonging *one = &looking.all[i];
		const bool meets = one->rule && rule_meets(one->rule, &facts, &clock);
		if (one->segment && meets)
			put_segment(&looking, segments, one->segment);
		if (one->list && (meets || strings_have(&contact->own.left, one->list->id)))
			put_list(&looking, ruled, one->list);
	}
	const struct value *memberships = value_get(view, "memberships");
	value_put_bool(view, "has_lists", (memberships && memberships->count > 0) || ruled->count > 0);
	return true;
}
