/* Single emails by API. */
#include "dispatch/single_mail_pages.h"

#include "audience/contacts/membership.h"
#include "core/formats/url.h"
#include "dispatch/acting_pages.h"

enum { LISTED = 50, LISTED_MAX = 200 };

static bool ask(struct exchange *x, struct error *err) {
	const struct acting acting = acting_of(x);
	struct single_mail mail;
	return single_mail_ask(&acting, x->input, exchange_new_id(x), &mail, err) &&
	       reply_record(x, &single_mail_answer, &mail);
}

bool single_mails_asked(struct exchange *x, int limit, struct page *page, struct error *err) {
	const char *word = params_get(&x->query, "status"), *to = params_get(&x->query, "to");
	struct single_mails_query query = { SINGLE_MAIL_STATES, NULL, params_get(&x->query, "cursor"), limit };
	if (!text_is_empty(word) && !choice_find(&single_mail_states, word, &query.state))
		return error_field(err, "status", "Use pending, sent, failed or suppressed");
	if (!text_is_empty(to)) {
		const char *norm = contact_norm(x->arena, text_trim(x->arena, to));
		query.to = norm ? norm : to; /* what is no address was never sent to */
	}
	return single_mails_page(x->store, &query, x->arena, page, err);
}

static bool list(struct exchange *x, struct error *err) {
	struct page page;
	int limit;
	if (!exchange_limit(x, LISTED, LISTED_MAX, &limit, err) || !single_mails_asked(x, limit, &page, err))
		return false;
	if (page.next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, page.next));
	return reply_rows(x, &single_mail_answer, page.rows);
}

const struct route single_mail_routes[] = {
	{ "GET", "/api/emails", GUARD_SIGNED_IN, list,
	  .summary = "Single emails of the last 30 days, the newest first, and what became of each; not what they say",
	  .output = &single_mail_answer, .list = true, .parameters = "status,to,limit,cursor" },
	{ "POST", "/api/emails", GUARD_SIGNED_IN, ask,
	  .summary = "Send one email to one person at once, as a receipt: at least once, untracked, whatever they "
	             "unsubscribed from",
	  .output = &single_mail_answer, .input = &single_request_record, .status = 202, .creates = true },
	{ 0 },
};
