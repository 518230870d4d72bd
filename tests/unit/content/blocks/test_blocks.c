/* Designs read, checked and written as HTML. */
#include <criterion/criterion.h>
#include <string.h>

#include "content/blocks/blocks.h"
#include "content/blocks/prose.h"
#include "content/plain.h"
#include "content/program.h"
#include "unit/support.h"

static struct design read_design(struct arena *arena, const char *json, struct problems *problems) {
	struct design design;
	struct error err = ERROR_INIT;
	bool fine = design_read(json, strlen(json), arena, &design, problems, &err);
	cr_assert_eq(fine, problems->count == 0 && err.kind == ERROR_NONE, "%s: %s", json, err.text);
	return design;
}

static const char *block_json(struct arena *arena, const char *block) {
	return arena_print(arena, "{\"blocks\":[%s]}", block);
}

Test(blocks, what_is_wrong_is_named_by_its_path) {
	static const char *const cases[][3] = {
		{ "{\"type\":\"text\",\"text\":7,\"size\":\"huge\"}", "blocks[0].size", "none of the choices" },
		{ "{\"type\":\"marquee\"}", "blocks[0].type", "not a block type" },
		{ "{\"text\":\"x\"}", "blocks[0].type", "not a block type" },
		{ "{\"type\":\"text\",\"colour\":\"red\"}", "blocks[0].colour", "unknown" },
		{ "{\"type\":\"text\",\"items\":[]}", "blocks[0].items", "unknown" },
		{ "{\"type\":\"text\",\"text\":[]}", "blocks[0].text", "must be a text" },
		{ "{\"type\":\"spacer\",\"height\":4000}", "blocks[0].height", "from 4 to 120" },
		{ "{\"type\":\"columns\",\"items\":[{}]}", "blocks[0].items", "2 to 3" },
		{ "{\"type\":\"columns\",\"items\":[{},7]}", "blocks[0].items[1]", "must be an object" },
		{ "{\"type\":\"products\",\"items\":[{\"cost\":1}]}", "blocks[0].items[0].cost", "unknown" },
		{ "\"x\"", "blocks[0]", "must be an object" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ARENA_AUTO arena = arena_new();
		struct problems problems = { 0 };
		(void)read_design(arena, block_json(arena, cases[i][0]), &problems);
		const char *text = problems_of(&problems, cases[i][1]);
		cr_assert(text && strstr(text, cases[i][2]), "%s: %s", cases[i][0], problems_text(&problems, arena));
	}
}

Test(blocks, limits_and_themes_are_strict) {
	static const char *const cases[][2] = {
		{ "{\"blocks\":[],\"extra\":1}", "extra" },
		{ "{\"blocks\":{}}", "blocks" },
		{ "{}", "blocks" },
		{ "{\"blocks\":[],\"theme\":{\"brand\":\"red\"}}", "theme.brand" },
		{ "{\"blocks\":[],\"theme\":{\"font\":\"comic\"}}", "theme.font" },
		{ "{\"blocks\":[],\"theme\":{\"width\":2000}}", "theme.width" },
		{ "{\"blocks\":[],\"theme\":{\"glow\":1}}", "theme.glow" },
		{ "{\"blocks\":[],\"theme\":[]}", "theme" },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct problems problems = { 0 };
		(void)read_design(arena, cases[i][0], &problems);
		cr_assert(problems_of(&problems, cases[i][1]), "%s: %s", cases[i][0], problems_text(&problems, arena));
	}
	BUF_AUTO many = { 0 };
	struct problems problems = { 0 };
	buf_text_add(&many, "{\"type\":\"divider\"}");
	for (int i = 0; i < BLOCKS_MAX; i++)
		buf_text_add(&many, ",{\"type\":\"divider\"}");
	(void)read_design(arena, block_json(arena, buf_text(&many)), &problems);
	cr_assert(strstr(problems_of(&problems, "blocks"), "61 blocks"));
}

Test(blocks, what_is_read_is_written_and_read_again) {
	ARENA_AUTO arena = arena_new();
	struct problems problems = { 0 };
	BUF_AUTO once = { 0 };
	BUF_AUTO twice = { 0 };
	for (int i = 0; i < BLOCK_TYPE_COUNT; i++) {
		struct block block = block_fresh((enum block_type)i);
		struct design design = { .theme = theme_usual, .blocks = &block, .count = 1 };
		buf_reset(&once);
		buf_reset(&twice);
		design_write(&design, &once);
		struct design again = read_design(arena, buf_text(&once), &problems);
		design_write(&again, &twice);
		cr_assert_str_eq(buf_text(&once), buf_text(&twice));
	}
}

static const char *prose(struct arena *arena, const char *text) {
	static const struct prose_style style = { "p", "u", "a" };
	BUF_AUTO out = { 0 };
	prose_html(text, &style, &out);
	return arena_copy(arena, buf_text(&out));
}

Test(blocks, paragraphs_lists_and_marks) {
	static const char *const cases[][2] = {
		{ "a\nb\n\nc", "<p style=\"p\">a<br>b</p>\n<p style=\"p\">c</p>\n" },
		{ "**a** *b* 2 * 3 ** 4", "<p style=\"p\"><strong>a</strong> <em>b</em> 2 * 3 ** 4</p>\n" },
		{ "**a *b* c**", "<p style=\"p\"><strong>a <em>b</em> c</strong></p>\n" },
		{ "[a] [b](c d) [e](f) [g",
		  "<p style=\"p\">[a] [b](c d) <a class=\"l\" href=\"f\" style=\"a\">e</a> [g</p>\n" },
		{ "[a](b)[c](d", "<p style=\"p\"><a class=\"l\" href=\"b\" style=\"a\">a</a>[c](d</p>\n" },
		{ "[a](b{{x}} [c](d)", "<p style=\"p\">[a](b{{x}} <a class=\"l\" href=\"d\" style=\"a\">c</a></p>\n" },
		{ "[a](b{{x y}}) {{ [c](d)", "<p style=\"p\"><a class=\"l\" href=\"b{{x y}}\" style=\"a\">a</a> {{ <a "
		                             "class=\"l\" href=\"d\" style=\"a\">c</a></p>\n" },
		{ "[x & y](https://a.example/?b=1&c=2)",
		  "<p style=\"p\"><a class=\"l\" href=\"https://a.example/?b=1&amp;c=2\" style=\"a\">x &amp; y</a></p>\n" },
		{ "[x](a b) [y]() []", "<p style=\"p\">[x](a b) [y]() []</p>\n" },
		{ "- a\n- b\n1. c",
		  "<ul style=\"u\"><li style=\"margin:0 0 4px\">a</li><li style=\"margin:0 0 4px\">b</li></ul>\n"
		  "<ol style=\"u\"><li style=\"margin:0 0 4px\">c</li></ol>\n" },
		{ "{{a|default:\"*b*\"}}", "<p style=\"p\">{{a|default:&quot;*b*&quot;}}</p>\n" },
		{ "{% if a %}\nb\n{% endif %}", "{% if a %}<p style=\"p\">b</p>\n{% endif %}" },
		{ "**a {% if b %}c** d{% endif %}", "<p style=\"p\">**a {% if b %}c** d{% endif %}</p>\n" },
		{ "<b>&amp;", "<p style=\"p\">&lt;b&gt;&amp;amp;</p>\n" },
		{ "a\r\nb", "<p style=\"p\">a<br>b</p>\n" },
		{ "[x](https://a.example/{{id}}/z)",
		  "<p style=\"p\"><a class=\"l\" href=\"https://a.example/{{id}}/z\" style=\"a\">x</a></p>\n" },
		{ "{{ open", "<p style=\"p\">{{ open</p>\n" },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_assert_str_eq(prose(arena, cases[i][0]), cases[i][1], "%s gives %s", cases[i][0], prose(arena, cases[i][0]));
}

/* The problem, or warning, of a block under the path. */
static void check(const char *block, const char *path, const char *problem, const char *warning) {
	ARENA_AUTO arena = arena_new();
	struct problems problems = { 0 }, warnings = { 0 };
	struct design design = read_design(arena, block_json(arena, block), &problems);
	design_check(&design, &standard_names, arena, &problems, &warnings);
	const char *told = problems_of(&problems, path), *warned = problems_of(&warnings, path);
	cr_assert(problem ? told && strstr(told, problem) : !told, "%s: %s", block, told);
	cr_assert(warning ? warned && strstr(warned, warning) : !warned, "%s: %s", block, warned);
}

Test(blocks, content_is_checked_by_field) {
	check("{\"type\":\"text\"}", "blocks[0].text", "missing", NULL);
	check("{\"type\":\"text\",\"text\":\"{% if email %}b\"}", "blocks[0].text", "endif", NULL);
	check("{\"type\":\"text\",\"text\":\"{{frist_name}}\"}", "blocks[0].text", NULL, "first_name");
	check("{\"type\":\"text\",\"text\":\"[x](javascript:alert(1))\"}", "blocks[0].text", "https://", NULL);
	check("{\"type\":\"button\",\"text\":\"x\",\"href\":\"javascript:alert(1)\"}", "blocks[0].href", "https://", NULL);
	check("{\"type\":\"button\",\"text\":\"x\",\"href\":\"/offer\"}", "blocks[0].href", "in full", NULL);
	check("{\"type\":\"button\",\"text\":\"x\",\"href\":\"http://a.example\"}", "blocks[0].href", NULL, "http://");
	check("{\"type\":\"button\",\"text\":\"x\",\"href\":\"https://a.example/{{email}}\"}", "blocks[0].href", NULL,
	      NULL);
	check("{\"type\":\"button\",\"text\":\"x\",\"href\":\"{{unsubscribe_url}}\"}", "blocks[0].href", NULL, NULL);
	check("{\"type\":\"button\",\"text\":\"x\",\"href\":\"mailto:a@b.example\"}", "blocks[0].href", NULL, NULL);
	check("{\"type\":\"image\",\"src\":\"picture.png\",\"alt\":\"x\"}", "blocks[0].src", "in full", NULL);
	check("{\"type\":\"image\",\"src\":\"data:image/svg+xml,<svg/>\",\"alt\":\"x\"}", "blocks[0].src", "in full", NULL);
	check("{\"type\":\"image\",\"src\":\"https://a.example/p.png\"}", "blocks[0].alt", NULL, "alt text");
	check("{\"type\":\"divider\",\"only_if\":\"location = \"}", "blocks[0].only_if", "should stand", NULL);
	check("{\"type\":\"divider\",\"only_if\":\"a %}b{% if c\"}", "blocks[0].only_if", "only the condition", NULL);
	check("{\"type\":\"divider\",\"only_if\":\"location == \\\"Rome\\\"\"}", "blocks[0].only_if", NULL, NULL);
	check("{\"type\":\"columns\",\"items\":[{\"label\":\"x\"},{}]}", "blocks[0].items[0].href", "needs a link", NULL);
}

Test(blocks, text_that_cannot_be_read_is_refused) {
	ARENA_AUTO arena = arena_new();
	struct problems problems = { 0 }, warnings = { 0 };
	struct design design = read_design(arena, "{\"blocks\":[],\"theme\":{\"text\":\"#999\",\"surface\":\"#fff\"}}",
	                                   &problems);
	design_check(&design, &standard_names, arena, &problems, &warnings);
	cr_assert(strstr(problems_of(&problems, "theme.text"), "2.8"));
	cr_assert_float_eq(colour_contrast(0x000000, 0xffffff), 21, 1e-9);
	cr_assert_float_eq(colour_contrast(0x767676, 0xffffff), 4.54, 0.01);
	for (colour any = 0; any <= 0xffffff; any += 0x10307) {
		cr_assert_geq(colour_contrast(colour_on(any), any), 4.5, "%06x", any);
		cr_assert_geq(colour_contrast(colour_readable(any, 0xffffff), 0xffffff), 4.5);
		cr_assert_geq(colour_contrast(colour_readable(any, 0x18222e), 0x18222e), 4.5);
	}
}

static const char every_block[] =
	"{\"theme\":{\"logo\":\"https://a.example/l.png\",\"logo_alt\":\"ACME\"},\"blocks\":["
	"{\"type\":\"heading\",\"text\":\"Hello {{first_name|default:\\\"you\\\"}}\",\"band\":\"yes\",\"kicker\":\"New\"},"
	"{\"type\":\"text\",\"text\":\"One **two**\\n\\n- three\"},"
	"{\"type\":\"image\",\"src\":\"https://a.example/p.png\",\"alt\":\"A roof\",\"href\":\"https://a.example/roof\"},"
	"{\"type\":\"button\",\"text\":\"Go & see\",\"href\":\"https://a.example/?a=1&b=2\",\"only_if\":\"company == "
	"\\\"A\\\"\"},"
	"{\"type\":\"columns\",\"items\":[{\"title\":\"L\",\"image\":\"https://a.example/"
	"l.png\",\"alt\":\"Left\"},{\"text\":\"R\"}]},"
	"{\"type\":\"divider\"},{\"type\":\"spacer\"},{\"type\":\"qr\",\"title\":\"15 % off\"},"
	"{\"type\":\"social\",\"items\":[{\"network\":\"x\",\"href\":\"https://x.com/a\"}]},"
	"{\"type\":\"products\",\"items\":[{\"title\":\"Lamp\",\"price\":\"€4\",\"label\":\"Look\",\"href\":\"https://"
	"a.example/lamp\"}]},"
	"{\"type\":\"footer\",\"text\":\"Because.\",\"address\":\"1 Road\"}]}";

Test(blocks, every_block_is_html_that_compiles_and_reads_as_text) {
	ARENA_AUTO arena = arena_new();
	struct problems problems = { 0 }, warnings = { 0 };
	BUF_AUTO html = { 0 };
	struct flaws flaws;
	struct design design = read_design(arena, every_block, &problems);
	design_check(&design, &standard_names, arena, &problems, &warnings);
	cr_assert(problems.count == 0 && warnings.count == 0, "%s %s", problems_text(&problems, arena),
	          problems_text(&warnings, arena));
	design_html(&design, "Subject {{first_name}}", "Before {{first_name}}", &html);
	flaws_begin(&flaws, arena);
	struct program *program = content_compile(buf_text(&html), html.size, FORM_HTML, &standard_names, &flaws);
	cr_assert(program && flaws.count == 0, "%d:%d %s", flaws.items[0].line, flaws.items[0].column, flaws.items[0].text);
	cr_assert_eq(program_links(program).tracked, 4, "%d", program_links(program).tracked);
	cr_assert_lt(html.size, 20000);
	const char *text = content_plain(buf_text(&html), html.size, true, arena);
	static const char *const lines[] = { "Hello {{first_name|default:\"you\"}}",
		                                 "A roof (https://a.example/roof)",
		                                 "Go & see (https://a.example/?a=1&b=2)",
		                                 "{% if company == \"A\" %}",
		                                 "{{short_code}}",
		                                 "Unsubscribe ({{unsubscribe_url}})",
		                                 "X (https://x.com/a)",
		                                 "1 Road" };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		cr_assert(strstr(text, lines[i]), "%s is missing in\n%s", lines[i], text);
	cr_assert(!strstr(text, "Before"), "%s", text);
}

Test(blocks, the_largest_design_stays_below_what_gmail_clips) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO html = { 0 };
	struct block blocks[BLOCKS_MAX];
	for (int i = 0; i < BLOCKS_MAX; i++)
		blocks[i] = block_fresh((enum block_type)(i % BLOCK_TYPE_COUNT));
	struct design design = { .theme = theme_usual, .blocks = blocks, .count = BLOCKS_MAX };
	design_html(&design, "S", "P", &html);
	cr_assert_lt(html.size, 75000, "%zu", html.size);
}

Test(blocks, a_button_in_full) {
	ARENA_AUTO arena = arena_new();
	struct problems problems = { 0 };
	BUF_AUTO html = { 0 };
	struct design
		design = read_design(arena,
	                         block_json(arena, "{\"type\":\"button\",\"text\":\"Go\",\"href\":\"https://a.example\"}"),
	                         &problems);
	design_html(&design, "S", NULL, &html);
	static const char
		golden[] = "<tr><td align=\"left\" style=\"text-align:left;padding:8px 32px 16px\"><table "
				   "role=\"presentation\" border=\"0\" cellpadding=\"0\" "
				   "cellspacing=\"0\" align=\"left\" style=\"border-collapse:separate\"><tr><td align=\"center\" "
				   "bgcolor=\"#0b57b5\" class=\"bt\" "
				   "style=\"mso-padding-alt:13px 24px;border-radius:6px;background-color:#0b57b5\"><a class=\"b\" "
				   "href=\"https://a.example\" "
				   "style=\"display:inline-block;padding:13px "
				   "24px;font-size:16px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none\">"
				   "Go</a></td></tr></table></td></tr>\n";
	cr_assert(strstr(buf_text(&html), golden), "%s", buf_text(&html));
}

/* old: each opening was looked for up to the end of the text: a subject of 200,000 held a worker until it was ended. */
Test(blocks, prose_made_to_be_work_is_read_once, .timeout = 60) {
	static const char *const pieces[] = { "{{",     "{%",   "{",       "[",      "[a](", "[a]( ",  "*",
		                                  "**",     "**a ", "*a ",     "\n",     "- ",   "x",      "[[](",
		                                  "[{{a}}", "}}",   "{{a}}{{", "1. a\n", "%}",   "[a](b\n" };
	static const char *const lasts[] = { "", "}}", "%}", "](", "](b)", "](b c)", ")", "*", "**", "\n" };
	const struct prose_style style = { "", "", "" };
	enum { MANY = 50000 };
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
		for (size_t k = 0; k < sizeof lasts / sizeof *lasts; k++) {
			BUF_AUTO text = { 0 };
			BUF_AUTO html = { 0 };
			for (int n = 0; n < MANY; n++)
				buf_text_add(&text, pieces[i]);
			buf_text_add(&text, lasts[k]);
			prose_html(buf_text(&text), &style, &html);
			prose_line(buf_text(&text), &html);
			cr_expect_gt(html.size, 0);
		}
}
