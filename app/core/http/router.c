/* A tree of path segments. */
#include "core/http/router.h"

#include "core/http/shape.h"

#include <glib.h>
#include <string.h>

enum { SEGMENTS_MAX = 16 };

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_COUNT };
static const char *const method_names[METHOD_COUNT] = {
	[METHOD_GET] = "GET",     [METHOD_POST] = "POST",     [METHOD_PUT] = "PUT",
	[METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
};

struct node {
	GHashTable *literals;     /* segment -> struct node; NULL: none */
	struct node *any;         /* ":name" */
	const struct route *link; /* the row whose token this segment is */
	const struct route *rows[METHOD_COUNT];
};

struct router {
	struct arena *arena;
	struct node *root;
	GPtrArray *routes;
};

struct segments {
	const char *items[SEGMENTS_MAX];
	int count;
};

/* "/a/b" is "a" and "b"; "/" is one empty segment. False: not a path, or longer than any row. */
static bool split(struct arena *arena, const char *path, struct segments *segments) {
	segments->count = 0;
	while (*path == '/') {
		size_t size = strcspn(++path, "/");
		if (segments->count == SEGMENTS_MAX)
			return false;
		segments->items[segments->count++] = arena_copy_bytes(arena, path, size);
		path += size;
	}
	return segments->count > 0;
}

static int method_of(const char *name) {
	for (int i = 0; i < METHOD_COUNT; i++)
		if (strcmp(method_names[i], name) == 0)
			return i;
	return strcmp(name, "HEAD") == 0 ? METHOD_GET : METHOD_COUNT;
}

static bool is_read(const struct route *route) {
	return strcmp(route->method, "GET") == 0;
}

static bool is_api(const struct route *route) {
	return text_starts(route->path, "/api/");
}

static bool lacks_handler(const struct route *route) {
	return !route->handle;
}

static bool has_odd_method(const struct route *route) {
	return method_of(route->method) == METHOD_COUNT || strcmp(route->method, "HEAD") == 0;
}

static bool has_odd_path(const struct route *route) {
	int values = 0;
	for (const char *at = strchr(route->path, ':'); at; at = strchr(at + 1, ':')) {
		if (at == route->path || at[-1] != '/' || !at[1] || at[1] == '/')
			return true;
		values++;
	}
	return route->path[0] != '/' || values > PATH_VALUES;
}

static bool reads_input(const struct route *route) {
	return is_read(route) && (route->input || route->body != BODY_PARSED);
}

static bool creates_by_other_method(const struct route *route) {
	return route->creates && strcmp(route->method, "POST") != 0;
}

static bool lacks_token(const struct route *route) {
	const char *value = strchr(route->path, ':');
	return route->guard == GUARD_LINK &&
	       (!value || strcspn(value, "/") != strlen(":token") || !text_starts(value, ":token"));
}

static bool lacks_signature(const struct route *route) {
	return route->guard == GUARD_HOOK && (!route->verify || route->body != BODY_RAW);
}

static bool verifies_nothing(const struct route *route) {
	return route->verify && route->guard != GUARD_HOOK;
}

static bool decodes_raw(const struct route *route) {
	return route->input && route->body == BODY_RAW;
}

static bool has_lost_form(const struct route *route) {
	return route->form && (is_read(route) || is_api(route));
}

static bool lacks_limit(const struct route *route) {
	return route->body == BODY_FILE && route->body_limit <= 0;
}

static bool observes_without_version(const struct route *route) {
	return route->realms && (!is_read(route) || route->guard != GUARD_SIGNED_IN);
}

static bool names_past_itself(const struct route *route) {
	return route->parameters && strstr(route->parameters, "as_of");
}

static bool has_odd_shape(const struct route *route) {
	ARENA_AUTO arena = arena_new();
	return route->shape && !shape_add(value_map(arena), route->shape);
}

/* So that the OpenAPI document has the schema of every answer. */
static bool documents_no_answer(const struct route *route) {
	return route->summary && is_api(route) && !route->output && !route->shape;
}

static bool goes_back_writing(const struct route *route) {
	return route->goes_back && !is_read(route);
}

static const struct {
	bool (*holds)(const struct route *route);
	const char *text;
} mistakes[] = {
	{ lacks_handler, "has no handler" },
	{ has_odd_method, "has a method that no row may have" },
	{ has_odd_path, "has a path that cannot be matched" },
	{ reads_input, "reads a body, which GET does not have" },
	{ creates_by_other_method, "creates, but is not a POST" },
	{ lacks_token, "is guarded by a link, but its first value is not :token" },
	{ lacks_signature, "is a hook, but does not verify a raw body" },
	{ verifies_nothing, "verifies a signature, but is not a hook" },
	{ decodes_raw, "has an input, but leaves its body raw" },
	{ has_lost_form, "has a form that nobody would see" },
	{ lacks_limit, "takes a file, but sets no limit" },
	{ observes_without_version, "is observed, but not a page of a signed-in user" },
	{ names_past_itself, "names as_of among its parameters, which follows from goes_back" },
	{ goes_back_writing, "goes back, but writes" },
	{ has_odd_shape, "has a shape that is none" },
	{ documents_no_answer, "is documented, but its answer has neither output nor shape" },
};

static bool check(const struct route *route, struct error *err) {
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
		if (mistakes[i].holds(route))
			return error_set(err, ERROR_INVALID, "the route %s %s %s", route->method, route->path, mistakes[i].text);
	return true;
}

static struct node *literal_under(struct router *router, struct node *node, const char *segment) {
	if (!node->literals)
		node->literals = g_hash_table_new(g_str_hash, g_str_equal);
	struct node *found = g_hash_table_lookup(node->literals, segment);
	if (!found) {
		found = arena_new_of(router->arena, struct node);
		(void)g_hash_table_insert(node->literals, (void *)(uintptr_t)segment, found);
	}
	return found;
}

static struct node *any_under(struct router *router, struct node *node) {
	if (!node->any)
		node->any = arena_new_of(router->arena, struct node);
	return node->any;
}

static bool add_route(struct router *router, const struct route *route, struct error *err) {
	struct segments segments;
	struct node *node = router->root;
	if (!check(route, err))
		return false;
	if (!split(router->arena, route->path, &segments))
		return error_set(err, ERROR_INVALID, "the route %s %s is too long", route->method, route->path);
	for (int i = 0; i < segments.count; i++) {
		node = segments.items[i][0] == ':' ? any_under(router, node) : literal_under(router, node, segments.items[i]);
		if (route->guard == GUARD_LINK && strcmp(segments.items[i], ":token") == 0)
			node->link = route;
	}
	const struct route **place = &node->rows[method_of(route->method)];
	if (*place)
		return error_set(err, ERROR_INVALID, "the routes %s %s and %s %s are one: no request could tell them apart",
		                 (*place)->method, (*place)->path, route->method, route->path);
	*place = route;
	g_ptr_array_add(router->routes, (void *)(uintptr_t)route);
	return true;
}

struct router *router_new(const struct route *const *tables, int count, struct error *err) {
	struct router *router = g_new0(struct router, 1);
	router->arena = arena_new();
	router->root = arena_new_of(router->arena, struct node);
	router->routes = g_ptr_array_new();
	for (int i = 0; i < count; i++) {
		for (const struct route *route = tables[i]; route->method; route++) {
			if (add_route(router, route, err))
				continue;
			router_free(router);
			return NULL;
		}
	}
	return router;
}

static void free_tables(struct node *node) {
	GHashTableIter iter;
	void *child;
	if (node->any)
		free_tables(node->any);
	if (!node->literals)
		return;
	g_hash_table_iter_init(&iter, node->literals);
	while (g_hash_table_iter_next(&iter, NULL, &child))
		free_tables(child);
	g_hash_table_destroy(node->literals);
}

void router_free(struct router *router) {
	if (!router)
		return;
	free_tables(router->root);
	g_ptr_array_free(router->routes, TRUE);
	arena_free(router->arena);
	g_free(router);
}

const struct route *const *router_routes(const struct router *router, int *count) {
	*count = (int)router->routes->len;
	return (const struct route *const *)router->routes->pdata;
}

/* State of a search down the tree. */
struct search {
	struct segments segments;
	int method;
	bool allowed[METHOD_COUNT];
	struct route_match *match;
};

static bool take_rows(struct search *search, const struct node *node) {
	for (int i = 0; i < METHOD_COUNT; i++)
		search->allowed[i] = search->allowed[i] || node->rows[i];
	search->match->route = search->method == METHOD_COUNT ? NULL : node->rows[search->method];
	return search->match->route;
}

static bool descend(struct search *search, const struct node *node, int depth, int values) {
	if (depth == search->segments.count)
		return take_rows(search, node);
	const char *segment = search->segments.items[depth];
	const struct node *literal = node->literals ? g_hash_table_lookup(node->literals, segment) : NULL;
	if (literal && descend(search, literal, depth + 1, values))
		return true;
	if (!node->any || !*segment)
		return false;
	if (node->any->link)
		search->match->link = node->any->link;
	search->match->values[values] = segment;
	return descend(search, node->any, depth + 1, values + 1);
}

static const char *allow_text(const struct search *search, struct arena *arena) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < METHOD_COUNT; i++)
		if (search->allowed[i])
			buf_print(&out, "%s%s", out.size ? ", " : "", i == METHOD_GET ? "GET, HEAD" : method_names[i]);
	return out.size ? arena_copy(arena, buf_text(&out)) : NULL;
}

void router_find(const struct router *router, const char *method, const char *path, struct arena *arena,
                 struct route_match *match) {
	struct search search = { .method = method_of(method), .match = match };
	*match = (struct route_match){ 0 };
	if (!split(arena, path, &search.segments))
		return;
	if (!descend(&search, router->root, 0, 0))
		match->allow = allow_text(&search, arena);
}
