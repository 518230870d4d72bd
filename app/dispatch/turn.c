/* How many campaigns are being sent. */
#include "dispatch/turn.h"

#include "campaigns/campaign.h"
#include "core/store/clock.h"
#include "dispatch/dispatch.h"

enum { SENDING_MAX = 2000 };

struct sending {
	const char *id;
};
static const struct field sending_fields[] = { FIELD(struct sending, id, .stored = "_id", .flags = FIELD_ID) };
static const struct record_type sending_record = RECORD_TYPE("Sending", struct sending, sending_fields);

/* Is anything left that was not tried yet, or is being handed over, by a mail server that can be used? Of blocks
 * that wait (for the hour of their people, for tomorrow's warm-up) there is not. Its blocks are
 * tried one after the other, so the one that was tried speaks for all. */
static bool has_work(struct store *store, const char *id, struct moment now, bool *has, struct error *err) {
	int64_t blocks, stuck = 0;
	if (!store_count_most(store, "dispatch_states",
	                      FILTER(eq_id("campaign_id", id), ne_bool("is_done", true),
	                             ANY_OF(gt_count("pending", 0), gt_count("handing", 0)),
	                             ANY_OF(is_absent("due_at"), lte_moment("due_at", now))),
	                      1, &blocks, err) ||
	    !store_count_most(store, "dispatch_states",
	                      FILTER(eq_id("campaign_id", id), ne_bool("is_done", true), eq_bool("is_stuck", true)), 1,
	                      &stuck, err))
		return false;
	*has = blocks > 0 && stuck == 0;
	return true;
}

bool turn_count(struct store *store, struct arena *arena, int64_t *sending, struct error *err) {
	struct sending *all;
	struct moment now;
	int count;
	*sending = 0;
	if (!store_list_now(store, "campaigns",
	                    FILTER(eq_choice("origin", &campaign_origins, CAMPAIGN_OWN),
	                           eq_choice("status", &campaign_statuses, CAMPAIGN_SENDING)),
	                    SORT(asc("_id")), SENDING_MAX, &sending_record, arena, (void **)&all, &count, &now, err))
		return false;
	for (int i = 0; i < count; i++) {
		bool has;
		if (!has_work(store, all[i].id, now, &has, err))
			return false;
		*sending += has;
	}
	return true;
}

bool turn_is_free(struct store *store, int64_t at_once, struct arena *arena, bool *is_free, struct error *err) {
	int64_t sending;
	if (!turn_count(store, arena, &sending, err))
		return false;
	*is_free = sending < at_once;
	return true;
}
