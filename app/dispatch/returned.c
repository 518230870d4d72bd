/* What came back of accepted messages. */
#include "dispatch/returned.h"

#include <stdio.h>
#include <string.h>

static const char RETURNS[] = "message_returns";

static const char BOUNCE[] = "bounce", COMPLAINT[] = "complaint"; /* behind a message's name */

const struct came_back NOTHING_CAME_BACK = { { INT64_MIN }, { INT64_MIN }, false };

static const char *const words[] = {
	[RETURNED_HARD] = "hard_bounce",
	[RETURNED_SOFT] = "soft_bounce",
	[RETURNED_COMPLAINED] = "complaint",
};
const struct choices returned_choices = CHOICES(words);

static const struct field fields[] = {
	FIELD(struct returned, id, .stored = "_id"),
	FIELD(struct returned, campaign_id, .flags = FIELD_ID),
	FIELD(struct returned, as, .choices = &returned_choices),
	FIELD(struct returned, at),
};
const struct record_type returned_record = RECORD_TYPE("MessageReturned", struct returned, fields);

bool returned_note(struct store *store, const char *campaign_id, int64_t block, int64_t index, enum returned_as as,
                   struct moment now, struct error *err) {
	char name[MESSAGE_NAME], id[MESSAGE_NAME + 16];
	bool was_there, matched;
	message_name(campaign_id, block, index, name);
	(void)snprintf(id, sizeof id, "%s.%s", name, as == RETURNED_COMPLAINED ? COMPLAINT : BOUNCE);
	const struct returned returned = { id, campaign_id, as, now };
	return store_insert_once(store, RETURNS, &returned_record, &returned, &was_there, err) &&
	       (!was_there || as != RETURNED_HARD ||
	        store_update(store, RETURNS, FILTER(eq_text("_id", id)),
	                     UPDATE(set_choice("as", &returned_choices, RETURNED_HARD)), &matched, err));
}

bool returned_message(const struct returned *returned, int64_t *block, int64_t *index) {
	char name[MESSAGE_NAME], campaign_id[25];
	(void)snprintf(name, sizeof name, "%.*s", (int)strcspn(returned->id, "."), returned->id);
	return message_name_read(name, campaign_id, block, index);
}

/* Below 0 if the message comes before the one that it is of. */
static int64_t distance(const struct sent_message *message, const struct returned *returned) {
	int64_t block = -1, index = -1;
	if (!returned_message(returned, &block, &index))
		return 1;
	return message->block != block ? message->block - block : message->index - index;
}

static void take_back(struct came_back *back, const struct returned *returned) {
	if (returned->as == RETURNED_COMPLAINED) {
		back->complained_at = returned->at;
		return;
	}
	back->bounced_at = returned->at;
	back->is_hard = returned->as == RETURNED_HARD;
}

bool returned_of(struct store *store, const struct sent_message *messages, int count, struct arena *arena,
                 struct came_back **back, struct error *err) {
	struct strings ids = { arena_array(arena, const char *, 2 * (size_t)count + 1), 0 };
	struct rows found;
	*back = arena_array(arena, struct came_back, (size_t)count + 1);
	for (int i = 0; i < count; i++) {
		char name[MESSAGE_NAME];
		message_name(messages[i].campaign_id, messages[i].block, messages[i].index, name);
		ids.items[ids.count++] = arena_print(arena, "%s.%s", name, BOUNCE);
		ids.items[ids.count++] = arena_print(arena, "%s.%s", name, COMPLAINT);
		(*back)[i] = NOTHING_CAME_BACK;
	}
	if (!store_list(store, RETURNS, FILTER(in_texts("_id", &ids)), SORT(asc("_id")), ids.count + 1, &returned_record,
	                arena, &found.items, &found.count, err))
		return false;
	const struct returned *rows = found.items;
	for (int i = 0, at = 0; i < found.count; i++) {
		while (at < count && distance(&messages[at], &rows[i]) < 0)
			at++;
		if (at < count && distance(&messages[at], &rows[i]) == 0)
			take_back(&(*back)[at], &rows[i]);
	}
	return true;
}

bool returned_list(struct store *store, const char *campaign_id, bool complained, int64_t block, int64_t index,
                   int limit, struct arena *arena, struct rows *rows, struct error *err) {
	char name[MESSAGE_NAME] = "";
	if (block >= 0)
		message_name(campaign_id, block, index, name); /* "/" follows on the "." of both its documents */
	struct condition as = complained ? eq_choice("as", &returned_choices, RETURNED_COMPLAINED)
	                                 : ne_choice("as", &returned_choices, RETURNED_COMPLAINED);
	return store_list(store, RETURNS,
	                  FILTER(eq_id("campaign_id", campaign_id), as,
	                         gt_text("_id", arena_print(arena, "%s%s", name, *name ? "/" : ""))),
	                  SORT(asc("_id")), limit, &returned_record, arena, &rows->items, &rows->count, err);
}

bool returned_count(struct store *store, const char *campaign_id, struct returned_counts *counts, struct error *err) {
	for (unsigned as = 0; as < RETURNED_COUNT; as++)
		if (!store_count(store, RETURNS,
		                 FILTER(eq_id("campaign_id", campaign_id), eq_choice("as", &returned_choices, as)),
		                 &counts->of[as], err))
			return false;
	return true;
}
