/* Why messages have failed. */
#include "dispatch/reasons.h"

#include "sending/message.h"

static const struct field fields[] = {
	FIELD(struct failure_count, reason, .stored = "_id"),
	FIELD(struct failure_count, count),
};
static const struct record_type failure_record = RECORD_TYPE("FailureCount", struct failure_count, fields);

bool failures_by_reason(struct store *store, const char *campaign_id, struct arena *arena, struct rows *counts,
                        struct error *err) {
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", "{", "$ifNull", "[", "$reason", BCON_INT64(0), "]", "}",
	                            "count", "{", "$sum", BCON_INT32(1), "}", "}", "}", "1", "{", "$sort", "{", "count",
	                            BCON_INT32(-1), "_id", BCON_INT32(1), "}", "}");
	return store_aggregate_rows(store, "messages",
	                            FILTER(eq_id("campaign_id", campaign_id),
	                                   eq_choice("status", &message_states, MESSAGE_FAILED)),
	                            stages, &failure_record, arena, counts, err);
}
