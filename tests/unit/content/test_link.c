/* Links: where they stand, where they lead, and what is written in their place. */
#include "content_support.h"

#include "content/link_text.h"
#include "content/reference.h"

/* The links of a source as "KIND target", joined by "; ". */
static const char *links_of(struct arena *arena, enum form form, const char *source) {
	static const char *const kinds[] = {
		[LINK_TRACKED] = "tracked", [LINK_OWN] = "own",     [LINK_CONTACT] = "contact",   [LINK_ANCHOR] = "anchor",
		[LINK_INLINE] = "inline",   [LINK_EMPTY] = "empty", [LINK_RELATIVE] = "relative", [LINK_UNSAFE] = "unsafe"
	};
	struct flaws flaws;
	BUF_AUTO out = { 0 };
	struct program *program = compile(arena, form, source, &flaws);
	cr_assert(program, "%s: %s", source, flaws.count ? flaws.items[0].text : "");
	struct links links = program_links(program);
	for (int i = 0; i < links.count; i++)
		buf_print(&out, "%s%s %s", i ? "; " : "", kinds[links.items[i].kind], links.items[i].target);
	return arena_copy(arena, buf_text(&out));
}

/* Rendered with "[N]" in the place of the address of tracked link N. */
static const char *tracked(struct arena *arena, enum form form, const char *source, const char *json) {
	struct flaws flaws;
	struct program *program = compile(arena, form, source, &flaws);
	cr_assert(program, "%s: %s", source, flaws.count ? flaws.items[0].text : "");
	int count = program_links(program).tracked;
	const char **urls = arena_array(arena, const char *, count + 1);
	for (int i = 0; i < count; i++)
		urls[i] = arena_print(arena, "[%d]", i);
	return render_with(arena, program, json ? json : "{}", urls);
}

static const char *target_for(struct arena *arena, const char *source, const char *json) {
	struct flaws flaws;
	struct program *program = compile(arena, FORM_HTML, source, &flaws);
	cr_assert(program, "%s: %s", source, flaws.count ? flaws.items[0].text : "");
	const struct link *link = &program_links(program).items[0];
	return link->program ? render_with(arena, link->program, json, NULL) : link->target;
}

