/* Answers of the demo's mail server, also odd ones. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/formats/json.h"
#include "mailbox/mailbox.h"

static const struct value *json(struct arena *arena, const char *text) {
	struct error err = ERROR_INIT;
	struct json_faults faults = { 0 };
	struct value *value = NULL;
	cr_assert(json_read_lenient(arena, text, strlen(text), &value, &faults, &err));
	return value;
}

Test(mailbox, a_page_is_read) {
	ARENA_AUTO arena = arena_new();
	struct mailbox_page page;
	struct error err = ERROR_INIT;
	cr_assert(
		mailbox_read_page(json(arena, "{\"messages\": [{\"id\": 7, \"at\": 1795800368.25, \"from\": \"a@b.example\", "
	                                  "\"to\": [\"c@d.example\", \"e@f.example\"], \"size\": 28, \"answered\": true, "
	                                  "\"kept\": true, \"subject\": \"hi\", \"sender\": \"A\"}], \"matched\": 51}"),
	                      arena, &page, &err));
	cr_assert(page.count == 1 && page.matched == 51);
	const struct mailbox_mail *mail = page.items;
	cr_expect(mail->id == 7 && mail->at.ms == 1795800368250 && mail->size == 28 && mail->answered && mail->kept);
	cr_expect_str_eq(mail->to, "c@d.example, e@f.example");
	cr_expect_str_eq(mail->subject, "hi");
	cr_expect(!mail->text && !mail->html && mail->headers->count == 0 && mail->attachments->count == 0);
}

Test(mailbox, what_is_missing_is_empty) {
	static const char *const odd[] = { "{}", "null", "{\"at\": \"x\", \"to\": 3, \"headers\": 7, \"attachments\": {}}",
		                               "{\"to\": [1, null, {}], \"subject\": \"\\ud800\", \"at\": -5}",
		                               "{\"at\": 1e300, \"size\": 1e300}" };
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		ARENA_AUTO arena = arena_new();
		struct mailbox_mail mail;
		mailbox_read_mail(json(arena, odd[i]), arena, &mail);
		cr_expect(!moment_is_set(mail.at) && mail.size == 0, "%s", odd[i]);
		cr_expect_str_eq(mail.to, "");
		cr_expect_str_eq(mail.subject, "");
		cr_expect(mail.headers->kind == VALUE_LIST && mail.attachments->kind == VALUE_LIST, "%s", odd[i]);
	}
}

Test(mailbox, something_else_is_refused) {
	ARENA_AUTO arena = arena_new();
	struct mailbox_page page;
	struct error err = ERROR_INIT;
	cr_expect_not(mailbox_read_page(json(arena, "{\"messages\": {}}"), arena, &page, &err));
	cr_expect_not(mailbox_read_page(json(arena, "[]"), arena, &page, &err));
}

Test(mailbox, there_is_one_in_the_demo_only) {
	cr_expect_not(mailbox_is_there(&(struct settings){ .demo_mail_port = 8010 }));
	cr_expect(mailbox_is_there(&(struct settings){ .demo_mail_port = 8010, .mail_is_demo = true }));
}
