/* Single emails by API. */
#include "dispatch/acting_pages.h"
#include "dispatch/single_mail.h"

static bool ask(struct exchange *x, struct error *err) {
	const struct acting acting = acting_of(x);
	struct single_mail mail;
	return single_mail_ask(&acting, x->input, exchange_new_id(x), &mail, err) &&
	       reply_record(x, &single_mail_answer, &mail);
}

const struct route single_mail_routes[] = {
	{ "POST", "/api/emails", GUARD_SIGNED_IN, ask,
	  .summary = "Send one email to one person at once, as a receipt: at least once, untracked, whatever they "
	             "unsubscribed from",
	  .output = &single_mail_answer, .input = &single_request_record, .status = 202, .creates = true },
	{ 0 },
};
