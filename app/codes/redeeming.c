/* Codes in the database. */
#include "codes/redeeming.h"

#include <stdio.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/base/text.h"

static const char CODES[] = "qr_codes";
static const char REDEMPTIONS[] = "redemptions";

enum { ASKED_KEPT = 6, TRIES = 8 };

static const char *const result_words[] = {
	[REDEEM_FINE] = "redeemed",   [REDEEM_UNKNOWN] = "unknown", [REDEEM_USED] = "used",
	[REDEEM_EXPIRED] = "expired", [REDEEM_UNDONE] = "undone",
};
const struct choices redeeming_results = CHOICES(result_words);

static const struct field fields[] = {
	FIELD(struct stored_code, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct stored_code, campaign_id, .flags = FIELD_ID),
	FIELD(struct stored_code, customer_id, .flags = FIELD_ID),
	FIELD(struct stored_code, token),
	FIELD(struct stored_code, short_code),
	FIELD(struct stored_code, block),
	FIELD(struct stored_code, index),
	FIELD(struct stored_code, deal),
	FIELD(struct stored_code, deal_value),
	FIELD(struct stored_code, created_at),
	FIELD(struct stored_code, expires_at),
	FIELD(struct stored_code, usage_count),
	FIELD(struct stored_code, max_usage),
	FIELD(struct stored_code, redeemed_at),
	FIELD(struct stored_code, redeemed_by),
	FIELD(struct stored_code, revenue),
	FIELD(struct stored_code, delay_ms),
	FIELD(struct stored_code, delayed),
	FIELD(struct stored_code, redemption_id, .flags = FIELD_ID),
};
const struct record_type stored_code_record = RECORD_TYPE("StoredCode", struct stored_code, fields);

static const struct field redemption_fields[] = {
	FIELD(struct redemption, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct redemption, qr_code_id, .flags = FIELD_ID),
	FIELD(struct redemption, campaign_id, .flags = FIELD_ID),
	FIELD(struct redemption, asked),
	FIELD(struct redemption, result, .choices = &redeeming_results),
	FIELD(struct redemption, by),
	FIELD(struct redemption, place),
	FIELD(struct redemption, at),
};
const struct record_type redemption_record = RECORD_TYPE("Redemption", struct redemption, redemption_fields);

bool codes_store(struct store *store, const struct stored_code *codes, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, CODES);
	for (int i = 0; i < count; i++)
		bulk_insert(bulk, &stored_code_record, &codes[i]);
	return bulk_run(bulk, NULL, err);
}

enum redeeming_result redeeming_judge(const struct stored_code *code, struct moment now) {
	if (code->usage_count >= code->max_usage)
		return REDEEM_USED;
	return now.ms < code->expires_at.ms ? REDEEM_FINE : REDEEM_EXPIRED;
}

/* Its ids are no secret, its random part is. */
static bool find_by_token(struct store *store, const struct code_asked *asked, struct arena *arena,
                          struct stored_code *code, bool *found, struct error *err) {
	char token[CODE_TOKEN];
	if (!store_find(store, CODES,
	                FILTER(eq_id("campaign_id", asked->campaign_id), eq_id("customer_id", asked->contact_id)), NULL,
	                &stored_code_record, arena, code, found, err))
		return false;
	code_token(asked->campaign_id, asked->contact_id, asked->random, token);
	*found = *found && code->token && secret_equal(code->token, token);
	return true;
}

/* Of two with the same one neither is meant for sure: they have to be scanned. */
static bool find_by_short(struct store *store, const struct code_asked *asked, struct arena *arena,
                          struct stored_code *code, bool *found, struct error *err) {
	struct stored_code *all;
	int count;
	if (!store_list(store, CODES, FILTER(eq_text("short_code", asked->short_code)), SORT(asc("_id")), 2,
	                &stored_code_record, arena, (void **)&all, &count, err))
		return false;
	*found = count == 1;
	if (*found)
		*code = all[0];
	return true;
}

