/* Looking up what rules name. */
#include "segments/names.h"

#include <string.h>
#include <strings.h>

#include "audience/lists/own_list.h"
#include "campaigns/campaign.h"
#include "segments/segment.h"

enum { NAME_MAX_SIZE = 64 };

const struct named_list *names_list(const struct rule_names *names, const char *id) {
	const struct named_list *lists = names->lists.items;
	const char *bare = text_after(id, "list_");
	for (int i = 0; i < names->lists.count; i++)
		if (text_same(lists[i].id, bare))
			return &lists[i];
	return NULL;
}

const struct named_campaign *names_campaign(const struct rule_names *names, const char *id) {
	const struct named_campaign *campaigns = names->campaigns.items;
	const char *bare = text_after(id, "campaign_");
	for (int i = 0; i < names->campaigns.count; i++)
		if (text_same(campaigns[i].id, bare))
			return &campaigns[i];
	return NULL;
}

const struct named_custom *names_custom(const struct rule_names *names, const char *key) {
	const struct named_custom *customs = names->customs.items;
	for (int i = 0; i < names->customs.count; i++)
		if (text_same(customs[i].key, key))
			return &customs[i];
	return NULL;
}

const struct named_segment *names_segment(const struct rule_names *names, const char *name) {
	const struct named_segment *segments = names->segments.items;
	for (int i = 0; i < names->segments.count; i++)
		if (text_same(segments[i].name, name))
			return &segments[i];
	return NULL;
}

struct strings names_recent(const struct rule_names *names, int64_t count, struct arena *arena) {
	const struct named_campaign *campaigns = names->campaigns.items;
	struct strings ids = { arena_array(arena, const char *, names->campaigns.count + 1), 0 };
	for (int i = 0; i < names->campaigns.count && ids.count < count; i++)
		if (moment_is_set(campaigns[i].sent_at))
			ids.items[ids.count++] = campaigns[i].id;
	return ids;
}

bool segment_name_is_valid(const char *name) {
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789",
					  rest[] = "abcdefghijklmnopqrstuvwxyz0123456789 _-";
	size_t size = strlen(name);
	return size >= 1 && size <= NAME_MAX_SIZE && strspn(name, first) >= 1 && strspn(name, rest) == size;
}

bool segment_is_all(const char *name) {
	return strcasecmp(name, "all") == 0;
}

static bool name_lists(struct store *store, struct rule_names *names, struct arena *arena, struct error *err) {
	struct list *lists, *own;
	int count, own_count;
	if (!list_all_ever(store, arena, &lists, &count, err) || !list_all_own(store, arena, &own, &own_count, err))
		return false;
	struct named_list *named = arena_array(arena, struct named_list, count + own_count + 1);
	for (int i = 0; i < count; i++)
		named[i] = (struct named_list){ lists[i].id, lists[i].name, false };
	for (int i = 0; i < own_count; i++)
		named[count++] = (struct named_list){ own[i].id, own[i].name, own[i].list_type != LIST_STATIC };
	names->lists = (struct rows){ named, count };
	return true;
}

static void name_campaigns(struct rule_names *names, const struct campaign *campaigns, int count, struct arena *arena) {
	struct named_campaign *named = arena_array(arena, struct named_campaign, count + 1);
	for (int i = 0; i < count; i++)
		named[i] = (struct named_campaign){ campaigns[i].id, campaign_name(&campaigns[i]), campaigns[i].list_ids,
			                                campaigns[i].sent_at };
	names->campaigns = (struct rows){ named, count };
}

bool names_customs(struct store *store, struct arena *arena, struct rows *customs, struct error *err) {
	struct rows definitions;
	if (!definition_list(store, arena, &definitions, err))
		return false;
	const struct definition *items = definitions.items;
	struct named_custom *named = arena_array(arena, struct named_custom, definitions.count + 1);
	for (int i = 0; i < definitions.count; i++)
		named[i] = (struct named_custom){ items[i].key, items[i].label, items[i].type, items[i].options };
	*customs = (struct rows){ named, definitions.count };
	return true;
}

static bool name_segments(struct store *store, struct rule_names *names, struct arena *arena, struct error *err) {
	struct rows segments;
	if (!segment_list(store, arena, &segments, err))
		return false;
	const struct segment *items = segments.items;
	struct named_segment *named = arena_array(arena, struct named_segment, segments.count + 1);
	for (int i = 0; i < segments.count; i++)
		named[i] = (struct named_segment){ items[i].name, items[i].rule };
	names->segments = (struct rows){ named, segments.count };
	return true;
}

bool names_read(struct store *store, struct arena *arena, struct rule_names *names, struct error *err) {
	struct campaign_filter every = CAMPAIGN_EVERY;
	struct campaign *campaigns;
	int campaign_count;
	*names = (struct rule_names){ 0 };
	every.gone = true;
	if (!name_lists(store, names, arena, err) ||
	    !campaign_select(store, &every, arena, &campaigns, &campaign_count, err) ||
	    !names_customs(store, arena, &names->customs, err) || !name_segments(store, names, arena, err))
		return false;
	name_campaigns(names, campaigns, campaign_count, arena);
	return true;
}
