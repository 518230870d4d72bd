/* HTML as plain text. */
#include "content_support.h"

#include "content/plain.h"

static void check(bool tags, const char *const rows[][2], size_t count) {
	for (size_t i = 0; i < count; i++) {
		ARENA_AUTO arena = arena_new();
		const char *got = content_plain(rows[i][0], strlen(rows[i][0]), tags, arena);
		cr_expect_str_eq(got, rows[i][1], "%s\n  expected %s\n  got      %s", rows[i][0], rows[i][1], got);
	}
}
#define CHECK(tags, rows) check(tags, rows, sizeof(rows) / sizeof *(rows))

Test(plain, elements) {
	static const char *const rows[][2] = {
		{ "", "" },
		{ "  \n ", "" },
		{ "a\n  b\tc", "a b c\n" },
		{ "<h1>Spring  Sale</h1><p>Hello <b>you</b>.</p><p>Bye</p>",
		  "Spring Sale\n===========\n\nHello you.\n\nBye\n" },
		{ "<h2>Two</h2>text<h3>Three</h3>", "Two\n---\n\ntext\n\nThree\n" },
		{ "a<br>b<br/><br>c<br><br><br>d", "a\nb\n\nc\n\nd\n" },
		{ "<div>a</div><div><div>b</div></div>c", "a\nb\nc\n" },
		{ "<p>a</p><hr><p>b</p>", "a\n\n----------\n\nb\n" },
		{ "<ul><li>one</li><li><p>two</p><ol><li>x<li>y</ol></li></ul>after",
		  "- one\n- two\n\n  1. x\n  2. y\n\nafter\n" },
		{ "<p>List:</p><ol><li>one<li>two</ol>", "List:\n\n1. one\n2. two\n" },
		{ "<table><tr><th>Item<th>Price</tr><tr><td>Oak <b>table</b></td><td>5&nbsp;€</td></tr></table>",
		  "Item | Price\nOak table | 5 €\n" },
		{ "<table><tr><td><p>left</p></td><td><p>right</p></td></tr></table>", "left\n\nright\n" },
		{ "<table><tr><td>a<tr><td>&nbsp;<tr><td>&nbsp;&nbsp;</td></tr><tr><td>b</table>", "a\nb\n" },
		{ "<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb\n" },
		{ "<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n>\n> b\n\nc\n" },
		{ "<pre>a\n  b</pre>", "a\n  b\n" },
		{ "R&amp;D &lt;b&gt; &euro;5 &#8364;6 &hellip;", "R&D <b> €5 €6 …\n" },
		{ "<p>a<script>x()</script><style>p{}</style><!-- c --><title>t</title></p>", "a\n" },
		{ "<!--[if mso]><p>outlook</p><![endif]--><!--[if !mso]><!--><p>others</p><!--<![endif]-->", "others\n" },
		{ "<head><title>T</title><meta charset=utf-8></head><body>b</body>", "b\n" },
		{ "<div style=\"display: none;max-height:0\">pre<div>x</div>header</div><p>a</p>", "a\n" },
		{ "<span hidden>x</span><div class=\"my-preheader\">y</div><img hidden alt=\"z\">a", "a\n" },
		{ "a&shy;b\u200bc\ufeff", "abc\n" },
		{ "1 < 2 & 3 {{x}}", "1 < 2 & 3 {{x}}\n" },
	};
	CHECK(false, rows);
}

Test(plain, links_and_images) {
	static const char *const rows[][2] = {
		/* H-C6 */
		{ "<img src=\"https://i.example/a.png\" alt=\"Logo\"><a href=\"https://x.example\">Go</a>",
		  "LogoGo (https://x.example)\n" },
		{ "<p>See <a href=\"https://x.example/?a=1&amp;b=2\">our page</a>.</p>",
		  "See our page (https://x.example/?a=1&b=2).\n" },
		{ "<a href=\"https://x.example/\">https://x.example</a> <a href=\"https://y.example\">y.example</a>",
		  "https://x.example y.example\n" },
		{ "<a href=\"mailto:a@b.example\">a@b.example</a> <a href=\"tel:+49123\">call</a>",
		  "a@b.example call (tel:+49123)\n" },
		{ "<a href=\"#top\">up</a> <a href=\"\">x</a> <a name=\"y\">y</a> <a href=\"javascript:alert(1)\">z</a>",
		  "up x y z\n" },
		{ "<a href=\"https://x.example\"><img src=\"a.png\"></a>", "https://x.example\n" },
		{ "<a href=\"https://x.example\"><img src=\"a.png\" alt=\"Shop &amp; more\"></a>",
		  "Shop & more (https://x.example)\n" },
		{ "<img src=\"a.png\"><img src=\"b.png\" alt=\"\">a", "a\n" },
	};
	CHECK(false, rows);
}