bool redeeming_look(struct store *store, const char *text, struct moment now, struct arena *arena,
                    struct stored_code *code, enum redeeming_result *result, struct error *err) {
	struct code_asked asked;
	bool found = false;
	record_clear(&stored_code_record, code);
	*result = REDEEM_UNKNOWN;
	if (!code_read(text, &asked))
		return true;
	bool read = *asked.short_code ? find_by_short(store, &asked, arena, code, &found, err)
	                              : find_by_token(store, &asked, arena, code, &found, err);
	if (!read)
		return false;
	if (found)
		*result = redeeming_judge(code, now);
	else
		record_clear(&stored_code_record, code);
	return true;
}

static bool use_first(struct store *store, const struct redeeming *redeeming, const struct stored_code *code,
                      bool *used, struct error *err) {
	bool is_known = moment_is_set(redeeming->sent_at);
	int64_t delay = is_known ? redeeming->now.ms - redeeming->sent_at.ms : COUNT_NONE;
	return store_update(store, CODES,
	                    FILTER(by_id(code->id), eq_count("usage_count", 0), gt_count("max_usage", 0),
	                           gt_moment("expires_at", redeeming->now)),
	                    UPDATE(add_count("usage_count", 1), set_moment("redeemed_at", redeeming->now),
	                           set_text("redeemed_by", redeeming->by), set_id("redemption_id", redeeming->id),
	                           set_count("delay_ms", is_known && delay < 0 ? 0 : delay),
	                           set_count("delayed", is_known ? 1 : 0),
	                           add_count("revenue", code->deal_value > 0 ? code->deal_value : 0)),
	                    used, err);
}

static bool use_again(struct store *store, const struct redeeming *redeeming, const struct stored_code *code,
                      bool *used, struct error *err) {
	return store_update(store, CODES,
	                    FILTER(by_id(code->id), gt_count("usage_count", 0), lt_count("usage_count", code->max_usage),
	                           ne_id("redemption_id", redeeming->id), gt_moment("expires_at", redeeming->now)),
	                    UPDATE(add_count("usage_count", 1), set_text("redeemed_by", redeeming->by),
	                           set_id("redemption_id", redeeming->id),
	                           add_count("revenue", code->deal_value > 0 ? code->deal_value : 0)),
	                    used, err);
}

static bool try_to_use(struct store *store, const struct redeeming *redeeming, struct arena *arena,
                       struct stored_code *code, enum redeeming_result *result, bool *used, struct error *err) {
	bool found;
	if (!use_first(store, redeeming, code, used, err) ||
	    (!*used && code->max_usage > 1 && !use_again(store, redeeming, code, used, err)) ||
	    !store_find(store, CODES, FILTER(by_id(code->id)), NULL, &stored_code_record, arena, code, &found, err))
		return false;
	*used = *used ||
	        (found && text_same(code->redemption_id, redeeming->id)); /* by the same request, beside this one */
	*result = *used ? REDEEM_FINE : found ? redeeming_judge(code, redeeming->now) : REDEEM_UNKNOWN;
	return true;
}

bool redeeming_use(struct store *store, const struct redeeming *redeeming, struct arena *arena,
                   struct stored_code *code, enum redeeming_result *result, struct error *err) {
	bool used = false;
	*result = REDEEM_FINE;
	if (text_same(code->redemption_id, redeeming->id)) /* by a process that was killed before it said so */
		return true;
	/* Neither used nor used up: its use was taken back just then. */
	for (int tries = 0; !used && *result == REDEEM_FINE && tries < TRIES; tries++)
		if (!try_to_use(store, redeeming, arena, code, result, &used, err))
			return false;
	return used || *result != REDEEM_FINE ||
	       error_set(err, ERROR_CONFLICT, "This code is being redeemed and undone at the same time. Check it again");
}

