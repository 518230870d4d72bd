/* What is proposed to whom. */
#include <criterion/criterion.h>

#include <string.h>

#include "core/formats/json.h"
#include "templates/recommendation.h"

static const char *interests(const char *json, struct arena *arena) {
	struct error err = ERROR_INIT;
	struct value *value;
	cr_assert(json_read(arena, json, strlen(json), &value, &err));
	const struct strings all = interests_of(value_get(value, "i"), arena);
	return strings_join(arena, &all, "|");
}

Test(recommendation, interests_are_read_from_texts_and_lists) {
	ARENA_AUTO arena = arena_new();
	static const char *const cases[][2] = {
		{ "{\"i\":\"AI, ML\"}", "ai|ml" },
		{ "{\"i\":\" Solar ;heat pumps,, SOLAR\\n\"}", "solar|heat pumps" },
		{ "{\"i\":[\"Solar\",\"Flats, ÖFEN\",7]}", "solar|flats|öfen" },
		{ "{\"i\":\"\"}", "" },
		{ "{\"i\":7}", "" },
		{ "{}", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_str_eq(interests(cases[i][0], arena), cases[i][1]);
}

#define FOR(...) { (const char *[]){ __VA_ARGS__ }, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *) }

Test(recommendation, most_in_common_first_and_three_at_most) {
	ARENA_AUTO arena = arena_new();
	struct recommendation items[] = {
		{ .title = "One", .url = "https://a.example/1", .interests = FOR("solar") },
		{ .title = "Two", .url = "https://a.example/2", .interests = FOR("solar", "flats") },
		{ .title = "Off", .url = "https://a.example/3", .interests = FOR("solar", "flats"), .is_paused = true },
		{ .title = "Heat", .url = "https://a.example/4", .interests = FOR("heating") },
		{ .title = "Three", .url = "https://a.example/5", .interests = FOR("flats") },
		{ .title = "Four", .url = "https://a.example/6", .interests = FOR("flats") },
	};
	const struct rows all = { items, sizeof items / sizeof *items };
	const struct strings both = FOR("solar", "flats"), none = { 0 }, other = FOR("cars");
	const char *html = recommendations_html(&all, &both, arena);
	const char *two = strstr(html, ">Two<"), *one = strstr(html, ">One<"), *three = strstr(html, ">Three<");
	cr_expect(two && one && three && two < one && one < three);
	cr_expect(!strstr(html, "Off") && !strstr(html, "Heat") && !strstr(html, "Four"));
	cr_expect_null(recommendations_html(&all, &none, arena));
	cr_expect_null(recommendations_html(&all, &other, arena));
}

Test(recommendation, markup_is_ours_alone) {
	ARENA_AUTO arena = arena_new();
	struct recommendation item = { .title = "<script>",
		                           .text = "a & \"b\"",
		                           .url = "https://a.example/?a=\"><script>&b={{email}}",
		                           .interests = FOR("solar") };
	const struct rows all = { &item, 1 };
	cr_expect_str_eq(recommendations_html(&all, &item.interests, arena),
	                 "<p style=\"margin:0 0 12px\"><a "
	                 "href=\"https://a.example/?a=&quot;&gt;&lt;script&gt;&amp;b={{email}}\">"
	                 "<b>&lt;script&gt;</b></a><br>a &amp; &quot;b&quot;</p>");
}
