/* What came back of a campaign. */
#include "dispatch/answers.h"

static const struct field fields[] = {
	FIELD(struct answers, campaign_id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct answers, opened, .unit = "people"),
	FIELD(struct answers, clicked, .unit = "people"),
	FIELD(struct answers, unsubscribed, .unit = "people"),
	FIELD(struct answers, proxied, .unit = "people", .doc = "Fetched by a privacy proxy, and nothing else is known"),
	FIELD(struct answers, machined, .unit = "people", .doc = "Touched by machines alone"),
	FIELD(struct answers, human_opens),
	FIELD(struct answers, proxy_opens),
	FIELD(struct answers, machine_opens),
	FIELD(struct answers, unknown_opens),
	FIELD(struct answers, human_clicks),
	FIELD(struct answers, proxy_clicks),
	FIELD(struct answers, machine_clicks),
	FIELD(struct answers, unknown_clicks),
	FIELD(struct answers, counted_opens, .doc = "Of the human ones: by people who are only counted"),
	FIELD(struct answers, counted_clicks),
	FIELD(struct answers, folded_at),
	FIELD(struct answers, told_at),
	FIELD(struct answers, is_due, .flags = FIELD_PRIVATE),
};
const struct record_type answers_record = RECORD_TYPE("Answers", struct answers, fields);

static void zero(struct answers *answers, const char *campaign_id) {
	*answers = (struct answers){ .campaign_id = campaign_id, .folded_at = MOMENT_NONE, .told_at = MOMENT_NONE };
}

bool answers_find(struct store *store, const char *campaign_id, struct arena *arena, struct answers *answers,
                  bool *found, struct error *err) {
	if (!store_find(store, "answer_sums", FILTER(by_id(campaign_id)), NULL, &answers_record, arena, answers, found,
	                err))
		return false;
	if (!*found || answers->opened == COUNT_NONE) /* noted as due, and not summed up yet */
		zero(answers, campaign_id);
	return true;
}
