/* The official mustache tests: core modules, and the optional inheritance and dynamic names. */
#include <criterion/criterion.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/formats/json.h"
#include "core/formats/mustache.h"

static const char *const modules[] = { "comments", "delimiters", "interpolation",  "inverted",
	                                   "partials", "sections",   "~dynamic-names", "~inheritance" };

static const char *load(void *context, struct arena *arena, const char *name) {
	const struct value *test = context;
	(void)arena;
	if (strcmp(name, "the template") == 0)
		return value_get_text(test, "template");
	return value_get_text(value_get(test, "partials"), name);
}

static bool passes(const char *module, const struct value *test) {
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	struct templates *templates = templates_new(load, (void *)(uintptr_t)test);
	const struct value *data = value_get(test, "data");
	bool fine = templates_render(templates, "the template", data, &out, &err) &&
	            strcmp(buf_text(&out), value_get_text(test, "expected")) == 0;
	if (!fine)
		fprintf(stderr, "%s / %s: %s\n  expected %s\n  got      %s\n", module, value_get_text(test, "name"), err.text,
		        value_get_text(test, "expected"), buf_text(&out));
	templates_free(templates);
	return fine;
}

Test(mustache, official_cases) {
	const char *folder = g_getenv("MUSTACHE_SPEC");
	int failed = 0, passed = 0;
	if (!folder)
		cr_skip_test("MUSTACHE_SPEC names no folder");
	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
		ARENA_AUTO arena = arena_new();
		struct error err = ERROR_INIT;
		struct value *root;
		gsize size;
		g_autofree char *text = NULL, *path = g_strdup_printf("%s/%s.json", folder, modules[i]);
		if (!g_file_get_contents(path, &text, &size, NULL))
			continue;
		cr_assert(json_read(arena, text, size, &root, &err), "%s: %s", path, err.text);
		const struct value *tests = value_get(root, "tests");
		for (const struct value *test = tests->first; test; test = test->next)
			*(passes(modules[i], test) ? &passed : &failed) += 1;
	}
	fprintf(stderr, "mustache: %d cases pass, %d fail\n", passed, failed);
	cr_expect(passed >= 100, "only %d cases were found", passed);
	cr_expect(failed == 0, "%d cases fail", failed);
}

static const char *page(void *context, struct arena *arena, const char *name) {
	(void)arena;
	return strcmp(name, "page") == 0 ? context : strcmp(name, "part") == 0 ? "\n\n{{deep}}" : NULL;
}

struct texts {
	const char *page, *part;
};

static const char *page_or_part(void *context, struct arena *arena, const char *name) {
	const struct texts *texts = context;
	(void)arena;
	return strcmp(name, "page") == 0 ? texts->page : texts->part;
}

/* The output of the template for {"here": 1, "none": null, "few": {"this": "x"}, "rows": [{"cell": 2}]}, or why it
 * fails. */
static const char *strictly(struct arena *arena, const char *source) {
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	struct value *data = value_map(arena);
	value_put_int(data, "here", 1);
	value_put_text(data, "none", NULL);
	value_put_text(value_put(data, "few", value_map(arena)), "this", "x");
	data->last->sparse = true;
	struct value *rows = value_put(data, "rows", value_list(arena));
	value_put_int(value_push(rows, value_map(arena)), "cell", 2);
	struct templates *templates = templates_new(page, (void *)(uintptr_t)source);
	templates_set_strict(templates);
	bool fine = templates_render(templates, "page", data, &out, &err);
	templates_free(templates);
	cr_expect(fine || err.kind == ERROR_FAULT);
	return arena_copy(arena, fine ? buf_text(&out) : err.text);
}

