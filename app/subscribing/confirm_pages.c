/* Confirming. GET changes nothing; the button's POST confirms, whatever its body says. */
#include "subscribing/confirm_pages.h"

#include "answering/unsubscribing.h"
#include "dispatch/acting_pages.h"
#include "subscribing/confirmation_mail.h"

static bool reply_state(struct exchange *x, const struct confirmation *confirmation, enum confirmation_state state,
                        struct error *err) {
	struct value *view = value_map(x->arena);
	bool is_known = state != CONFIRMATION_OVER;
	value_put_bool(view, "is_open", state == CONFIRMATION_OPEN);
	value_put_bool(view, "is_done", state == CONFIRMATION_DONE);
	value_put_bool(view, "is_over", state == CONFIRMATION_OVER);
	value_put_text(view, "list", is_known ? confirmation->what : NULL);
	value_put_text(view, "email", is_known ? leaver_masked(confirmation->email, x->arena) : NULL);
	value_put_text(view, "organisation", confirmation_us(x->settings));
	value_put_int(view, "days", CONFIRMATION_DAYS);
	if (!reply_page(x, "subscribing/confirm", "Confirm", NULL, view, err))
		return false;
	x->status = is_known ? 200 : 410;
	return true;
}

static bool show(struct exchange *x, struct error *err) {
	const struct acting acting = acting_of(x);
	struct confirmation confirmation;
	enum confirmation_state state;
	return confirmation_look(&acting, x->values[0], &confirmation, &state, err) &&
	       reply_state(x, &confirmation, state, err);
}

static bool confirm(struct exchange *x, struct error *err) {
	const struct acting acting = acting_of(x);
	struct confirmation confirmation;
	enum confirmation_state state;
	if (!confirmation_look(&acting, x->values[0], &confirmation, &state, err))
		return false;
	return (state != CONFIRMATION_OPEN || confirmation_confirm(&acting, &confirmation, &state, err)) &&
	       reply_state(x, &confirmation, state, err);
}

const struct route confirm_routes[] = {
	{ "GET", "/confirm/:token", GUARD_LINK, show, .lenient = true },
	{ "POST", "/confirm/:token", GUARD_LINK, confirm, .lenient = true },
	{ 0 },
};
