/* Sources rendered for a person. */
#include "content/tag.h"
#include "content_support.h"

Test(program, values_and_what_stands_for_them) {
	static const struct case_of cases[] = {
		{ "Hi {{first_name}}!", "{\"first_name\":\"Ana\"}", "Hi Ana!" },
		{ "{{ first_name }}{{first_name}}", "{\"first_name\":\"Ana\"}", "AnaAna" },
		{ "Hi {{first_name}}.", NULL, "Hi ." },
		{ "Hi {{first_name|default:\"there\"}}.", NULL, "Hi there." },
		{ "Hi {{first_name | default: 'there' }}.", "{\"first_name\":\" \\t\"}", "Hi there." },
		{ "Hi {{first_name|default(\"a & b\")}}.", "{\"first_name\":null}", "Hi a &amp; b." },
		{ "{{usage|default:0}}", "{}", "0" },
		{ "{{usage|default:1}} {{usage}}", "{\"usage\":0}", "0 0" },
		{ "{{usage}}", "{\"usage\":3.25}", "3.25" },
		{ "{{city|default:\"?\"}}", "{\"city\":\"0\"}", "0" },
		{ "{{yearly usage 2025}}", "{\"yearly usage 2025\":12}", "12" },
		{ "{{tags}}", "{\"tags\":[\"a\",\"b&c\"]}", "a, b&amp;c" },
		{ "{{tags|default:\"none\"}}", "{\"tags\":[]}", "none" },
		{ "{{opened_last|default:\"no\"}}", "{\"opened_last\":false}", "no" },
		{ "{{renewal}}", "{\"renewal\":\"2026-12-01\"}", "1 Dec 2026" },
		{ "{{renewal}}", "{\"renewal\":\"2026-12-01T23:30:00Z\"}", "1 Dec 2026" },
		{ "{{renewal}}", "{\"renewal\":\"soon\"}", "soon" },
		{ "{{today}}", NULL, "27 Nov 2026" },
		{ "{{\"{{\"}} and }}", NULL, "{{ and }}" },
		{ "a { b } c {d}", NULL, "a { b } c {d}" },
		{ "{{first_name|default:&quot;there&quot;}}", NULL, "there" },
		{ "{{first_name|default:“there”}}", NULL, "there" },
		{ "{{&nbsp;first_name\u00a0}}", "{\"first_name\":\"A\"}", "A" },
		{ "{{recommendations}}", "{\"recommendations\":\"<b>x</b>\"}", "<b>x</b>" },
	};
	CHECK_CASES(FORM_HTML, cases);
}

