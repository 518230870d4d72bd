/* The mail of a campaign: its names, its turns, the numbers of its links, what is added to it. */
#include "unit/support.h"

#include <string.h>

#include "content/complete.h"
#include "dispatch/letter.h"

static const struct letter_settings settings = { "ACME, 12 Harbour Road" };

static struct strings texts(struct arena *arena, const char *a, const char *b) {
	struct strings texts = { arena_array(arena, const char *, 2), 0 };
	if (a)
		texts.items[texts.count++] = a;
	if (b)
		texts.items[texts.count++] = b;
	return texts;
}

static struct dispatch frozen(struct arena *arena, const char *html, const char *text) {
	struct dispatch dispatch;
	struct error err = ERROR_INIT;
	record_clear(&dispatch_record, &dispatch);
	dispatch.id = "0123456789abcdef01234567";
	dispatch.said.subjects = texts(arena, "One for {{first_name}}", "Two");
	dispatch.said.froms = texts(arena, "Ann <ann@acme.example>", "Bob <bob@müller.example>");
	dispatch.said.settings.unsubscribe_link = true;
	dispatch.said.html_content = html;
	dispatch.said.text_content = text;
	cr_assert(letter_names(&dispatch.said, &settings, &standard_names, arena, &dispatch.names, &dispatch.types, &err),
	          "%s", err.text);
	return dispatch;
}

static const struct letter *compiled(struct arena *arena, const struct dispatch *dispatch) {
	const struct letter *letter;
	struct error err = ERROR_INIT;
	cr_assert(letter_compile(dispatch, &settings, arena, &letter, &err), "%s", err.text);
	return letter;
}

static const char *values_of(struct arena *arena, const struct dispatch *dispatch, const char *first_name) {
	BUF_AUTO out = { 0 };
	buf_char(&out, '[');
	for (int i = 0; i < dispatch->names.count; i++)
		buf_print(&out, "%s%s%s%s", i ? "," : "", text_same(dispatch->names.items[i], "first_name") ? "\"" : "null",
		          text_same(dispatch->names.items[i], "first_name") ? first_name : "",
		          text_same(dispatch->names.items[i], "first_name") ? "\"" : "");
	buf_char(&out, ']');
	return arena_copy(arena, buf_text(&out));
}

Test(letter, freezes_the_names_of_all_its_sources_and_no_others) {
	ARENA_AUTO arena = arena_new();
	const struct dispatch dispatch = frozen(arena, "<p>{{company}} {{unsubscribe_url}}</p>", "{{last_name}}");
	cr_expect_eq(dispatch.names.count, 3);
	cr_expect(strings_have(&dispatch.names, "company") && strings_have(&dispatch.names, "last_name") &&
	          strings_have(&dispatch.names, "first_name"));
	cr_expect_eq(dispatch.types.count, dispatch.names.count);
}

Test(letter, refuses_what_is_not_known_by_field) {
	ARENA_AUTO arena = arena_new();
	struct dispatch dispatch = frozen(arena, "<p>x</p>", NULL);
	struct error err = ERROR_INIT;
	dispatch.said.html_content = "<p>\n{{frist_name}}</p>";
	cr_expect_not(
		letter_names(&dispatch.said, &settings, &standard_names, arena, &dispatch.names, &dispatch.types, &err));
	cr_expect_str_eq(err.field, "html_content");
	cr_expect(strstr(err.text, "Line 2"), "%s", err.text);
}

Test(letter, takes_turns_with_subjects_and_senders) {
	ARENA_AUTO arena = arena_new();
	const struct dispatch dispatch = frozen(arena, "<p>{{first_name}}</p>", NULL);
	const struct letter *letter = compiled(arena, &dispatch);
	struct error err = ERROR_INIT;
	for (int index = 0; index < 4; index++) {
		BUF_AUTO subject = { 0 };
		const struct letter_to to = { 1, index, "p@x.example", values_of(arena, &dispatch, "Eva") };
		cr_assert(letter_read(letter, &to, NULL, at("2026-11-27T10:00:00Z"), arena, &subject, NULL, NULL, &err));
		cr_expect_str_eq(buf_text(&subject), index % 2 ? "Two" : "One for Eva");
		cr_expect_str_eq(letter_from(letter, &to), index % 2 ? "bob@xn--mller-kva.example" : "ann@acme.example");
	}
}

