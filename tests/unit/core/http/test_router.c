/* Which row a request matches. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/base/text.h"
#include "core/http/router.h"
#include "core/store/version.h"

static bool handle(struct exchange *x, struct error *err) {
	(void)x;
	(void)err;
	return true;
}

static const struct field word_fields[] = { FIELD(struct param, name) };
static const struct record_type word_record = RECORD_TYPE("Word", struct param, word_fields);

static const struct route late[] = {
	{ "GET", "/", GUARD_PUBLIC, handle, "root" },
	{ "GET", "/things/:id", GUARD_PUBLIC, handle, "one" },
	{ "POST", "/things/:id", GUARD_PUBLIC, handle, "change" },
	{ "GET", "/things/:id/parts/:part", GUARD_PUBLIC, handle, "part" },
	{ "GET", "/r/:token", GUARD_LINK, handle, "link" },
	{ 0 },
};
static const struct route early[] = {
	{ "GET", "/things", GUARD_PUBLIC, handle, "all" },
	{ "POST", "/things", GUARD_PUBLIC, handle, "add" },
	{ "GET", "/things/new", GUARD_PUBLIC, handle, "new" },
	{ "PUT", "/things/new", GUARD_PUBLIC, handle, "put" },
	{ "GET", "/things.csv", GUARD_PUBLIC, handle, "table" },
	{ "GET", "/things/new/help", GUARD_PUBLIC, handle, "help" },
	{ "DELETE", "/things", GUARD_PUBLIC, handle, "nothing" },
	{ 0 },
};

static struct router *router_of(const struct route *first, const struct route *second) {
	const struct route *const tables[] = { first, second };
	struct error err = ERROR_INIT;
	struct router *router = router_new(tables, 2, &err);
	cr_assert_not_null(router, "%s", err.text);
	return router;
}

static const char *find(const struct router *router, struct arena *arena, const char *method, const char *path) {
	struct route_match match;
	router_find(router, method, path, arena, &match);
	return match.route ? match.route->summary : match.allow ? arena_print(arena, "405 %s", match.allow) : "404";
}

static void check_addresses(const struct router *router) {
	static const char *const asked[][3] = {
		{ "GET", "/", "root" },
		{ "GET", "/things", "all" },
		{ "HEAD", "/things", "all" },
		{ "POST", "/things", "add" },
		{ "GET", "/things/new", "new" },
		{ "GET", "/things/newer", "one" },
		{ "GET", "/things/new/help", "help" },
		{ "GET", "/things/new/parts/7", "part" }, /* no row below the literal one */
		{ "POST", "/things/new", "change" },      /* nor one with this method */
		{ "GET", "/things.csv", "table" },
		{ "PATCH", "/things", "405 GET, HEAD, POST, DELETE" },
		{ "BREW", "/things/new", "405 GET, HEAD, POST, PUT" },
		{ "OPTIONS", "/r/abc", "405 GET, HEAD" },
		{ "GET", "/things/", "404" },
		{ "GET", "//things", "404" },
		{ "GET", "/things//parts/7", "404" },
		{ "GET", "/things/new/help/more", "404" },
		{ "GET", "", "404" },
		{ "GET", "*", "404" },
		{ "GET", "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", "404" },
	};
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		ARENA_AUTO arena = arena_new();
		cr_expect_str_eq(find(router, arena, asked[i][0], asked[i][1]), asked[i][2], "%s %s", asked[i][0], asked[i][1]);
	}
}

Test(router, a_literal_segment_wins_whatever_the_order) {
	struct router *router = router_of(early, late);
	check_addresses(router);
	router_free(router);
	router = router_of(late, early);
	check_addresses(router);
	router_free(router);
}

Test(router, values_come_in_order) {
	ARENA_AUTO arena = arena_new();
	struct router *router = router_of(early, late);
	struct route_match match;
	router_find(router, "GET", "/things/a%20b/parts/c", arena, &match);
	cr_expect_str_eq(match.values[0], "a%20b");
	cr_expect_str_eq(match.values[1], "c");
	router_find(router, "GET", "/things/new/parts/c", arena, &match);
	cr_expect_str_eq(match.values[0], "new");
	router_free(router);
}

Test(router, a_token_in_a_path_is_known_even_where_no_row_is_met) {
	ARENA_AUTO arena = arena_new();
	struct router *router = router_of(early, late);
	struct route_match match;
	static const char *const hidden[] = { "/r/secret", "/r/secret/", "/r/secret/more/of/it" };
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		router_find(router, "POST", hidden[i], arena, &match);
		cr_expect(!match.route && match.link && text_same(match.link->path, "/r/:token"), "%s", hidden[i]);
	}
	router_find(router, "GET", "/things/secret", arena, &match);
	cr_expect_null(match.link);
	router_free(router);
}