Test(program, conditions) {
	static const struct case_of cases[] = {
		{ "{% if first_name %}a{% else %}b{% endif %}", "{\"first_name\":\"x\"}", "a" },
		{ "{% if first_name %}a{% else %}b{% endif %}", "{\"first_name\":\"\"}", "b" },
		{ "{%if city == \"rome\"%}a{%elsif city == 'oslo'%}b{%elif city%}c{%else%}d{%endif%}", "{\"city\":\"OSLO\"}",
		  "b" },
		{ "{% if city == \"rome\" %}a{% elsif city == \"oslo\" %}b{% elsif city %}c{% else %}d{% endif %}",
		  "{\"city\":\"Bern\"}", "c" },
		{ "{% if city == \"rome\" %}a{% elsif city %}c{% else %}d{% endif %}e", NULL, "de" },
		{ "{% if city != \"Rome\" %}a{% endif %}", NULL, "a" },
		{ "{% if city == \"Straße\" %}a{% endif %}", "{\"city\":\"STRASSE\"}", "a" },
		{ "{% if usage > 10 and usage <= 20 %}a{% endif %}", "{\"usage\":20}", "a" },
		{ "{% if usage > 10 %}a{% endif %}", "{\"usage\":\"11\"}", "a" },
		{ "{% if usage &gt; 10 &amp;&amp; 1 %}a{% endif %}", NULL, "1:1 “&” means nothing in a tag" },
		{ "{% if usage &gt;= 10 %}a{% endif %}", "{\"usage\":10}", "a" },
		{ "{% if usage > -5 %}a{% endif %}", "{\"usage\":-4.5}", "a" },
		{ "{% if usage < 5 %}a{% else %}b{% endif %}", NULL, "b" },
		{ "{% if usage < 5 %}a{% else %}b{% endif %}", "{\"usage\":\"many\"}", "b" },
		{ "{% if not usage < 5 %}a{% endif %}", NULL, "a" },
		{ "{% if yearly usage 2025 >= 3000 or city %}a{% endif %}", "{\"yearly usage 2025\":3000}", "a" },
		{ "{% if city and (usage == 1 or usage == 2) and not company %}a{% endif %}", "{\"city\":\"x\",\"usage\":2}",
		  "a" },
		{ "{% if city or usage == 1 and company %}a{% endif %}", "{\"city\":\"x\"}", "a" },
		{ "{% if (city or usage == 1) and company %}a{% else %}b{% endif %}", "{\"city\":\"x\"}", "b" },
		{ "{% if tags contains \"VIP\" %}a{% endif %}", "{\"tags\":[\"new\",\"vip\"]}", "a" },
		{ "{% if tags contains \"vi\" %}a{% else %}b{% endif %}", "{\"tags\":[\"vip\"]}", "b" },
		{ "{% if company contains \"gmbh\" %}a{% endif %}", "{\"company\":\"Foo GmbH\"}", "a" },
		{ "{% if opened_last %}a{% endif %}{% if opened_last == false %}b{% endif %}", "{\"opened_last\":true}", "a" },
		{ "{% if opened_last == false %}b{% endif %}", NULL, "b" },
		{ "{% if inactive_days > 30 %}a{% endif %}", "{\"inactive_days\":31}", "a" },
		{ "{% if renewal < today %}a{% else %}b{% endif %}", "{\"renewal\":\"2026-11-26\"}", "a" },
		{ "{% if renewal <= today + 14 days %}a{% else %}b{% endif %}", "{\"renewal\":\"2026-12-11\"}", "a" },
		{ "{% if renewal <= today + 14 %}a{% else %}b{% endif %}", "{\"renewal\":\"2026-12-12\"}", "b" },
		{ "{% if renewal == today - 1 day %}a{% endif %}", "{\"renewal\":\"2026-11-26T23:00:00Z\"}", "a" },
		{ "{% if renewal == \"2026-12-24\" %}a{% endif %}", "{\"renewal\":\"2026-12-24\"}", "a" },
		{ "{% if renewal > \"2026-12-24\" %}a{% else %}b{% endif %}", NULL, "b" },
		{ "{% if city == company %}a{% endif %}", "{\"city\":\"Rome\",\"company\":\"ROME\"}", "a" },
		{ "{% if city %}{% if company %}a{% else %}b{% endif %}c{% else %}d{% endif %}", "{\"city\":1}", "bc" },
	};
	CHECK_CASES(FORM_HTML, cases);
}

Test(program, what_a_person_wrote_is_never_a_tag) {
	static const char *const data[] = { "{{7*7}}",     "{% if x %}",      "${7}", "*|EMAIL|*", "{{first_name}}",
		                                "{% endif %}", "%7B%7Bcity%7D%7D" };
	static const enum form forms[] = { FORM_HTML, FORM_PLAIN, FORM_HEADER, FORM_SMS };
	for (size_t d = 0; d < sizeof data / sizeof *data; d++) {
		for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
			ARENA_AUTO arena = arena_new();
			const char *json = arena_print(arena, "{\"city\":\"%s\",\"first_name\":\"Ana\"}", data[d]);
			cr_expect_str_eq(rendered(arena, forms[f], "a {{city}} b", json), arena_print(arena, "a %s b", data[d]));
		}
	}
}

