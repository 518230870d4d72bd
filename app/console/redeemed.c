/* Redemptions of a campaign. The rate is of all who were chosen and could be sent to, also of those whose mail failed.
 */
#include "console/redeemed.h"

#include <math.h>

#include "codes/redeeming.h"
#include "core/base/currency.h"
#include "core/http/parts.h"
#include "dispatch/dispatch.h"
#include "metrics/share.h"

enum { LATEST = 10 };

static bool read_redeemed(struct exchange *x, const char *campaign_id, struct redeemed *redeemed, int64_t *targeted,
                          struct error *err) {
	struct dispatch dispatch;
	bool found;
	if (!redeemed_of(x->store, campaign_id, redeemed, err) ||
	    !dispatch_find(x->store, campaign_id, x->arena, &dispatch, &found, err))
		return false;
	*targeted = found ? dispatch.total : COUNT_NONE;
	return true;
}

bool redeemed_share(struct exchange *x, const struct campaign *campaign, struct share_of *share, struct error *err) {
	struct redeemed redeemed;
	int64_t targeted;
	*share = (struct share_of){ COUNT_NONE, COUNT_NONE };
	if (campaign->origin != CAMPAIGN_OWN)
		return true;
	if (!read_redeemed(x, campaign->id, &redeemed, &targeted, err))
		return false;
	if (redeemed.has_codes)
		*share = (struct share_of){ redeemed.redeemed, targeted };
	return true;
}

static double average_hours(const struct redeemed *redeemed) {
	return redeemed->delayed ? (double)redeemed->delay_ms / (double)redeemed->delayed / (double)HOUR_MS : NAN;
}

/* "12 minutes", "5.2 hours", "2.3 days". */
static const char *delay_text(const struct redeemed *redeemed, struct arena *arena) {
	double hours = average_hours(redeemed);
	if (isnan(hours))
		return NULL;
	if (hours < 1)
		return text_of_counted(arena, (int64_t)fmax(1, round(hours * 60)), "minute", "minutes");
	return hours < 48 ? arena_print(arena, "%.1f\u00a0hours", hours) : arena_print(arena, "%.1f\u00a0days", hours / 24);
}

void redemptions_put(struct exchange *x, struct value *view, const char *name, const struct redemption *all, int count,
                     const char *const labels[REDEEM_RESULT_COUNT]) {
	struct value *rows = value_put(view, name, value_list(x->arena));
	for (int i = 0; i < count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "result", labels[all[i].result]);
		char *at = text_of_moment_near(x->arena, all[i].at, x->now);
		text_capitalize(at);
		value_put_text(row, "at", at);
		value_put_text(row, "by", all[i].by);
		value_put_text(row, "place", all[i].place);
	}
	value_put_bool(view, arena_print(x->arena, "has_%s", name), count > 0);
}

static bool put_tries(struct exchange *x, struct value *view, const char *campaign_id, struct error *err) {
	static const char *const labels[REDEEM_RESULT_COUNT] = { "Redeemed", "Not known", "Refused: used before",
		                                                     "Refused: expired", "Undone" };
	struct redemption *all;
	int count;
	if (!redemptions_newest(x->store, campaign_id, NULL, LATEST, x->arena, &all, &count, err))
		return false;
	redemptions_put(x, view, "tries", all, count, labels);
	return true;
}

bool redeemed_put(struct exchange *x, struct value *own, const char *campaign_id, struct error *err) {
	struct redeemed redeemed;
	int64_t targeted;
	if (!read_redeemed(x, campaign_id, &redeemed, &targeted, err))
		return false;
	if (!redeemed.has_codes) {
		value_put_text(own, "redeemed", NULL);
		return true;
	}
	struct value *view = value_put(own, "redeemed", value_map(x->arena));
	value_put_text(view, "people", text_of_count(x->arena, redeemed.redeemed));
	value_put_text(view, "targeted", text_of_count(x->arena, targeted));
	value_put_text(view, "rate", share_text(x->arena, redeemed.redeemed, targeted));
	value_put_text(view, "converted", text_of_count(x->arena, redeemed.converted));
	value_put_text(view, "converted_rate", share_text(x->arena, redeemed.converted, targeted));
	value_put_text(view, "uses", text_of_count(x->arena, redeemed.uses));
	value_put_text(view, "delay", delay_text(&redeemed, x->arena));
	value_put_text(view, "revenue",
	               redeemed.revenue > 0 ? currency_full(redeemed.revenue, x->settings->currency, x->arena) : NULL);
	return put_tries(x, view, campaign_id, err) && redeemed_days_put(x, view, campaign_id, redeemed.redeemed, err);
}

static void put_number(struct value *out, const char *name, double number) {
	if (isnan(number))
		value_put_text(out, name, NULL);
	else
		value_put_real(out, name, number);
}

bool redeemed_answer(struct exchange *x, const char *campaign_id, struct error *err) {
	struct redeemed redeemed;
	struct value *out = value_map(x->arena);
	int64_t targeted;
	if (!read_redeemed(x, campaign_id, &redeemed, &targeted, err))
		return false;
	value_put_int(out, "targeted", targeted == COUNT_NONE ? 0 : targeted);
	value_put_int(out, "redeemed", redeemed.redeemed);
	put_number(out, "redemption_rate", share_percent(redeemed.redeemed, targeted));
	value_put_int(out, "converted", redeemed.converted);
	put_number(out, "conversion_rate", share_percent(redeemed.converted, targeted));
	value_put_int(out, "uses", redeemed.uses);
	put_number(out, "average_delay_hours", average_hours(&redeemed));
	value_put_int(out, "revenue", redeemed.revenue);
	value_put_text(out, "currency", x->settings->currency);
	return reply_json(x, out);
}