bool redemption_note(struct store *store, const struct redeeming *redeeming, const struct stored_code *code,
                     const char *asked, enum redeeming_result result, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool was_there;
	const struct redemption redemption = { .id = redeeming->id,
		                                   .qr_code_id = code->id,
		                                   .campaign_id = code->campaign_id,
		                                   .asked = code->id ? NULL : arena_print(arena, "%.*s", ASKED_KEPT, asked),
		                                   .result = result,
		                                   .by = redeeming->by,
		                                   .place = redeeming->place,
		                                   .at = redeeming->now };
	return store_create(store, REDEMPTIONS, &redemption_record, &redemption, redemption.id, &was_there, err);
}

bool redemption_last(struct store *store, const struct stored_code *code, struct arena *arena,
                     struct redemption *redemption, bool *found, struct error *err) {
	*found = false;
	record_clear(&redemption_record, redemption);
	if (!code->redemption_id)
		return true;
	if (!store_find(store, REDEMPTIONS, FILTER(by_id(code->redemption_id)), NULL, &redemption_record, arena, redemption,
	                found, err))
		return false;
	*found = *found && redemption->result == REDEEM_FINE;
	return true;
}

bool redemption_is_undoable(const struct redemption *redemption, const char *by, struct moment now) {
	return redemption->result == REDEEM_FINE && text_same(redemption->by, by) &&
	       now.ms - redemption->at.ms <= REDEEM_UNDO_MINUTES * MINUTE_MS;
}

/* The first use leaves nothing; of later ones nobody knows who took the one before. */
static bool undo_use(struct store *store, const struct redeeming *redeeming, const struct stored_code *code,
                     bool *undone, struct error *err) {
	int64_t value = code->deal_value > 0 ? code->deal_value : 0;
	if (!store_update(store, CODES,
	                  FILTER(by_id(code->id), eq_id("redemption_id", code->redemption_id), eq_count("usage_count", 1)),
	                  UPDATE(add_count("usage_count", -1), add_count("revenue", -value), unset("redeemed_at"),
	                         unset("redeemed_by"), unset("delay_ms"), set_count("delayed", 0),
	                         set_id("redemption_id", redeeming->id)),
	                  undone, err))
		return false;
	return *undone || store_update(store, CODES,
	                               FILTER(by_id(code->id), eq_id("redemption_id", code->redemption_id),
	                                      gt_count("usage_count", 1)),
	                               UPDATE(add_count("usage_count", -1), add_count("revenue", -value),
	                                      unset("redeemed_by"), set_id("redemption_id", redeeming->id)),
	                               undone, err);
}

bool redeeming_undo(struct store *store, const struct redeeming *redeeming, struct arena *arena,
                    struct stored_code *code, bool *undone, struct error *err) {
	bool found;
	*undone = text_same(code->redemption_id, redeeming->id);
	return *undone ||
	       (undo_use(store, redeeming, code, undone, err) &&
	        store_find(store, CODES, FILTER(by_id(code->id)), NULL, &stored_code_record, arena, code, &found, err));
}

bool redemptions_since(struct store *store, const char *by, struct moment since, int64_t *count, struct error *err) {
	enum { MOST = 10000 };
	int64_t undone;
	if (!store_count_most(store, REDEMPTIONS,
	                      FILTER(eq_text("by", by), gte_moment("at", since),
	                             eq_choice("result", &redeeming_results, REDEEM_FINE)),
	                      MOST, count, err) ||
	    !store_count_most(store, REDEMPTIONS,
	                      FILTER(eq_text("by", by), gte_moment("at", since),
	                             eq_choice("result", &redeeming_results, REDEEM_UNDONE)),
	                      MOST, &undone, err))
		return false;
	*count = *count > undone ? *count - undone : 0;
	return true;
}

bool redemptions_newest(struct store *store, const char *campaign_id, const char *by, int limit, struct arena *arena,
                        struct redemption **redemptions, int *count, struct error *err) {
	const struct filter *whose = campaign_id ? FILTER(eq_id("campaign_id", campaign_id)) : FILTER(eq_text("by", by));
	return store_list(store, REDEMPTIONS, whose, SORT(desc("at"), desc("_id")), limit, &redemption_record, arena,
	                  (void **)redemptions, count, err);
}

