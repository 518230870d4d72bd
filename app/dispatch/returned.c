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

enum { RETURNED_ID = MESSAGE_NAME + 16 };

static const char *returned_id(const struct return_note *note, char out[RETURNED_ID]) {
	char name[MESSAGE_NAME];
	message_name(note->campaign_id, note->block, note->index, name);
	(void)snprintf(out, RETURNED_ID, "%s.%s", name, note->as == RETURNED_COMPLAINED ? COMPLAINT : BOUNCE);
	return out;
}

static bool note_once(struct store *store, const struct return_note *notes, int count, struct moment now,
                      struct error *err) {
	struct bulk *bulk = bulk_open(store, RETURNS);
	char id[RETURNED_ID];
	for (int i = 0; i < count; i++) {
		const struct returned returned = { returned_id(&notes[i], id), notes[i].campaign_id, notes[i].as, now };
		bulk_insert(bulk, &returned_record, &returned);
	}
	return bulk_run(bulk, NULL, err);
}

/* Those of which a soft bounce had come before. */
static bool harden(struct store *store, const struct return_note *notes, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, RETURNS);
	char id[RETURNED_ID];
	for (int i = 0; i < count; i++)
		if (notes[i].as == RETURNED_HARD)
			bulk_update(bulk,
			            FILTER(eq_text("_id", returned_id(&notes[i], id)),
			                   eq_choice("as", &returned_choices, RETURNED_SOFT)),
			            UPDATE(set_choice("as", &returned_choices, RETURNED_HARD)));
	return bulk_run(bulk, NULL, err);
}

bool returned_note(struct store *store, const struct return_note *notes, int count, struct moment now,
                   struct error *err) {
	return note_once(store, notes, count, now, err) && harden(store, notes, count, err);
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