Test(program, escaped_by_place) {
	static const char evil[] = "{\"city\":\"<b>&\\\"' "
							   "\\u202ex/?#\",\"email\":\"a+b@c.example\",\"site\":\"https://x.example/?a=1&b='2' 3\"}";
	static const struct case_of cases[] = {
		{ "<p>{{city}}</p>", evil, "<p>&lt;b&gt;&amp;&quot;&#39; x/?#</p>" },
		{ "<title>{{city}}</title>", evil, "<title>&lt;b&gt;&amp;&quot;&#39; x/?#</title>" },
		{ "<p title=\"{{city}}\">", evil, "<p title=\"&lt;b&gt;&amp;&quot;&#39; x/?#\">" },
		{ "<p title='{{city}}'>", evil, "<p title='&lt;b&gt;&amp;&quot;&#39; x/?#'>" },
		{ "<a href=\"https://h.example/{{city}}\">", evil,
		  "<a href=\"https://h.example/%3Cb%3E%26%22%27%20x%2F%3F%23\">" },
		{ "<img src=\"https://h.example/?q={{city}}#{{city}}\">", evil,
		  "<img src=\"https://h.example/?q=%3Cb%3E%26%22%27%20x%2F%3F%23#%3Cb%3E%26%22%27%20x%2F%3F%23\">" },
		{ "<a href=\"mailto:{{email}}?subject={{city}}\">", evil,
		  "<a href=\"mailto:a+b@c.example?subject=%3Cb%3E%26%22%27%20x%2F%3F%23\">" },
		{ "<a href=\"{{site}}\">", evil, "<a href=\"https://x.example/?a=1&amp;b=&#39;2&#39;%203\">" },
		{ "<a href=\"{{site}}\">", "{\"site\":\"javascript:alert(1)\"}", "<a href=\"\">" },
		{ "<a href=\"{{site|default:'https://x.example'}}\">", "{\"site\":\"//evil.example\"}",
		  "<a href=\"https://x.example\">" },
		{ "<!--[if mso]><p>{{city}}</p><![endif]-->", evil,
		  "<!--[if mso]><p>&lt;b&gt;&amp;&quot;&#39; x/?#</p><![endif]-->" },
		{ "{{city}}", "{\"city\":\"שלום\"}", "<bdi>שלום</bdi>" },
		{ "<p title=\"{{city}}\">", "{\"city\":\"שלום\"}", "<p title=\"שלום\">" },
		{ "{{city}}", "{\"city\":\"a\\nb\\u0001c\"}", "a\nbc" },
	};
	CHECK_CASES(FORM_HTML, cases);
}

Test(program, headers_cannot_be_injected) {
	static const struct case_of cases[] = {
		{ "{{company}}: {{first_name}}", "{\"company\":\"Komé\",\"first_name\":\"M'eating & Co\"}",
		  "Komé: M'eating & Co" },
		{ "Hi {{city}}", "{\"city\":\"a\\r\\nBcc: x@y.example\\r\\n\\r\\nbody\"}", "Hi a Bcc: x@y.example body" },
		{ "Hi {{city}}", "{\"city\":\"a\\u2028b\\u0085c\\u007fd\"}", "Hi a b c d" },
		{ "  Two\r\n lines \t {{city}} ", NULL, "Two lines" },
		{ "🚀 Start 👨‍👩‍👧 {{city|default:\"jetzt\"}}", NULL, "🚀 Start 👨‍👩‍👧 jetzt" },
		{ "{{city}}!", "{\"city\":\"\\u202eevil\\u2066\"}", "evil!" },
		{ "{{city}}!", "{\"city\":\"שלום\"}", "\u2068שלום\u2069!" },
		{ "{% if city %}Hi {{city}}{% else %}Hello{% endif %}", NULL, "Hello" },
	};
	CHECK_CASES(FORM_HEADER, cases);
}

