/* The OpenAPI document out of the route rows. */
#include "core/http/openapi.h"

#include <string.h>

static void add_parameters(struct value *operation, const char *names) {
	struct arena *arena = operation->arena;
	struct value *list = value_put(operation, "parameters", value_list(arena));
	while (names && *names) {
		size_t size = strcspn(names, ",");
		struct value *one = value_push(list, value_map(arena));
		value_put_text(one, "name", arena_copy_bytes(arena, names, size));
		value_put_text(one, "in", "query");
		value_put_text(value_put(one, "schema", value_map(arena)), "type", "string");
		names += size + (names[size] == ',');
	}
}

static void add_path_values(struct value *operation, const char *path) {
	struct arena *arena = operation->arena;
	struct value *list = (struct value *)(uintptr_t)value_get(operation, "parameters");
	for (const char *at = strchr(path, ':'); at; at = strchr(at + 1, ':')) {
		struct value *one = value_push(list, value_map(arena));
		value_put_text(one, "name", arena_copy_bytes(arena, at + 1, strcspn(at + 1, "/")));
		value_put_text(one, "in", "path");
		value_put_bool(one, "required", true);
		value_put_text(value_put(one, "schema", value_map(arena)), "type", "string");
	}
}

static char *openapi_path(struct arena *arena, const char *path) {
	BUF_AUTO out = { 0 };
	while (*path) {
		if (*path == ':') {
			size_t size = strcspn(path + 1, "/");
			buf_print(&out, "{%.*s}", (int)size, path + 1);
			path += size + 1;
		} else {
			buf_char(&out, *path++);
		}
	}
	return arena_copy(arena, buf_text(&out));
}

static void add_operation(struct value *paths, const struct route *route) {
	struct arena *arena = paths->arena;
	char *path = openapi_path(arena, route->path);
	struct value *item = (struct value *)(uintptr_t)value_get(paths, path);
	if (!item)
		item = value_put(paths, path, value_map(arena));
	struct value *operation = value_put(item, text_fold(arena, route->method), value_map(arena));
	value_put_text(operation, "summary", route->summary);
	add_parameters(operation, route->parameters);
	add_path_values(operation, route->path);
	if (route->input) {
		struct value *body = value_put(operation, "requestBody", value_map(arena));
		struct value *kinds = value_put(body, "content", value_map(arena));
		struct value *kind = value_put(kinds, "application/json", value_map(arena));
		(void)value_put(kind, "schema", record_schema(route->input, arena));
	}
	struct value *answers = value_put(operation, "responses", value_map(arena));
	struct value *fine = value_put(answers, strcmp(route->method, "GET") == 0 ? "200" : "202", value_map(arena));
	value_put_text(fine, "description", route->summary);
	struct value *content = value_put(fine, "content", value_map(arena));
	struct value *json = value_put(content, "application/json", value_map(arena));
	struct value *schema = route->output ? record_schema(route->output, arena) : value_map(arena);
	if (!route->list) {
		(void)value_put(json, "schema", schema);
		return;
	}
	struct value *array = value_put(json, "schema", value_map(arena));
	value_put_text(array, "type", "array");
	(void)value_put(array, "items", schema);
}

struct value *openapi_document(const struct router *router, struct arena *arena) {
	struct value *document = value_map(arena);
	value_put_text(document, "openapi", "3.1.0");
	struct value *info = value_put(document, "info", value_map(arena));
	value_put_text(info, "title", "Telltale");
	value_put_text(info, "version", "0.1.0");
	struct value *paths = value_put(document, "paths", value_map(arena));
	int count;
	const struct route *const *routes = router_routes(router, &count);
	for (int i = 0; i < count; i++)
		if (routes[i]->summary)
			add_operation(paths, routes[i]);
	struct value *components = value_put(document, "components", value_map(arena));
	struct value *schemes = value_put(components, "securitySchemes", value_map(arena));
	struct value *bearer = value_put(schemes, "token", value_map(arena));
	value_put_text(bearer, "type", "http");
	value_put_text(bearer, "scheme", "bearer");
	struct value *security = value_put(document, "security", value_list(arena));
	(void)value_put(value_push(security, value_map(arena)), "token", value_list(arena));
	return document;
}