Test(letter, numbers_the_links_of_both_parts) {
	ARENA_AUTO arena = arena_new();
	const struct dispatch dispatch = frozen(arena,
	                                        "<a href=\"https://a.example/?n={{first_name}}&amp;x=1\">a</a> <a "
	                                        "href=\"https://b.example/\">b</a>",
	                                        "See https://b.example/ and https://c.example/");
	const struct letter *letter = compiled(arena, &dispatch);
	const struct letter_to to = { 0, 0, "p@x.example", values_of(arena, &dispatch, "a b") };
	static const char *const targets[] = { "https://a.example/?n=a%20b&x=1", "https://b.example/",
		                                   "https://c.example/" };
	struct error err = ERROR_INIT;
	cr_assert_eq(letter_link_count(letter), 3);
	for (int number = 0; number < 3; number++) {
		BUF_AUTO target = { 0 };
		cr_assert(letter_target(letter, &to, number, at("2026-11-27T10:00:00Z"), arena, &target, &err), "%s", err.text);
		cr_expect_str_eq(buf_text(&target), targets[number]);
	}
	BUF_AUTO none = { 0 };
	cr_expect_not(letter_target(letter, &to, 3, at("2026-11-27T10:00:00Z"), arena, &none, &err));
	cr_expect_eq(err.kind, ERROR_MISSING);
}

Test(letter, knows_the_day_within_the_address_of_a_link) {
	ARENA_AUTO arena = arena_new();
	const struct dispatch dispatch = frozen(arena, "<a href=\"https://a.example/?day={{today}}\">a</a>", NULL);
	const struct letter *letter = compiled(arena, &dispatch);
	const struct letter_to to = { 0, 0, "p@x.example", "[]" };
	static const char *const days[] = { "2026-11-26T10:00:00Z", "2026-11-27T10:00:00Z" };
	static const char *const targets[] = { "https://a.example/?day=26%20Nov%202026",
		                                   "https://a.example/?day=27%20Nov%202026" };
	struct error err = ERROR_INIT;
	for (int i = 0; i < 2; i++) {
		BUF_AUTO target = { 0 };
		cr_assert(letter_target(letter, &to, 0, at(days[i]), arena, &target, &err), "%s", err.text);
		cr_expect_str_eq(buf_text(&target), targets[i]);
	}
}

Test(letter, writes_the_links_that_it_is_given_in_both_parts) {
	ARENA_AUTO arena = arena_new();
	const struct dispatch dispatch = frozen(arena, "<a href=\"https://b.example/\">b</a> {{unsubscribe_url}}",
	                                        "https://b.example/ {{unsubscribe_url}}");
	const struct letter *letter = compiled(arena, &dispatch);
	const struct letter_to to = { 0, 0, "p@x.example", values_of(arena, &dispatch, "Eva") };
	const char *const urls[] = { "https://t.example/0" };
	const struct letter_marks marks = { .unsubscribe_url = "https://t.example/u", .link_urls = urls };
	struct error err = ERROR_INIT;
	BUF_AUTO html = { 0 };
	BUF_AUTO text = { 0 };
	cr_assert(letter_read(letter, &to, &marks, at("2026-11-27T10:00:00Z"), arena, NULL, &html, &text, &err));
	cr_expect(strstr(buf_text(&html), "href=\"https://t.example/0\"") &&
	          strstr(buf_text(&html), "https://t.example/u"));
	cr_expect_not(strstr(buf_text(&html), "b.example"));
	cr_expect_str_eq(buf_text(&text), "https://t.example/0 https://t.example/u");
}

Test(letter, of_somebody_erased_is_written_without_their_values) {
	ARENA_AUTO arena = arena_new();
	const struct dispatch dispatch = frozen(arena, "<p>Hi {{first_name|default:\"you\"}}</p>", NULL);
	const struct letter *letter = compiled(arena, &dispatch);
	const struct letter_to to = { 0, 0, NULL, NULL };
	struct error err = ERROR_INIT;
	BUF_AUTO html = { 0 };
	cr_assert(letter_read(letter, &to, NULL, at("2026-11-27T10:00:00Z"), arena, NULL, &html, NULL, &err));
	cr_expect(strstr(buf_text(&html), "Hi you"));
}

Test(complete, adds_what_is_lacking_where_it_belongs) {
	ARENA_AUTO arena = arena_new();
	const struct complete all = { "A & B", "ACME <1>", true };
	const char *html = complete_html("<html><body class=x><p>1</p></body></html>", &all, arena);
	cr_expect(text_starts(html, "<html><body class=x><div style="), "%s", html);
	cr_expect(strstr(html, ">A &amp; B"), "%s", html);
	cr_expect(strstr(html, "<p>1</p><p style=") && strstr(html, "ACME &lt;1&gt;<br><a href=\"{{unsubscribe_url}}\""));
	cr_expect(strstr(html, "</a></p></body></html>"), "%s", html);
	cr_expect_str_eq(complete_html(html, &all, arena), html, "nothing is added twice");
	cr_expect(strstr(complete_html("plain", &all, arena), "plain<p style="));
	cr_expect(text_starts(complete_html("<body>\r\n<p>1", &all, arena), "<body>\r\n<div style="));
	cr_expect(strstr(complete_html("<body>\n<p>1", &all, arena), "</div>\n<p>1"));
	cr_expect_str_eq(complete_text("x {{unsubscribe_url}}", &all, arena), "x {{unsubscribe_url}}");
	cr_expect_str_eq(complete_text("x", &all, arena), "x\n\n-- \nACME <1>\nUnsubscribe: {{unsubscribe_url}}\n");
}
