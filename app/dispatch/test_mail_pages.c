/* Test mails, as page and by API. */
#include <string.h>

#include "composing/draft.h"
#include "core/http/parts.h"
#include "dispatch/acting_pages.h"
#include "dispatch/test_mail.h"

static const char *const state_labels[TEST_MAIL_STATES] = { "Waiting", "Being handed over", "Sent", "Not sent",
	                                                        "Uncertain" };
static const char *const state_kinds[TEST_MAIL_STATES] = { "queued", "sending", "sent", "failed", "warn" };

struct test_request {
	struct strings to;
};
static const struct field request_fields[] = {
	FIELD(struct test_request, to, .max = 20, .doc = "1 to 5 addresses"),
};
static const struct record_type request_record = RECORD_TYPE("TestMailRequest", struct test_request, request_fields);

static bool ask(struct exchange *x, const struct strings *to, struct test_mail *test, struct error *err) {
	const struct acting acting = acting_of(x);
	return test_mail_ask(&acting, x->values[0], to, exchange_new_id(x), &x->problems, test, err);
}

static bool ask_by_api(struct exchange *x, struct error *err) {
	const struct test_request *request = x->input;
	struct test_mail test;
	return ask(x, &request->to, &test, err) && reply_record(x, &test_mail_record, &test);
}

static bool list_tests(struct exchange *x, struct error *err) {
	struct draft draft;
	struct rows tests;
	return draft_find(x->store, x->values[0], x->arena, &draft, err) &&
	       test_mail_list(x->store, draft.campaign.id, x->arena, &tests, err) &&
	       reply_rows(x, &test_mail_record, tests);
}

static bool ask_by_form(struct exchange *x, struct error *err) {
	const char *typed = params_get(&x->form, "to");
	struct strings to = { arena_array(x->arena, const char *, TEST_MAIL_ADDRESSES + 2), 0 };
	char *rest = arena_copy(x->arena, typed ? typed : ""), *save = NULL;
	for (char *one = strtok_r(rest, " ,;\r\n\t", &save); one && to.count <= TEST_MAIL_ADDRESSES;
	     one = strtok_r(NULL, " ,;\r\n\t", &save))
		to.items[to.count++] = one;
	struct test_mail test;
	return ask(x, &to, &test, err) && reply_redirect(x, arena_print(x->arena, "/campaigns/%s/test", test.campaign_id));
}

static void put_tests(struct exchange *x, struct value *view, const struct rows *tests) {
	const struct test_mail *all = tests->items;
	struct value *rows = value_put(view, "tests", value_list(x->arena));
	bool waits = false;
	for (int i = 0; i < tests->count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		const struct test_copy *copies = all[i].copies.items;
		value_put_text(row, "when", text_of_moment_near(x->arena, all[i].asked_at, x->now));
		struct value *list = value_put(row, "copies", value_list(x->arena));
		for (int n = 0; n < all[i].copies.count; n++) {
			struct value *copy = value_push(list, value_map(x->arena));
			value_put_text(copy, "address", copies[n].address);
			value_put_text(copy, "label", state_labels[copies[n].state]);
			value_put_text(copy, "kind", state_kinds[copies[n].state]);
			value_put_text(copy, "words", copies[n].words);
		}
		waits = waits || !all[i].is_over;
	}
	value_put_bool(view, "waits", waits);
	value_put_bool(view, "has_tests", tests->count > 0);
}

static bool show(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct draft draft;
	struct rows tests;
	if (!draft_find(x->store, x->values[0], x->arena, &draft, err) ||
	    !test_mail_list(x->store, draft.campaign.id, x->arena, &tests, err))
		return false;
	part_field(x, view, "to", exchange_typed(x, "to", ""));
	value_put_text(view, "id", draft.campaign.id);
	value_put_text(view, "campaign_name", campaign_name(&draft.campaign));
	put_tests(x, view, &tests);
	return reply_page(x, "dispatch/test", "Send a test", "outbox", view, err);
}

const struct route test_mail_routes[] = {
	{ "POST", "/api/campaigns/:campaign_id/test", GUARD_SIGNED_IN, ask_by_api,
	  .summary = "Send it to a few addresses, as a recipient would receive it", .output = &test_mail_record,
	  .input = &request_record, .status = 202, .creates = true },
	{ "GET", "/api/campaigns/:campaign_id/tests", GUARD_SIGNED_IN, list_tests,
	  .summary = "The newest tests of a campaign, and what became of them", .output = &test_mail_record, .list = true },
	{ "GET", "/campaigns/:campaign_id/test", GUARD_SIGNED_IN, show },
	{ "POST", "/campaigns/:campaign_id/test", GUARD_SIGNED_IN, ask_by_form, .form = show, .creates = true },
	{ 0 },
};