Test(mustache, strict_names_what_is_not_there) {
	static const char *const fine[][2] = { { "{{here}}", "1" },
		                                   { "{{#rows}}{{cell}}{{here}}{{/rows}}", "21" },
		                                   { "{{few.this}}{{#few.that}}y{{/few.that}}{{few.that.member}}", "x" },
		                                   { "{{none}}{{#none.member}}{{absent}}{{/none.member}}{{^none}}-{{/none}}",
		                                     "-" } };
	static const char *const bad[][2] = {
		{ "\n{{absent}}", "template page, line 2: nothing in the data has the name 'absent'" },
		{ "{{#absent}}x{{/absent}}", "template page, line 1: nothing in the data has the name 'absent'" },
		{ "{{^absent}}x{{/absent}}", "template page, line 1: nothing in the data has the name 'absent'" },
		{ "{{here.member}}", "template page, line 1: nothing in the data has the name 'here.member'" },
		{ "{{#here}}\n\n{{#rows}}\n{{celt}}{{/rows}}{{/here}}",
		  "template page, line 4: nothing in the data has the name 'celt'" },
		{ "{{>part}}", "template part, line 3: nothing in the data has the name 'deep'" },
		{ "{{>*here}}{{>*name}}", "template page, line 1: nothing in the data has the name 'name'" },
		{ "\n\n{{>other}}", "template page, line 3: there is no template 'other'" },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		cr_expect_str_eq(strictly(arena, fine[i][0]), fine[i][1], "%s", fine[i][0]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_str_eq(strictly(arena, bad[i][0]), bad[i][1], "%s: %s", bad[i][0], strictly(arena, bad[i][0]));
}

/* `part` is the text of any partial. Data: {"rows": [1, … 20 of them], "deep": {"deep": …}} */
static bool renders(const char *source, const char *part, struct error *err, size_t *size) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	const struct texts texts = { source, part };
	struct value *data = value_map(arena), *rows = value_put(data, "rows", value_list(arena));
	for (int i = 0; i < 20; i++)
		value_put_int(value_push(rows, value_map(arena)), "cell", i);
	struct templates *templates = templates_new(page_or_part, (void *)(uintptr_t)&texts);
	bool fine = templates_render(templates, "page", data, &out, err);
	*size = out.size;
	templates_free(templates);
	return fine;
}

/* What a template costs is limited, whatever it multiplies: rows by rows, partials by partials, blocks by parents. */
Test(mustache, a_template_that_multiplies_is_refused, .timeout = 20) {
	static const char *const greedy[][2] = {
		{ "{{#rows}}{{#rows}}{{#rows}}{{#rows}}{{#rows}}{{#rows}}{{#rows}}{{#rows}}{{/rows}}{{/rows}}{{/rows}}{{/"
		  "rows}}{{/"
		  "rows}}{{/rows}}{{/rows}}{{/rows}}",
		  "" },
		{ "{{>p}}", "{{>p}}{{>p}}" },
		{ "{{>p}}", "{{#rows}}{{>p}}{{/rows}}x" },
		{ "{{>p}}", "\n  {{>p}}\n {{>q}}\n   {{>r}}\n" },
		{ "{{<p}}{{$b}}xxxxxxxxxxxxxxxxxxxxxxxx{{/b}}{{/p}}", "{{$b}}{{/b}}{{<p}}{{$b}}{{>p}}{{/b}}{{/p}}{{>p}}" },
		{ "{{>p}}", "{{^a}}{{^b}}{{^c}}{{>p}}{{>p}}{{>p}}{{/c}}{{/b}}{{/a}}" },
		{ "{{>p}}", "{{a.b.c}}{{#rows}}{{nothing}}{{>p}}{{/rows}}" },
	};
	for (size_t i = 0; i < sizeof greedy / sizeof *greedy; i++) {
		struct error err = ERROR_INIT;
		size_t size;
		cr_expect(!renders(greedy[i][0], greedy[i][1], &err, &size) && err.kind == ERROR_INVALID, "%zu", i);
		cr_expect(strstr(err.text, "too much") || strstr(err.text, "deep"), "%zu: %s", i, err.text);
		cr_expect(size <= 70 * 1000 * 1000, "%zu: %zu bytes", i, size);
	}
}

Test(mustache, a_count_has_its_noun) {
	static const char *const counts[][2] = {
		{ "0", "0 campaigns, All 0; s" },
		{ "1", "1 campaign, The only one; " },
		{ "2", "2 campaigns, All 2; s" },
		{ "1,234", "1,234 campaigns, All 1,234; s" },
		{ "12345", "12,345 campaigns, All 12,345; s" },
	};
	ARENA_AUTO arena = arena_new();
	const char *source = "{{ n|# campaign|# campaigns }}, {{n|The only one|All #}}; {{n||s}}";
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		BUF_AUTO out = { 0 };
		struct error err = ERROR_INIT;
		struct value *data = value_map(arena);
		int64_t number;
		if (text_to_int(counts[i][0], 0, 99999, &number))
			value_put_int(data, "n", number);
		else
			value_put_text(data, "n", counts[i][0]);
		struct templates *templates = templates_new(page, (void *)(uintptr_t)source);
		cr_assert(templates_render(templates, "page", data, &out, &err), "%s", err.text);
		cr_expect_str_eq(buf_text(&out), counts[i][1]);
		templates_free(templates);
	}
}