Test(program, plain_text) {
	static const struct case_of cases[] = {
		{ "Hi <{{city}}>\nBye", "{\"city\":\"a & b\\nc\"}", "Hi <a & b c>\nBye" },
		{ "a\n{% if city %}\nb\n{% else %}\nc\n  {% endif %}  \nd\n", NULL, "a\nc\nd\n" },
		{ "a\n{% if city %}b{% endif %}\nd", NULL, "a\n\nd" },
		{ "{% if city %}\nb\n{% endif %}", "{\"city\":\"x\"}", "b\n" },
	};
	static const struct case_of sms[] = {
		{ "Hi {{city}}: reply STOP", "{\"city\":\"a\\nb & שלום\"}", "Hi a b & שלום: reply STOP" },
	};
	CHECK_CASES(FORM_PLAIN, cases);
	CHECK_CASES(FORM_SMS, sms);
}

Test(program, errors_say_where) {
	static const struct case_of cases[] = {
		{ "a\nbü {{first_name", NULL, "2:4 “{{” is not closed: “}}” is missing" },
		{ "{% if city %}a", NULL, "1:1 This condition is not closed: {% endif %} is missing" },
		{ "a{% endif %}", NULL, "1:2 {% endif %} stands without {% if … %} before it" },
		{ "{% else %}", NULL, "{% else %} stands without" },
		{ "{% if city %}{% else %}{% else %}{% endif %}", NULL, "1:24 {% else %} stands after {% else %}" },
		{ "{% if city %}{% else %}{% elsif a %}{% endif %}", NULL, "{% elsif %} stands after {% else %}" },
		{ "{% if city %}{% else city %}{% endif %}", NULL, "Nothing can stand after else" },
		{ "{% for x in y %}", NULL, "“for” is no condition" },
		{ "{%%}", NULL, "“” is no condition" },
		{ "{% if %}{% endif %}", NULL, "This condition ends where a name should stand" },
		{ "{% if city = \"x\" %}{% endif %}", NULL, "1:12 In this condition, “=” stands where “==” should stand" },
		{ "{% if city == %}{% endif %}", NULL, "ends where a name should stand" },
		{ "{% if city and %}{% endif %}", NULL, "ends where a name should stand" },
		{ "{% if (city %}{% endif %}", NULL, "ends where “)” should stand" },
		{ "{% if city \"x\" %}{% endif %}", NULL, "“x” stands where “and”, “or” or the end should stand" },
		{ "{% if \"x\" %}{% endif %}", NULL, "ends where a comparison should stand" },
		{ "{% if renewal > 5 %}{% endif %}", NULL, "A day is compared with a day" },
		{ "{% if renewal > \"2026-02-30\" %}{% endif %}", NULL, "A day is compared with a day" },
		{ "{% if opened_last > true %}{% endif %}", NULL, "Yes and no are compared with == and != only" },
		{ "{% if \"a\" contains \"b\" %}{% endif %}", NULL, "Before “contains” stands a name" },
		{ "{{}}", NULL, "1:1 Between “{{” and “}}” stands the name of a field" },
		{ "{{city city|upper}}", NULL, "1:13 After “|” stands default:\"…\"" },
		{ "{{city|default}}", NULL, "Write default:\"…\"" },
		{ "{{city|default:x}}", NULL, "Write default:\"…\"" },
		{ "{{city \"x\"}}", NULL, "“x” cannot stand after the name “city”" },
		{ "{{city|default:\"x}}", NULL, "no closing quotation mark" },
		{ "{{7*7}}", NULL, "“*” means nothing in a tag" },
		{ "a\xff", NULL, "This is not UTF-8 text" },
	};
	CHECK_REFUSED(FORM_HTML, cases);
}