/* What of a code is summed up. */
struct code_sum {
	int64_t usage_count, revenue, delay_ms, delayed;
};
static const struct field sum_fields[] = {
	FIELD(struct code_sum, usage_count),
	FIELD(struct code_sum, revenue),
	FIELD(struct code_sum, delay_ms),
	FIELD(struct code_sum, delayed),
};
static const struct record_type sum_record = RECORD_TYPE("CodeSum", struct code_sum, sum_fields);

bool redeemed_of(struct store *store, const char *campaign_id, struct redeemed *redeemed, struct error *err) {
	struct code_sum sum;
	int64_t some;
	*redeemed = (struct redeemed){ 0 };
	if (!store_count_most(store, CODES, FILTER(eq_id("campaign_id", campaign_id)), 1, &some, err) ||
	    !store_sum(store, CODES, FILTER(eq_id("campaign_id", campaign_id), is_present("redeemed_at")), &sum_record,
	               &sum, &redeemed->redeemed, err))
		return false;
	if (redeemed->redeemed > 0 && !store_count(store, CODES,
	                                           FILTER(eq_id("campaign_id", campaign_id), is_present("redeemed_at"),
	                                                  lte_count("delay_ms", CONVERSION_DAYS * DAY_MS)),
	                                           &redeemed->converted, err))
		return false;
	redeemed->has_codes = some > 0;
	redeemed->uses = sum.usage_count;
	redeemed->revenue = sum.revenue;
	redeemed->delay_ms = sum.delay_ms;
	redeemed->delayed = sum.delayed;
	return true;
}

static const struct field place_fields[] = {
	FIELD(struct code_place, block),
	FIELD(struct code_place, index),
};
static const struct record_type place_record = RECORD_TYPE("CodePlace", struct code_place, place_fields);

bool redeemed_places(struct store *store, const char *campaign_id, struct arena *arena, struct code_place **places,
                     int *count, struct error *err) {
	return store_list(store, CODES,
	                  FILTER(eq_id("campaign_id", campaign_id), is_present("redeemed_at"), is_present("customer_id")),
	                  SORT(asc("block"), asc("index"), asc("_id")), REDEEMED_PLACES, &place_record, arena,
	                  (void **)places, count, err);
}

bool redeemed_first(struct store *store, const char *campaign_id, struct moment *first, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct stored_code code;
	bool found;
	if (!store_find(store, CODES, FILTER(eq_id("campaign_id", campaign_id), is_present("redeemed_at")),
	                SORT(asc("redeemed_at"), asc("_id")), &stored_code_record, arena, &code, &found, err))
		return false;
	*first = found ? code.redeemed_at : MOMENT_NONE;
	return true;
}

bool redeemed_between(struct store *store, const char *campaign_id, struct moment from, struct moment to,
                      int64_t *count, struct error *err) {
	return store_count(store, CODES,
	                   FILTER(eq_id("campaign_id", campaign_id), gte_moment("redeemed_at", from),
	                          lt_moment("redeemed_at", to)),
	                   count, err);
}

bool codes_forget(struct store *store, const struct strings *contact_ids, struct error *err) {
	int64_t deleted;
	return store_update_all(store, CODES, FILTER(in_ids("customer_id", contact_ids), is_present("redeemed_at")),
	                        UPDATE(unset("customer_id"), unset("token"), unset("short_code")), err) &&
	       store_delete(store, CODES, FILTER(in_ids("customer_id", contact_ids)), &deleted, err);
}

bool codes_of_contacts(struct store *store, const struct strings *contact_ids, int limit, struct arena *arena,
                       struct stored_code **codes, int *count, struct error *err) {
	return store_list(store, CODES, FILTER(in_ids("customer_id", contact_ids)), SORT(desc("created_at"), desc("_id")),
	                  limit, &stored_code_record, arena, (void **)codes, count, err);
}
