/* What came back of accepted messages. */
#include "dispatch/returned.h"

#include <stdio.h>

#include "dispatch/message.h"

static const char RETURNS[] = "message_returns";

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
	(void)snprintf(id, sizeof id, "%s.%s", name, as == RETURNED_COMPLAINED ? "complaint" : "bounce");
	const struct returned returned = { id, campaign_id, as, now };
	return store_insert_once(store, RETURNS, &returned_record, &returned, &was_there, err) &&
	       (!was_there || as != RETURNED_HARD ||
	        store_update(store, RETURNS, FILTER(eq_text("_id", id)),
	                     UPDATE(set_choice("as", &returned_choices, RETURNED_HARD)), &matched, err));
}

bool returned_count(struct store *store, const char *campaign_id, struct returned_counts *counts, struct error *err) {
	for (unsigned as = 0; as < RETURNED_COUNT; as++)
		if (!store_count(store, RETURNS,
		                 FILTER(eq_id("campaign_id", campaign_id), eq_choice("as", &returned_choices, as)),
		                 &counts->of[as], err))
			return false;
	return true;
}
