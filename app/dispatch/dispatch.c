/* Started campaigns. */
#include "dispatch/dispatch.h"
#include "codes/code.h"

#include <string.h>

static const char DISPATCHES[] = "dispatches";

static const struct field left_out_fields[] = {
	FIELD(struct left_out, no_address),   FIELD(struct left_out, inactive),     FIELD(struct left_out, suppressed),
	FIELD(struct left_out, unsubscribed), FIELD(struct left_out, pending),      FIELD(struct left_out, unproven),
	FIELD(struct left_out, bad_domain),   FIELD(struct left_out, fewer_emails),
};
const struct record_type left_out_record = RECORD_TYPE("LeftOut", struct left_out, left_out_fields);

static const struct field fields[] = {
	FIELD(struct dispatch, id, .stored = "_id", .flags = FIELD_ID),
	FIELD_RECORD(struct dispatch, said, composition_record, .flags = FIELD_LARGE),
	FIELD(struct dispatch, names),
	FIELD(struct dispatch, types),
	FIELD(struct dispatch, list_id, .flags = FIELD_ID),
	FIELD(struct dispatch, base_list_id, .flags = FIELD_ID),
	FIELD(struct dispatch, zone),
	FIELD(struct dispatch, own_hour),
	FIELD(struct dispatch, engaged_first),
	FIELD(struct dispatch, connection_id, .flags = FIELD_ID),
	FIELD(struct dispatch, started_by),
	FIELD(struct dispatch, started_at),
	FIELD(struct dispatch, total),
	FIELD(struct dispatch, blocks),
	FIELD(struct dispatch, frozen_at),
	FIELD_RECORD(struct dispatch, left_out, left_out_record),
	FIELD(struct dispatch, ended_at),
	FIELD(struct dispatch, rate),
	FIELD(struct dispatch, held_at),
	FIELD(struct dispatch, words),
};
const struct record_type dispatch_record = RECORD_TYPE("Dispatch", struct dispatch, fields);

int64_t *left_out_of(struct left_out *left_out, enum mailable reason) {
	switch (reason) {
	case MAILABLE_NO_ADDRESS:
		return &left_out->no_address;
	case MAILABLE_INACTIVE:
		return &left_out->inactive;
	case MAILABLE_SUPPRESSED:
		return &left_out->suppressed;
	case MAILABLE_UNSUBSCRIBED:
		return &left_out->unsubscribed;
	case MAILABLE_PENDING:
		return &left_out->pending;
	case MAILABLE_UNPROVEN:
		return &left_out->unproven;
	case MAILABLE_FEWER:
		return &left_out->fewer_emails;
	default:
		return &left_out->bad_domain;
	}
}

void left_out_add(struct left_out *sum, const struct left_out *more) {
	struct left_out counts = *more;
	for (int reason = MAILABLE + 1; reason < MAILABLE_COUNT; reason++)
		*left_out_of(sum, (enum mailable)reason) += *left_out_of(&counts, (enum mailable)reason);
}

bool dispatch_find(struct store *store, const char *campaign_id, struct arena *arena, struct dispatch *dispatch,
                   bool *found, struct error *err) {
	return store_find(store, DISPATCHES, FILTER(by_id(campaign_id)), NULL, &dispatch_record, arena, dispatch, found,
	                  err);
}

bool dispatch_need(struct store *store, const char *campaign_id, struct arena *arena, struct dispatch *dispatch,
                   struct error *err) {
	bool found;
	return dispatch_find(store, campaign_id, arena, dispatch, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "This campaign was never started"));
}

bool dispatch_need_counts(struct store *store, const char *campaign_id, struct arena *arena, struct dispatch *dispatch,
                          struct error *err) {
	struct dispatch *found;
	int count;
	if (!store_list(store, DISPATCHES, FILTER(by_id(campaign_id)), NULL, 1, &dispatch_record, arena, (void **)&found,
	                &count, err))
		return false;
	if (count == 0)
		return error_set(err, ERROR_MISSING, "This campaign was never started");
	*dispatch = found[0];
	return true;
}

/* One may be there of a start that did not come to its end, after which the draft was edited. */
bool dispatch_create(struct store *store, const struct dispatch *dispatch, struct error *err) {
	bool was_there, matched;
	if (!store_create(store, DISPATCHES, &dispatch_record, dispatch, dispatch->id, &was_there, err))
		return false;
	return !was_there ||
	       store_update(store, DISPATCHES,
	                    FILTER(by_id(dispatch->id), is_absent("frozen_at"), lte_count("said.rev", dispatch->said.rev)),
	                    UPDATE(set_record(&dispatch_record, dispatch, EXCEPT("id"))), &matched, err);
}

const char *dispatch_usual_zone(const struct dispatch *dispatch) {
	return text_is_empty(dispatch->said.time_zone) ? dispatch->zone : dispatch->said.time_zone;
}

struct moment dispatch_codes_expire(const struct dispatch *dispatch) {
	static const int64_t usual_days = 30;
	int64_t days = dispatch->said.qr.expiration_days;
	ZONE_AUTO zone = zone_open(dispatch->zone);
	return code_expiry(dispatch->started_at, days == COUNT_NONE ? usual_days : days, zone);
}

const char *dispatch_codes_last_day(const struct dispatch *dispatch, char out[MOMENT_TEXT]) {
	ZONE_AUTO zone = zone_open(dispatch->zone);
	struct moment at = code_last_day(dispatch_codes_expire(dispatch));
	return moment_format_day(zone_wall(zone, at), out);
}

bool dispatch_note_frozen(struct store *store, const struct dispatch *dispatch, struct error *err) {
	bool matched;
	return store_update(store, DISPATCHES, FILTER(by_id(dispatch->id)),
	                    UPDATE(set_record(&dispatch_record, dispatch, ONLY("total", "blocks", "frozen_at")),
	                           set_nested("left_out", &left_out_record, &dispatch->left_out)),
	                    &matched, err);
}

bool dispatch_note_ended(struct store *store, const char *campaign_id, struct moment now, struct error *err) {
	bool matched;
	return store_update(store, DISPATCHES, FILTER(by_id(campaign_id), is_absent("ended_at")),
	                    UPDATE(set_moment("ended_at", now)), &matched, err);
}

bool dispatch_note_held(struct store *store, const char *campaign_id, struct moment now, bool *is_first,
                        struct error *err) {
	return store_update(store, DISPATCHES, FILTER(by_id(campaign_id), is_absent("held_at")),
	                    UPDATE(set_moment("held_at", now), add_count("words", 1)), is_first, err);
}

bool dispatch_note_rate(struct store *store, const char *campaign_id, int64_t rate, struct error *err) {
	bool matched;
	return store_update(store, DISPATCHES, FILTER(by_id(campaign_id)),
	                    UPDATE(set_count("rate", rate), add_count("words", 1)), &matched, err) &&
	       (matched || error_set(err, ERROR_MISSING, "This campaign was never started"));
}
