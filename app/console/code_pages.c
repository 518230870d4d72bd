/* A code as a page of its own, for whoever has its link: on a phone it is shown at a till. */
#include "codes/qr.h"
#include "codes/redeeming.h"
#include "console/redeem_pages.h"
#include "core/http/exchange.h"
#include "reports/partners/partner.h"

#include <string.h>

static bool need(struct exchange *x, const char *text, struct stored_code *code, enum redeeming_result *result,
                 struct error *err) {
	return redeeming_look(x->store, text, x->now, x->arena, code, result, err) &&
	       (code->id || error_set(err, ERROR_MISSING, "there is no such code"));
}

static bool reply_picture(struct exchange *x, const char *text, struct error *err) {
	struct stored_code code;
	enum redeeming_result result;
	BUF_AUTO png = { 0 };
	if (!need(x, text, &code, &result, err))
		return false;
	if (!qr_png(code.token, &png))
		return error_set(err, ERROR_FAULT, "the QR code of %s could not be drawn", code.id);
	return reply_bytes(x, "image/png", buf_text(&png), png.size);
}

/* For whom its campaign was sent; *found false: for no partner, or it is not known any more. */
static bool find_partner(struct exchange *x, const struct stored_code *code, struct partner *partner, bool *found,
                         struct error *err) {
	struct campaign campaign;
	struct partner *partners;
	int count;
	if (!campaign_find(x->store, code->campaign_id, x->arena, &campaign, found, err))
		return false;
	if (!*found)
		return true;
	if (!partner_list(x->store, x->arena, &partners, &count, err))
		return false;
	const struct partner *its = partner_of(&campaign, partners, count);
	*found = its != NULL;
	return !its || partner_find(x->store, its->id, x->arena, partner, found, err);
}

static bool give_logo(struct exchange *x, struct error *err) {
	struct stored_code code;
	struct partner partner;
	enum redeeming_result result;
	bool found;
	if (!need(x, x->values[0], &code, &result, err) || !find_partner(x, &code, &partner, &found, err))
		return false;
	if (!found || !partner.logo.data)
		return error_set(err, ERROR_MISSING, "There is no logo");
	return reply_bytes(x, "image/png", partner.logo.data, partner.logo.size);
}

static bool put_sender(struct exchange *x, struct value *view, const struct stored_code *code, struct error *err) {
	const char *organisation = text_is_empty(x->settings->organisation) ? NULL : x->settings->organisation;
	struct partner partner;
	bool found;
	if (!find_partner(x, code, &partner, &found, err))
		return false;
	value_put_text(view, "organisation", found ? partner.name : organisation);
	value_put_text(view, "logo",
	               found && partner.logo.data ? arena_print(x->arena, "/q/%s/logo", code->short_code) : NULL);
	value_put_text(view, "address", text_is_empty(x->settings->postal_address) ? NULL : x->settings->postal_address);
	return true;
}

static bool show(struct exchange *x, struct error *err) {
	static const char ending[] = ".png";
	const char *text = x->values[0];
	size_t size = strlen(text);
	struct stored_code code;
	enum redeeming_result result;
	BUF_AUTO picture = { 0 };
	if (size > sizeof ending && strcmp(text + size - sizeof ending + 1, ending) == 0)
		return reply_picture(x, arena_copy_bytes(x->arena, text, size - sizeof ending + 1), err);
	if (!need(x, text, &code, &result, err))
		return false;
	struct value *view = value_map(x->arena);
	if (!put_sender(x, view, &code, err))
		return false;
	value_put_text(view, "deal", text_is_empty(code.deal) ? "Your code" : code.deal);
	value_put_text(view, "short_code", code.short_code);
	value_put_text(view, "until", text_of_day(x->arena, code_last_day(code.expires_at)));
	value_put_bool(view, "is_used", result == REDEEM_USED);
	value_put_bool(view, "is_expired", result == REDEEM_EXPIRED);
	value_put_text(view, "times",
	               code.max_usage > 1 ? arena_print(x->arena, "%lld", (long long)(code.max_usage - code.usage_count))
	                                  : NULL);
	value_put_text(view, "picture",
	               result == REDEEM_FINE && qr_address(code.token, &picture) ? arena_copy(x->arena, buf_text(&picture))
	                                                                         : NULL);
	return reply_page(x, "console/code", "Your code", NULL, view, err);
}

const struct route code_routes[] = {
	{ "GET", "/q/:token", GUARD_LINK, show, .lenient = true },
	{ "GET", "/q/:token/logo", GUARD_LINK, give_logo, .lenient = true },
	{ 0 },
};