Test(program, places_where_nothing_may_stand) {
	static const struct case_of cases[] = {
		{ "<style>p{color:{{city}}}</style>", NULL, "1:16 A field cannot stand in a style sheet, script or frame" },
		{ "<script>var a='{{city}}'</script>", NULL, "style sheet, script or frame" },
		{ "<script><!--<script></script>{{city}}", NULL, "A script must not contain “<!--”" },
		{ "<p style=\"color:{{city}}\">", NULL, "A field cannot stand in a style" },
		{ "<p onclick=\"{{city}}\">", NULL, "in an attribute that is a script" },
		{ "<p title={{city}}>", NULL, "put the value in quotation marks" },
		{ "<p title=x{{city}}>", NULL, "put the value in quotation marks" },
		{ "<p {{city}}>", NULL, "between the attributes" },
		{ "<p a{{city}}=\"\">", NULL, "in the name of an attribute" },
		{ "<{{city}}>", NULL, "right after “<”" },
		{ "</{{city}}>", NULL, "right after “<”" },
		{ "<h{{city}}>", NULL, "in the name of an element" },
		{ "<!-- {{city}} -->", NULL, "in a comment" },
		{ "<!{{city}}>", NULL, "right after “<”" },
		{ "<!doctype {{city}}>", NULL, "in a declaration" },
		{ "<iframe srcdoc=\"{{city}}\">", NULL, "in this attribute" },
		{ "<meta http-equiv=\"refresh\" content=\"0;{{city}}\">", NULL, "in this attribute" },
		{ "<a href=\"{{city}}\">", NULL, "An address cannot begin with a field that is no link" },
		{ "<a href=\"https://{{shop}}.example/\">", NULL, "in the host of an address" },
		{ "<a href=\"//{{shop}}\">", NULL, "in the host of an address" },
		{ "<a href=\"https:{{shop}}\">", NULL, "in the first part of an address" },
		{ "<a href=\"ht{{shop}}\">", NULL, "in the first part of an address" },
		{ "<a href=\"javascript:{{shop}}\">", NULL, "not http, https, mailto, tel or sms" },
		{ "<a href=\"&#106;avascript:{{shop}}\">", NULL, "not http, https, mailto, tel or sms" },
		{ "<a href=\" java\tscript&colon;{{shop}}\">", NULL, "not http, https, mailto, tel or sms" },
		{ "<a href=\"{% if city %}https://a.example/{% endif %}{{shop}}\">", NULL, "depends on a condition" },
		{ "<p title=\"{{recommendations}}\">", NULL, "only stand between elements" },
		{ "<base href=\"https://x.example/\">", NULL, "<base> changes where every link leads" },
	};
	CHECK_REFUSED(FORM_HTML, cases);
}

Test(program, conditions_around_markup) {
	static const struct case_of cases[] = {
		{ "<td{% if city %} class=\"a\"{% endif %}>", NULL, "<td>" },
		{ "<td{% if city %} class=\"a\"{% endif %}>", "{\"city\":\"x\"}", "<td class=\"a\">" },
		{ "<option {% if city %}selected{% endif %}>", "{\"city\":\"x\"}", "<option selected>" },
		{ "<a {% if city %}href=\"https://x.example/{{city}}\"{% else %}href=\"https://y.example\"{% endif %}>",
		  "{\"city\":\"é\"}", "<a href=\"https://x.example/%C3%A9\">" },
		{ "<p class=\"a{% if city %} b{% endif %}\">", "{\"city\":\"x\"}", "<p class=\"a b\">" },
		{ "<a href=\"https://x.example/{% if city %}a{% else %}b{% endif %}?{{city}}\">", NULL,
		  "<a href=\"https://x.example/b?\">" },
		{ "<style>{% if city %}p{color:red}{% endif %}</style>", NULL, "<style></style>" },
	};
	static const struct case_of refused[] = {
		{ "<a {% if city %}title=\"{% endif %}x\">", NULL, "end in different places of the HTML" },
		{ "{% if city %}<style>{% endif %}</style>", NULL, "end in different places" },
		{ "<p title=\"a{% if city %}\" class=\"{% endif %}\">", NULL, "end in different places" },
		{ "<a {% if city %}href=\"https://a.example{% else %}href=\"https://b.example{% endif %}\">", NULL,
		  "A link begins" },
		{ "<a hre{% if city %}{% endif %}f=\"x\">", NULL, "Write a space" },
		{ "<sc{% if city %}{% endif %}ript>", NULL, "Write a space" },
		{ "<a href{% if city %}{% endif %}=\"x\">", NULL, "Write a space" },
		{ "<a href {% if city %}{% endif %} =\"x\">", NULL, "Write a space" },
		{ "<a href={% if city %}\"a\"{% else %}\"b\"{% endif %}>", NULL, "put the value in quotation marks" },
		{ "<{% if city %}b{% else %}i{% endif %}>", NULL, "right after “<”" },
	};
	CHECK_CASES(FORM_HTML, cases);
	CHECK_REFUSED(FORM_HTML, refused);
}

