/* What campaigns say with a template. */
#include <criterion/criterion.h>
#include <string.h>

#include "composing/check.h"
#include "composing/missing.h"
#include "composing/wording.h"

#define TEMPLATE_ID "6748d0c1a2b3c4d5e6f70800"

static struct arena *arena;
static struct composition own;
static struct template template;
static struct composing_known known;

static void begin(void) {
	arena = arena_new();
	own = composition_fresh("6748d0c1a2b3c4d5e6f70809", "Europe/Berlin", "Acme", "news@acme.example", arena);
	own.name = "Spring";
	record_clear(&template_record, &template);
	template.id = TEMPLATE_ID;
	template.name = "Offer";
	template.subject = "An offer";
	template.preheader = "For you";
	template.html_content = "<p>Theirs</p>";
	template.text_content = "Theirs";
	template.sms_content = "Theirs, short";
	known = (struct composing_known){ .template = &template };
	own.template_id = TEMPLATE_ID;
}

static void end(void) {
	arena_free(arena);
}

TestSuite(wording, .init = begin, .fini = end);

Test(wording, what_is_not_said_is_the_templates) {
	const struct wording wording = wording_of(&own, &known, arena);
	cr_expect_str_eq(wording.said.subjects.items[0], "An offer");
	cr_expect_str_eq(wording.said.preheader, "For you");
	cr_expect_str_eq(wording.said.html_content, "<p>Theirs</p>");
	cr_expect_str_eq(wording.said.text_content, "Theirs");
	cr_expect_str_eq(wording.said.sms_content, "Theirs, short");
	cr_expect(wording.marketing && !wording.is_drawn && !wording.is_gone);
	cr_expect_null(wording.said.template_id);
	cr_expect_eq(own.subjects.count, 0, "the draft itself stays as it is");
}

Test(wording, what_is_said_counts) {
	const char *subject = "Mine";
	own.subjects = (struct strings){ &subject, 1 };
	own.html_content = "<p>Mine</p>";
	own.sms_content = "Mine, short";
	const struct wording wording = wording_of(&own, &known, arena);
	cr_expect_str_eq(wording.said.subjects.items[0], "Mine");
	cr_expect_str_eq(wording.said.html_content, "<p>Mine</p>");
	cr_expect_null(wording.said.text_content, "the template's text says something else than this HTML");
	cr_expect_str_eq(wording.said.sms_content, "Mine, short");
}

Test(wording, a_design_is_drawn_with_the_campaigns_own_words) {
	const char *subject = "Mine";
	template.design = "{\"theme\":{},\"blocks\":[{\"type\":\"heading\",\"text\":\"Hello\"}]}";
	own.subjects = (struct strings){ &subject, 1 };
	own.preheader = "Only now";
	const struct wording wording = wording_of(&own, &known, arena);
	cr_assert(wording.is_drawn);
	cr_expect(strstr(wording.said.html_content, "Only now") && strstr(wording.said.html_content, "Hello"), "%s",
	          wording.said.html_content);
	cr_expect_null(strstr(wording.said.html_content, "For you"));
	const struct composition copy = wording_copy(&own, &known, arena);
	cr_expect_null(strstr(copy.html_content, "Only now"), "the copy's preheader is put in when it is sent, not twice");
	cr_expect_str_eq(copy.preheader, "Only now");
	cr_expect_null(copy.template_id);
}

Test(wording, a_copy_says_the_same_without_the_template) {
	const struct composition copy = wording_copy(&own, &known, arena);
	const struct composing_known nobody = { 0 };
	const struct wording before = wording_of(&own, &known, arena), after = wording_of(&copy, &nobody, arena);
	cr_expect_str_eq(after.said.html_content, before.said.html_content);
	cr_expect_str_eq(after.said.subjects.items[0], before.said.subjects.items[0]);
	cr_expect_str_eq(after.said.sms_content, before.said.sms_content);
}

Test(wording, a_deleted_template_is_missed_and_a_providers_is_not) {
	struct missing missing[MISSING_MAX];
	struct connection zoho = { .id = "a", .name = "Zoho", .provider = PROVIDER_ZOHO };
	struct composing_known gone = { 0 }, theirs = { .connections = { &zoho, 1 } };
	struct wording wording = wording_of(&own, &gone, arena);
	cr_assert(wording.is_gone);
	int count = composition_missing(&wording, missing), told = 0;
	for (int i = 0; i < count; i++)
		told += strcmp(missing[i].field, "template_id") == 0;
	cr_expect_eq(told, 1);
	own.account_id = "a";
	own.template_id = "tpl";
	wording = wording_of(&own, &theirs, arena);
	cr_expect_not(wording.is_gone);
	cr_expect_str_eq(wording.said.template_id, "tpl");
}

Test(wording, an_unknown_template_is_refused_and_a_deleted_one_kept) {
	struct composing_known nobody = { 0 };
	struct error err = ERROR_INIT;
	const struct composition without = composition_fresh("b", NULL, NULL, NULL, arena);
	struct composition said = own;
	cr_expect_not(composition_check(&said, &nobody, &without, (struct moment){ 10 }, arena, NULL, &err));
	cr_expect_str_eq(err.field, "template_id");
	said = own;
	cr_expect(composition_check(&said, &nobody, &own, (struct moment){ 10 }, arena, NULL, &err), "%s", err.text);
	said.template_id = "template_" TEMPLATE_ID;
	cr_expect(composition_check(&said, &known, &without, (struct moment){ 10 }, arena, NULL, &err), "%s", err.text);
	cr_expect_str_eq(said.template_id, TEMPLATE_ID);
}

Test(wording, what_every_email_gets_is_part_of_it) {
	struct wording wording = wording_of(&own, &known, arena);
	const struct wording whole = wording_complete(&wording, "12 Harbour Road", arena);
	cr_expect(strstr(whole.said.html_content, "{{unsubscribe_url}}") &&
	          strstr(whole.said.html_content, "12 Harbour Road"));
	cr_expect(strstr(whole.said.text_content, "{{unsubscribe_url}}"));
	wording.marketing = wording.said.settings.unsubscribe_link = false;
	cr_expect_str_eq(wording_complete(&wording, "12 Harbour Road", arena).said.html_content, "<p>Theirs</p>");
}