Test(plain, tags_stay_tags) {
	static const char *const rows[][2] = {
		{ "<p>Hi {{first_name|default:&quot;there&quot;}},</p>", "Hi {{first_name|default:\"there\"}},\n" },
		{ "<p>Hello</p>{% if city %}<p>a &amp; b</p>{% else %}<p>c</p>{% endif %}<p>Bye</p>",
		  "Hello\n\n{% if city %}a & b\n\n{% else %}c\n\n{% endif %}Bye\n" },
		{ "Hi {% if city %}{{city}}{% endif %}!", "Hi {% if city %}{{city}}{% endif %}!\n" },
		{ "<a href=\"{{unsubscribe_url}}\">Unsubscribe</a>", "Unsubscribe ({{unsubscribe_url}})\n" },
		{ "<a href=\"https://x.example/{{city}}?a&amp;b\">x</a>", "x (https://x.example/{{city}}?a&b)\n" },
		{ "&#123;&#123;x}} {a} <p>{{\"{{\"}}", "{{\"{\"}}{{\"{\"}}x}} {{\"{\"}}a}\n\n{{\"{{\"}}\n" },
		{ "<td{% if city %} class=\"a\"{% endif %}>{{city}}</td>", "{{city}}\n" },
		{ "<div hidden>{% if city %}x{{city}}{% endif %}</div>a", "{% if city %}{% endif %}a\n" },
		{ "<img alt=\"{{city}} &amp; co\">", "{{city}} & co\n" },
	};
	CHECK(true, rows);
}

/* The text of a source, rendered, is what the rendered HTML gives as text. */
Test(plain, of_the_source_and_of_the_mail_are_one_text) {
	static const char
		sale[] = "<h1>Sale</h1><p>Hi {{first_name|default:\"you\"}}, <a href=\"https://x.example/?c={{city}}\">go</a>"
				 "</p>{% if city %}<p>In {{city}}</p>{% endif %}<ul><li>a</li></ul>";
	static const char *const sources[] = {
		sale,
		"<p>a</p>{% if company %}<p>b</p>{% else %}<p>c</p>{% endif %}<p>d</p>",
		"<table><tr><td>a</td>{% if city %}<td>b</td>{% endif %}</tr></table>",
	};
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		ARENA_AUTO arena = arena_new();
		const char *json = "{\"city\":\"Rome\",\"first_name\":\"Ana\"}";
		const char *mail = rendered(arena, FORM_HTML, sources[i], json);
		const char *source = content_plain(sources[i], strlen(sources[i]), true, arena);
		cr_expect_str_eq(rendered(arena, FORM_PLAIN, source, json), content_plain(mail, strlen(mail), false, arena));
	}
}

Test(plain, lines_are_wrapped_but_addresses_are_not) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO html = { 0 };
	buf_text_add(&html, "<p>");
	for (int i = 0; i < 100; i++)
		buf_text_add(&html, "wörd ");
	buf_text_add(&html, "</p><ul><li>");
	for (int i = 0; i < 40; i++)
		buf_text_add(&html, "word ");
	buf_text_add(&html, "</ul><a href=\"https://x.example/");
	for (int i = 0; i < 200; i++)
		buf_char(&html, 'a');
	buf_text_add(&html, "\">link</a>");
	const char *text = content_plain(buf_text(&html), html.size, false, arena);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		size_t size = strcspn(line, "\n");
		cr_expect(text_length(arena_copy_bytes(arena, line, size)) <= PLAIN_COLUMNS ||
		              strstr(line, "https") == line + 1,
		          "%.*s", (int)size, line);
	}
	cr_expect(strstr(text, "\n  word"), "a list's lines are indented");
	cr_expect(strstr(text, "aaaa)\n"));
}

Test(plain, broken_html_gives_text) {
	static const char *const sources[] = { "</p></ul></a></blockquote></pre>a",
		                                   "<ul><ul><ul><ul><ul><ul><ul><ul><ul><ul><ul><ul><li>a</ul></ul>b",
		                                   "<p",
		                                   "<a href=\"https://x.example\">a<a href=\"https://y.example\">b",
		                                   "<div hidden>a",
		                                   "<li>a",
		                                   "<" };
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		ARENA_AUTO arena = arena_new();
		cr_expect(content_plain(sources[i], strlen(sources[i]), false, arena));
	}
}