/* Lines of an address end before what is escaped too, never within it, nor between the slashes of its scheme. */
Test(mustache, an_address_is_broken_between_its_parts) {
	static const char *const addresses[][2] = {
		{ "https://a.example/b/c?d=1&e=2", "https://<wbr>a.example/<wbr>b/<wbr>c<wbr>?d=1<wbr>&amp;e=2" },
		{ "a.example/", "a.example/" },
		{ "ines@a.example", "ines<wbr>@a.example" },
		{ "a.example/<odd>", "a.example/<wbr>&lt;odd&gt;" },
		{ "", "" },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		BUF_AUTO out = { 0 };
		struct error err = ERROR_INIT;
		struct value *data = value_map(arena);
		value_put_text(data, "v", addresses[i][0]);
		struct templates *templates = templates_new(page, (void *)(uintptr_t)"{{v|/}}");
		cr_assert(templates_render(templates, "page", data, &out, &err), "%s", err.text);
		cr_expect_str_eq(buf_text(&out), addresses[i][1]);
		templates_free(templates);
	}
}

/* A time that is not set is written as an empty text. */
Test(mustache, an_empty_text_is_absent) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	const char *source = "{{#at}} · sent {{at}}{{/at}}{{^at}}not sent{{/at}}";
	struct value *data = value_map(arena);
	value_put_text(data, "at", "");
	struct templates *templates = templates_new(page, (void *)(uintptr_t)source);
	cr_assert(templates_render(templates, "page", data, &out, &err), "%s", err.text);
	cr_expect_str_eq(buf_text(&out), "not sent");
	templates_free(templates);
}

static const char *with_turns(struct arena *arena, const char *source) {
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	struct value *data = value_map(arena);
	value_put_text(data, "v", "a\u202Eb\u2066c");
	value_put_text(data, "plain", "a\u200Fb\u2029\u00e2");
	struct templates *templates = templates_new(page, (void *)(uintptr_t)source);
	cr_assert(templates_render(templates, "page", data, &out, &err), "%s", err.text);
	templates_free(templates);
	return arena_copy(arena, buf_text(&out));
}

/* What people read is marked; what the browser sends back stays as it is stored. */
Test(mustache, no_value_turns_the_page_around) {
#define MARKED "a\uFFFDb\uFFFDc"
#define STORED "a\u202Eb\u2066c"
	static const char *const rows[][2] = {
		{ "<td>{{v}}</td>", "<td>" MARKED "</td>" },
		{ "{{plain}}", "a\u200Fb\u2029\u00e2" },
		{ "<a title=\"x {{v}}\">", "<a title=\"x " MARKED "\">" },
		{ "<input name=\"x\" value=\"{{v}}\">", "<input name=\"x\" value=\"" STORED "\">" },
		{ "<input value=\"x\" {{v}}>", "<input value=\"x\" " MARKED ">" },
		{ "<i data-value=\"{{v}}\">", "<i data-value=\"" MARKED "\">" },
		{ "<a href=\"/x?y={{v}}\">{{v}}</a>", "<a href=\"/x?y=" STORED "\">" MARKED "</a>" },
		{ "<textarea name=\"x\">{{v}}</textarea><p>{{v}}</p>",
		  "<textarea name=\"x\">" STORED "</textarea><p>" MARKED "</p>" },
		{ "{{v|# one|# many}}", MARKED " many" },
		{ "{{v|/}}", MARKED },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_str_eq(with_turns(arena, rows[i][0]), rows[i][1], "%s", rows[i][0]);
}
