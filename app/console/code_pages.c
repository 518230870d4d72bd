/* A code as a page of its own, for whoever has its link: on a phone it is shown at a till. */
#include "codes/qr.h"
#include "codes/redeeming.h"
#include "console/redeem_pages.h"
#include "core/http/exchange.h"

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
	value_put_text(view, "organisation", text_is_empty(x->settings->organisation) ? NULL : x->settings->organisation);
	value_put_text(view, "address", text_is_empty(x->settings->postal_address) ? NULL : x->settings->postal_address);
	value_put_text(view, "deal", text_is_empty(code.deal) ? "Your code" : code.deal);
	value_put_text(view, "short_code", code.short_code);
	value_put_text(view, "until", text_of_date(x->arena, code_last_day(code.expires_at)));
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
	{ 0 },
};