Test(program, unknown_names_are_warned_of) {
	ARENA_AUTO arena = arena_new();
	struct flaws flaws;
	cr_assert(compile(arena, FORM_HTML, "a {{frist_name}}\n{% if qwertz %}{% endif %}{{frist_name}}", &flaws));
	cr_assert_eq(flaws.count, 2);
	cr_expect_eq(flaws.errors, 0);
	cr_expect_str_eq(flaws.items[0].text, "There is no field “frist_name”. Do you mean “first_name”?");
	cr_expect(flaws.items[0].line == 1 && flaws.items[0].column == 5);
	cr_expect_str_eq(flaws.items[1].text, "There is no field “qwertz”");
	cr_expect(flaws.items[1].line == 2 && flaws.items[1].column == 7);
}

Test(program, a_name_without_fallback_before_a_mark_is_warned_of) {
	ARENA_AUTO arena = arena_new();
	struct flaws flaws;
	cr_assert(compile(arena, FORM_HTML,
	                  "Hi {{first_name}},{% if first_name %} {{first_name}},{% endif %} {{first_name|default:\"x\"}},",
	                  &flaws));
	cr_assert_eq(flaws.count, 1);
	cr_expect_str_eq(flaws.items[0].text, "Without a value, “,” stands alone here: write {{first_name|default:\"…\"}}");
}

Test(program, missing_values_are_seen) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	struct flaws flaws;
	const struct program
		*program = compile(arena, FORM_HTML,
	                       "{{city}}{{company|default:\"x\"}}{{first_name}}{% if shop %}{{usage}}{% endif %}", &flaws);
	struct rendering rendering = { values_of(arena, program, "{\"first_name\":\"A\"}"), at("2026-11-27T10:00:00Z"),
		                           NULL, NULL };
	unsigned char seen[5] = { 0 };
	cr_assert_eq(program_names(program).count, 5);
	cr_assert(program_render(program, &rendering, seen, &out, &err));
	cr_expect_eq(seen[0], SEEN_EMPTY | SEEN_BARE);
	cr_expect_eq(seen[1], SEEN_EMPTY);
	cr_expect_eq(seen[2], 0);
	cr_expect_eq(seen[3], 0, "a condition asks, it writes nothing");
	cr_expect_eq(seen[4], 0, "in a branch that is not rendered");
}

/* old: each of 245,000 openings was searched on by itself: 7 s of a worker at each look at the content. */
Test(program, openings_without_end_are_not_all_looked_for) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO many = { 0 };
	struct flaws flaws;
	struct tag tag;
	int looked = 0;
	for (int i = 0; i < 10000; i++)
		buf_text_add(&many, "{{{");
	flaws_begin(&flaws, arena);
	for (size_t from = 0; from < many.size; from = tag.to, looked++)
		cr_assert_not(tag_find(buf_text(&many), many.size, from, SOURCE_HTML, &tag, &flaws));
	cr_expect(flaws.count == FLAWS_MAX && looked <= FLAWS_MAX + 1, "%d", looked);
}

