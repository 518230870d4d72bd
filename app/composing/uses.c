/* What campaigns use. */
#include "composing/uses.h"

#include "campaigns/campaign.h"
#include "composing/composition.h"

enum { UNSENT_MAX = 20000 };

struct unsent {
	const char *id, *name;
};
static const struct field unsent_fields[] = {
	FIELD(struct unsent, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct unsent, name),
};
static const struct record_type unsent_record = RECORD_TYPE("UnsentCampaign", struct unsent, unsent_fields);

/* Of the own campaigns in these states, those whose compositions have this member. */
static bool find_users(struct store *store, const struct strings *states, const char *member, const char *id,
                       struct arena *arena, struct rows *users, struct error *err) {
	void *found;
	int count;
	if (!store_list(store, "campaigns",
	                FILTER(eq_choice("origin", &campaign_origins, CAMPAIGN_OWN), in_texts("status", states)), NULL,
	                UNSENT_MAX, &unsent_record, arena, &found, &count, err))
		return false;
	const struct unsent *unsent = found;
	struct strings ids = { arena_array(arena, const char *, count + 1), count };
	for (int i = 0; i < count; i++)
		ids.items[i] = unsent[i].id;
	*users = (struct rows){ NULL, 0 };
	return count == 0 ||
	       store_list(store, "compositions", FILTER(in_ids("_id", &ids), eq_text(member, id)), SORT(asc("_id")),
	                  UNSENT_MAX, &unsent_record, arena, &users->items, &users->count, err);
}

bool composing_connection_users(struct store *store, const char *id, struct arena *arena, struct connection_uses *uses,
                                struct error *err) {
	static const char *states[] = { "draft", "scheduled", "queued", "sending", "paused" };
	struct rows users;
	if (!find_users(store, &(struct strings){ states, sizeof states / sizeof *states }, "account_id", id, arena, &users,
	                err))
		return false;
	for (int i = 0; i < users.count; i++)
		connection_use_add(uses, "campaign", ((const struct unsent *)users.items)[i].name);
	return true;
}

bool composing_template_users(struct store *store, const char *id, struct arena *arena, struct template_uses *uses,
                              struct error *err) {
	static const char *states[] = { "draft", "scheduled", "queued", "paused" };
	struct rows users;
	if (!find_users(store, &(struct strings){ states, sizeof states / sizeof *states }, "template_id", id, arena,
	                &users, err))
		return false;
	for (int i = 0; i < users.count; i++)
		template_use_add(uses, "campaign", ((const struct unsent *)users.items)[i].name);
	return true;
}