Test(router, all_rows_can_be_listed) {
	struct router *router = router_of(early, late);
	int count;
	const struct route *const *routes = router_routes(router, &count);
	cr_expect_eq(count, 12);
	cr_expect_str_eq(routes[0]->summary, "all");
	cr_expect_str_eq(routes[11]->summary, "link");
	router_free(router);
}

static void refuses(struct route first, struct route second, const char *words) {
	const struct route table[] = { first, second, { 0 } };
	const struct route *const tables[] = { table };
	struct error err = ERROR_INIT;
	cr_expect_null(router_new(tables, 1, &err), "took %s %s", first.method, first.path);
	cr_expect_eq(err.kind, ERROR_INVALID);
	cr_expect_not_null(strstr(err.text, words), "%s", err.text);
}

#define ROW(...) ((struct route){ __VA_ARGS__ })
#define NO_ROW ((struct route){ 0 })

Test(router, two_rows_that_no_request_tells_apart_do_not_start) {
	refuses(ROW("GET", "/a/:id", GUARD_PUBLIC, handle), ROW("GET", "/a/:name", GUARD_PUBLIC, handle),
	        "GET /a/:id and GET /a/:name are one");
	refuses(ROW("GET", "/a/b", GUARD_PUBLIC, handle), ROW("GET", "/a/b", GUARD_PUBLIC, handle), "are one");
}

Test(router, a_row_that_cannot_be_meant_does_not_start) {
	refuses(ROW("GET", "/a", GUARD_PUBLIC, NULL), NO_ROW, "GET /a has no handler");
	refuses(ROW("FETCH", "/a", GUARD_PUBLIC, handle), NO_ROW, "method");
	refuses(ROW("HEAD", "/a", GUARD_PUBLIC, handle), NO_ROW, "method");
	refuses(ROW("GET", "a", GUARD_PUBLIC, handle), NO_ROW, "path");
	refuses(ROW("GET", "/a/x:id", GUARD_PUBLIC, handle), NO_ROW, "path");
	refuses(ROW("GET", "/:a/:b/:c/:d/:e", GUARD_PUBLIC, handle), NO_ROW, "path");
	refuses(ROW("GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", GUARD_PUBLIC, handle), NO_ROW, "too long");
	refuses(ROW("GET", "/a", GUARD_PUBLIC, handle, .input = &word_record), NO_ROW, "GET does not have");
	refuses(ROW("PUT", "/a", GUARD_PUBLIC, handle, .creates = true), NO_ROW, "not a POST");
	refuses(ROW("GET", "/r/:id", GUARD_LINK, handle), NO_ROW, ":token");
	refuses(ROW("GET", "/r/:tokens", GUARD_LINK, handle), NO_ROW, ":token");
	refuses(ROW("POST", "/h", GUARD_HOOK, handle, .body = BODY_RAW), NO_ROW, "verify");
	refuses(ROW("POST", "/h", GUARD_HOOK, handle, .verify = handle), NO_ROW, "verify");
	refuses(ROW("POST", "/h", GUARD_PUBLIC, handle, .verify = handle), NO_ROW, "not a hook");
	refuses(ROW("POST", "/h", GUARD_PUBLIC, handle, .body = BODY_RAW, .input = &word_record), NO_ROW, "raw");
	refuses(ROW("POST", "/api/a", GUARD_PUBLIC, handle, .form = handle), NO_ROW, "form");
	refuses(ROW("POST", "/a", GUARD_PUBLIC, handle, .body = BODY_FILE), NO_ROW, "limit");
	refuses(ROW("GET", "/a", GUARD_PUBLIC, handle, .realms = REALM_FIGURES), NO_ROW, "observed");
	refuses(ROW("GET", "/a", GUARD_PUBLIC, handle, .parameters = "limit,as_of"), NO_ROW, "goes_back");
	refuses(ROW("POST", "/a", GUARD_PUBLIC, handle, .goes_back = true), NO_ROW, "goes back, but writes");
	refuses(ROW("GET", "/a", GUARD_PUBLIC, handle, .shape = "a:word"), NO_ROW, "shape");
	refuses(ROW("GET", "/api/a", GUARD_PUBLIC, handle, "All"), NO_ROW, "neither output nor shape");
}