Test(program, limits) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO deep = { 0 };
	BUF_AUTO brackets = { 0 };
	BUF_AUTO many = { 0 };
	struct flaws flaws;
	for (int i = 0; i < 1000; i++)
		buf_text_add(&deep, "{% if city %}");
	cr_expect_str_eq(rendered(arena, FORM_HTML, buf_text(&deep), "{}"),
	                 "1:651 Conditions are nested more than 50 deep");
	cr_assert_not(compile(arena, FORM_HTML, buf_text(&deep), &flaws));
	cr_expect_eq(flaws.count, 1);
	buf_text_add(&brackets, "{% if ");
	for (int i = 0; i < 150; i++)
		buf_char(&brackets, '(');
	buf_text_add(&brackets, "city %}{% endif %}");
	cr_expect(strstr(rendered(arena, FORM_HTML, buf_text(&brackets), "{}"), "Brackets are nested more than 30 deep"));
	for (int i = 0; i <= SOURCE_TAGS_MAX; i++)
		buf_text_add(&many, "{{city}}");
	cr_expect(strstr(rendered(arena, FORM_HTML, buf_text(&many), "{}"), "More than 20000 fields"));
	buf_reset(&many);
	for (int i = 0; i <= SOURCE_NAMES_MAX; i++)
		buf_print(&many, "{{n%d}}", i);
	cr_assert_not(compile(arena, FORM_HTML, buf_text(&many), &flaws));
	cr_expect_str_eq(flaws.items[flaws.count - 1].text, "More than 500 different fields",
	                 "%s: an error is said, however many warnings there are", flaws.items[flaws.count - 1].text);
	buf_reset(&many);
	while (many.size <= SOURCE_BYTES_MAX)
		buf_text_add(&many, "0123456789abcdef");
	cr_expect(strstr(rendered(arena, FORM_HTML, buf_text(&many), "{}"), "More than 5 MB"));
}

Test(program, a_value_is_cut_and_a_mail_is_bounded) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO value = { 0 };
	BUF_AUTO source = { 0 };
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	struct flaws flaws;
	for (int i = 0; i < 5000; i++)
		buf_text_add(&value, "ü");
	struct value *text = value_text(arena, buf_text(&value));
	const struct value *values[] = { text };
	struct rendering rendering = { values, at("2026-11-27T10:00:00Z"), NULL, NULL };
	cr_assert(program_render(compile(arena, FORM_HTML, "{{city}}", &flaws), &rendering, NULL, &out, &err));
	cr_expect_eq(out.size, VALUE_BYTES_MAX);
	cr_expect(text_is_utf8(out.bytes, out.size));
	for (int i = 0; i < 10000; i++)
		buf_text_add(&source, "{{city}}");
	cr_expect_not(program_render(compile(arena, FORM_HTML, buf_text(&source), &flaws), &rendering, NULL, &out, &err));
	cr_expect_eq(err.kind, ERROR_TOO_LARGE);
}

Test(program, the_pixel_stands_after_body) {
	ARENA_AUTO arena = arena_new();
	static const char *const sources[][2] = { { "<html><body class=\"a\"><p>x", "<html><body class=\"a\">[pixel]<p>x" },
		                                      { "{% if city %}a{% endif %}b", "[pixel]b" } };
	for (size_t i = 0; i < 2; i++) {
		BUF_AUTO out = { 0 };
		struct error err = ERROR_INIT;
		struct flaws flaws;
		const struct program *program = compile(arena, FORM_HTML, sources[i][0], &flaws);
		struct rendering rendering = { values_of(arena, program, "{}"), at("2026-11-27T10:00:00Z"), NULL, "[pixel]" };
		cr_assert(program_render(program, &rendering, NULL, &out, &err));
		cr_expect_str_eq(buf_text(&out), sources[i][1]);
	}
}