Test(link, targets_are_decoded_once) {
	static const char *const rows[][2] = {
		{ "<a href=\"https://x.example/?a=1&amp;b=2\">", "tracked https://x.example/?a=1&b=2" },
		{ "<a href=\"https://h.example/?code&#x3D;test\">", "tracked https://h.example/?code=test" },
		{ "<a href=\"https://x.example/?a=1&amp;amp;b=2\">", "tracked https://x.example/?a=1&amp;b=2" },
		{ "<a href='https://x.example/?a=1&copy=2'>", "tracked https://x.example/?a=1&copy=2" },
		{ "<a href='https://x.example/?a=1&b=2'>", "tracked https://x.example/?a=1&b=2" },
		{ "<A HREF = 'HTTPS://x.example'>", "tracked HTTPS://x.example" },
		{ "<a href=https://x.example/y>z</a>", "tracked https://x.example/y" },
		{ "<area href=\"https://x.example/\">", "tracked https://x.example/" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		cr_expect_str_eq(links_of(arena, FORM_HTML, rows[i][0]), rows[i][1]);
	}
}

Test(link, what_is_no_link_to_a_page_is_left_alone) {
	static const char *const rows[][2] = {
		{ "mailto:a@b.example?subject=Hi%20{{first_name}}", "contact mailto:a@b.example?subject=Hi%20{{first_name}}" },
		{ "tel:+49123", "contact tel:+49123" },
		{ "sms:+49123", "contact sms:+49123" },
		{ "#top", "anchor #top" },
		{ "cid:logo@x", "inline cid:logo@x" },
		{ "data:image/png;base64,AA", "inline data:image/png;base64,AA" },
		{ "", "empty " },
		{ " ", "empty  " },
		{ "page.html", "relative page.html" },
		{ "/page?a=b:c", "relative /page?a=b:c" },
		{ "javascript:alert(1)", "unsafe javascript:alert(1)" },
		{ "JaVa\tScript:alert(1)", "unsafe JaVa\tScript:alert(1)" },
		{ "{{unsubscribe_url}}", "own {{unsubscribe_url}}" },
		{ "https://x.example/u/{{unsubscribe_url}}", "own https://x.example/u/{{unsubscribe_url}}" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		const char *source = arena_print(arena, "<a href=\"%s\">x</a>", rows[i][0]);
		const char *values = "{\"first_name\":\"Ana\",\"unsubscribe_url\":\"https://u.example/1\"}";
		cr_expect_str_eq(links_of(arena, FORM_HTML, source), rows[i][1]);
		cr_expect_str_eq(tracked(arena, FORM_HTML, source, values), rendered(arena, FORM_HTML, source, values),
		                 "%s: the same tracked or not", rows[i][0]);
	}
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(tracked(arena, FORM_HTML, "<a href=\"mailto:a@b.example?subject=Hi%20{{first_name}}\">",
	                         "{\"first_name\":\"A B\"}"),
	                 "<a href=\"mailto:a@b.example?subject=Hi%20A%20B\">");
}

Test(link, written_exactly_where_it_stood) {
	static const char *const rows[][2] = {
		{ "<a class=x href=\"https://x.example/?a=1&amp;b=2\" id='y'>z</a>", "<a class=x href=\"[0]\" id='y'>z</a>" },
		{ "<a href='https://x.example/'>a</a><a href=\"https://x.example/\">b</a>",
		  "<a href='[0]'>a</a><a href=\"[1]\">b</a>" },
		{ "<a href=\"https://f.example/share?app=1&href=http://g.example/\">a</a> <a "
		  "href=\"http://g.example/\">http://g.example/</a>",
		  "<a href=\"[0]\">a</a> <a href=\"[1]\">http://g.example/</a>" },
		{ "<a data-href=\"https://x.example\" href=\"https://y.example\" hreflang=\"en\">",
		  "<a data-href=\"https://x.example\" href=\"[0]\" hreflang=\"en\">" },
		{ "<form action=\"https://x.example\"><img src=\"https://y.example\"><link href=\"https://z.example\">",
		  "<form action=\"https://x.example\"><img src=\"https://y.example\"><link href=\"https://z.example\">" },
		{ "<!--[if mso]><v:roundrect href=\"https://x.example\"><![endif]--><!--[if !mso]><!--><a "
		  "href=\"https://x.example\"><!--<![endif]-->",
		  "<!--[if mso]><v:roundrect href=\"[0]\"><![endif]--><!--[if !mso]><!--><a href=\"[1]\"><!--<![endif]-->" },
		{ "<!-- <a href=\"https://x.example\"> --><style>a[href=\"https://x.example\"]{}</style><title><a "
		  "href=\"https://x.example\"></title>",
		  "<!-- <a href=\"https://x.example\"> --><style>a[href=\"https://x.example\"]{}</style><title><a "
		  "href=\"https://x.example\"></title>" },
		{ "<a href=\"https://x.example/{{city}}/a{{city}}\">{{city}}</a>", "<a href=\"[0]\">Rome</a>" },
		{ "<a href=\"https://x.example/{% if city %}a{% else %}b{% endif %}\">c</a>", "<a href=\"[0]\">c</a>" },
		{ "{% if city %}<a href=\"https://x.example\">a</a>{% else %}<a href=\"https://y.example\">b</a>{% endif %}",
		  "<a href=\"[0]\">a</a>" },
		{ "{% if company %}<a href=\"https://x.example\">a</a>{% else %}<a href=\"https://y.example\">b</a>{% endif %}",
		  "<a href=\"[1]\">b</a>" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		cr_expect_str_eq(tracked(arena, FORM_HTML, rows[i][0], "{\"city\":\"Rome\"}"), rows[i][1]);
	}
}

Test(link, offsets_are_bytes_of_the_source) {
	ARENA_AUTO arena = arena_new();
	struct flaws flaws;
	const char *source = "ü<a href=\"https://x.example/?a=1&amp;b=2\">{{city}}<a href='{{site}}/b'>";
	struct links links = program_links(compile(arena, FORM_HTML, source, &flaws));
	cr_assert_eq(links.count, 2);
	cr_expect_str_eq(arena_copy_bytes(arena, source + links.items[0].offset, links.items[0].size),
	                 "https://x.example/?a=1&amp;b=2");
	cr_expect_str_eq(arena_copy_bytes(arena, source + links.items[1].offset, links.items[1].size), "{{site}}/b");
}

Test(link, bytes_of_a_target_stay) {
	static const char *const urls[] = { "https://h.example/p?a=1#sec-2", "https://f.example/s?q=x&f[0]=t:2&p=50%25",
		                                "https://h.example/a%2Fb;c=d", "https://h.example/größe/日本",
		                                "https://h.example/?u=https%3A%2F%2Fx.example%2F&href=http://g.example/" };
	BUF_AUTO longest = { 0 };
	buf_text_add(&longest, "https://h.example/?q=");
	for (int i = 0; i < 3000; i++)
		buf_char(&longest, (char)('a' + i % 26));
	for (size_t i = 0; i <= sizeof urls / sizeof *urls; i++) {
		ARENA_AUTO arena = arena_new();
		const char *url = i < sizeof urls / sizeof *urls ? urls[i] : buf_text(&longest);
		cr_expect_str_eq(links_of(arena, FORM_HTML, arena_print(arena, "<a href=\"%s\">", url)),
		                 arena_print(arena, "tracked %s", url));
		cr_expect_str_eq(links_of(arena, FORM_PLAIN, arena_print(arena, "see %s now", url)),
		                 arena_print(arena, "tracked %s", url));
	}
}

Test(link, a_target_with_fields_is_rendered_per_person) {
	static const struct case_of rows[] = {
		{ "<a href=\"https://x.example/{{shop}}/?q={{city}}&amp;b=1\">", "{\"shop\":\"a/b\",\"city\":\"R&D é\"}",
		  "https://x.example/a%2Fb/?q=R%26D%20%C3%A9&b=1" },
		{ "<a href=\"{{site}}/s\">", "{\"site\":\"https://x.example/?a=1&b=2\"}", "https://x.example/?a=1&b=2/s" },
		{ "<a href=\"https://x.example/{% if city == &quot;Rome&quot; %}it{% else %}{{city}}{% endif %}\">",
		  "{\"city\":\"Rome\"}", "https://x.example/it" },
		{ "<a href=\"https://x.example/s/%7B%7Bcontact_id%7D%7D\">", "{\"contact_id\":\"7\"}",
		  "https://x.example/s/7" },
		{ "<a href=\"https://x.example/{{city|default:&quot;a b&quot;}}\">", "{}", "https://x.example/a%20b" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		cr_expect_str_eq(target_for(arena, rows[i].source, rows[i].json), rows[i].expected);
	}
}

Test(link, the_same_target_is_one_url) {
	ARENA_AUTO arena = arena_new();
	struct flaws flaws;
	struct links links = program_links(
		compile(arena, FORM_HTML,
	            "<a href='https://x.example/?a&amp;b'><a href='https://y.example'><a href='https://x.example/?a&b'>",
	            &flaws));
	cr_assert_eq(links.count, 3);
	cr_expect(links.items[0].url == 0 && links.items[1].url == 1 && links.items[2].url == 0);
	cr_expect_eq(links.tracked, 3);
}

Test(link, a_pasted_tag_is_whole) {
	ARENA_AUTO arena = arena_new();
	const char *source = "https://x.example/s/{{contact_id}} <a href=\"https://x.example/s/{{contact_id}}\">x</a>";
	cr_expect_str_eq(rendered(arena, FORM_HTML, source, "{\"contact_id\":\"7\"}"),
	                 "https://x.example/s/7 <a href=\"https://x.example/s/7\">x</a>");
}

Test(link, four_tags_of_one_name) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(rendered(arena, FORM_HTML, "{{city}} {{city}} <a href=\"https://x.example/{{city}}\">",
	                          "{\"city\":\"R\"}"),
	                 "R R <a href=\"https://x.example/R\">");
	cr_expect_str_eq(rendered(arena, FORM_HEADER, "{{city}}", "{\"city\":\"R\"}"), "R");
}

Test(link, in_plain_text) {
	static const char *const rows[][3] = {
		{ "See https://x.example/a, or (https://y.example/b_(c)). <https://z.example>!", "See [0], or ([1]). <[2]>!",
		  "tracked https://x.example/a; tracked https://y.example/b_(c); tracked https://z.example" },
		{ "xhttps://x.example ahttp://y https:// http://", "xhttps://x.example ahttp://y https:// http://", "" },
		{ "https://x.example/s/{{contact_id}}. Bye", "[0]. Bye", "tracked https://x.example/s/{{contact_id}}" },
		{ "https://x.example/s/{{contact_id}}", "[0]", "tracked https://x.example/s/{{contact_id}}" },
		{ "https://x.example/{{contact_id}}/b?c={{city}}&d=e f", "[0] f",
		  "tracked https://x.example/{{contact_id}}/b?c={{city}}&d=e" },
		{ "https://x.example/{% if city %}a b{% endif %} c", "https://x.example/a b c", "" },
		{ "https://x.example/\n{% if city %}\nb\n{% endif %}", "[0]\nb\n", "tracked https://x.example/" },
		{ "Unsubscribe: {{unsubscribe_url}}", "Unsubscribe: https://u.example", "" },
		{ "HTTPS://X.example?", "[0]?", "tracked HTTPS://X.example" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		const char *json = "{\"contact_id\":\"7\",\"city\":\"R\",\"unsubscribe_url\":\"https://u.example\"}";
		cr_expect_str_eq(tracked(arena, FORM_PLAIN, rows[i][0], json), rows[i][1]);
		cr_expect_str_eq(links_of(arena, FORM_PLAIN, rows[i][0]), rows[i][2]);
	}
}

Test(link, of_the_text_part_and_of_the_html_are_one) {
	ARENA_AUTO arena = arena_new();
	struct flaws flaws;
	struct links html = program_links(compile(arena, FORM_HTML,
	                                          "<a href='#a'><a href='https://x.example/?a&amp;b={{city}}'><a "
	                                          "href='https://y.example'><a href='https://y.example'>",
	                                          &flaws));
	struct links text = program_links(
		compile(arena, FORM_PLAIN, "See https://y.example, https://z.example or https://x.example/?a&b={{city}}.",
	            &flaws));
	int places[3];
	cr_assert_eq(text.tracked, 3);
	links_same(&text, &html, places);
	cr_expect(places[0] == 1 && places[1] == -1 && places[2] == 0);
}

Test(link, too_many) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO source = { 0 };
	for (int i = 0; i <= LINKS_MAX; i++)
		buf_text_add(&source, "<a href=\"https://x.example\">");
	cr_expect(strstr(rendered(arena, FORM_HTML, buf_text(&source), "{}"), "More than 2000 links"));
}

Test(reference, decoded_as_browsers_do) {
	static const char *const rows[][3] = {
		/* in text, in an attribute */
		{ "a&amp;b", "a&b", "a&b" },
		{ "&ampb", "&b", "&ampb" },
		{ "&amp=", "&=", "&amp=" },
		{ "&amp", "&", "&" },
		{ "&notit;", "¬it;", "&notit;" },
		{ "&notin;", "∉", "∉" },
		{ "&#8364;&#x20ac;&#X20AC", "€€€", "€€€" },
		{ "&#128;&#0;&#xD800;&#99999999999;", "€\ufffd\ufffd\ufffd", "€\ufffd\ufffd\ufffd" },
		{ "&;&#;&#x;&&foo;& amp;", "&;&#;&#x;&&foo;& amp;", "&;&#;&#x;&&foo;& amp;" },
		{ "&AMP;&Auml;&auml;&NotEqualTilde;", "&Ää≂\u0338", "&Ää≂\u0338" },
		{ "&CounterClockwiseContourIntegral;&zwnj;", "∳\u200c", "∳\u200c" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (int attribute = 0; attribute < 2; attribute++) {
			BUF_AUTO out = { 0 };
			const char *expected = rows[i][1 + attribute];
			references_decode(&out, rows[i][0], rows[i][0] + strlen(rows[i][0]), attribute);
			cr_expect_str_eq(buf_text(&out), expected, "%s gives %s", rows[i][0], buf_text(&out));
		}
	}
}

Test(link, a_bare_address_with_a_value_in_its_host_is_text) {
	ARENA_AUTO arena = arena_new();
	struct flaws flaws;
	const struct program *program = compile(arena, FORM_PLAIN, "See https://x.ee{{first_name}} and https://b.example/",
	                                        &flaws);
	cr_assert(program, "%s", flaws.items[0].text);
	cr_expect_eq(program_links(program).tracked, 1);
	cr_expect_str_eq(program_links(program).items[0].target, "https://b.example/");
}
