/* To which saved segments a person belongs: each rule is checked here, after one reading of the person and their deeds.
 */
#include "console/person_segments.h"

#include "segments/asked_pages.h"
#include "segments/check.h"

/* The rules of the segments, NULL where one cannot be read, and the campaigns that any of them asks about. */
static const struct rule **read_rules(struct exchange *x, const struct rows *segments, const struct rule_names *names,
                                      struct strings *campaign_ids) {
	const struct rule **rules = arena_array(x->arena, const struct rule *, segments->count + 1);
	const struct segment *items = segments->items;
	struct strings all = { arena_array(x->arena, const char *, 1), 0 };
	for (int i = 0; i < segments->count; i++) {
		struct rule_reading reading;
		struct error ignored;
		if (!rule_read(items[i].rule, names, x->arena, &reading, &ignored))
			continue;
		rules[i] = reading.rule;
		const struct strings more = rule_campaigns(reading.rule, x->arena);
		const char **both = arena_array(x->arena, const char *, all.count + more.count + 1);
		for (int k = 0; k < all.count + more.count; k++)
			both[k] = k < all.count ? all.items[k] : more.items[k - all.count];
		all = (struct strings){ both, all.count + more.count };
	}
	*campaign_ids = strings_distinct(x->arena, &all);
	return rules;
}

bool person_put_segments(struct exchange *x, struct value *view, const char *contact_id, struct error *err) {
	struct value *list = value_put(view, "segments", value_list(x->arena));
	const struct rule_clock clock = asked_clock(x);
	struct rule_names names;
	struct rows segments;
	struct facts facts;
	struct strings campaign_ids;
	bool found;
	if (!segment_list(x->store, x->arena, &segments, err) || !names_read(x->store, x->arena, &names, err) ||
	    !store_find(x->store, "contacts", FILTER(by_id(contact_id)), NULL, &facts_record, x->arena, &facts, &found,
	                err))
		return false;
	const struct segment *items = segments.items;
	const struct rule **rules = read_rules(x, &segments, &names, &campaign_ids);
	if (!found || !facts_read_deeds(x->store, &campaign_ids, &facts, 1, x->arena, err))
		return !found;
	for (int i = 0; i < segments.count; i++) {
		if (!rules[i] || !rule_meets(rules[i], &facts, &clock))
			continue;
		struct value *row = value_push(list, value_map(x->arena));
		value_put_text(row, "name", items[i].name);
		value_put_text(row, "address", arena_print(x->arena, "/segments/%s", items[i].id));
		value_put_text(row, "why",
		               arena_print(x->arena, "/segments/why?segment=%s&contact=%s", items[i].id, contact_id));
	}
	return true;
}
