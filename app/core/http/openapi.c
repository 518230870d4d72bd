/* Generates the OpenAPI document from the route rows. */
#include "core/http/openapi.h"

#include "core/http/shape.h"

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

/* A parameter that several routes have (see `shared`). */
static void add_shared(struct value *operation, const char *key) {
	struct arena *arena = operation->arena;
	struct value *list = (struct value *)(uintptr_t)value_get(operation, "parameters");
	value_put_text(value_push(list, value_map(arena)), "$ref", arena_print(arena, "#/components/parameters/%s", key));
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

static void put_reference(struct value *map, const char *name, const char *to) {
	value_put_text(value_put(map, name, value_map(map->arena)), "$ref", to);
}

static bool is_write(const struct route *route) {
	return strcmp(route->method, "GET") != 0;
}

static bool may_be_invalid(const struct route *route) {
	return route->input || route->parameters || is_write(route) || route->guard == GUARD_SIGNED_IN;
}

static bool needs_identity(const struct route *route) {
	return route->guard == GUARD_SIGNED_IN;
}

static bool names_something(const struct route *route) {
	return strchr(route->path, ':');
}

static bool takes_key(const struct route *route) {
	return route->creates;
}

static bool always(const struct route *route) {
	return route->method;
}

static bool has_pages(const struct route *route) {
	return route->parameters && strstr(route->parameters, "cursor");
}

static bool may_revalidate(const struct route *route) {
	return route->realms;
}

static const struct {
	const char *name, *description;
	bool (*applies)(const struct route *route);
} headers[] = {
	{ "X-Next-Cursor", "Value of the parameter cursor for the next page; missing on the last one", has_pages },
	{ "ETag", "Of these figures: If-None-Match gets 304 until they change", may_revalidate },
	{ "Idempotent-Replayed", "\"true\": this is the first answer to the same Idempotency-Key", takes_key },
};

static struct value *header_of(struct arena *arena, const char *description, const char *type) {
	struct value *header = value_map(arena);
	value_put_text(header, "description", description);
	value_put_text(value_put(header, "schema", value_map(arena)), "type", type);
	return header;
}

static void add_headers(struct value *answer, const struct route *route) {
	struct arena *arena = answer->arena;
	struct value *map = value_map(arena);
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		if (headers[i].applies(route))
			(void)value_put(map, headers[i].name, header_of(arena, headers[i].description, "string"));
	if (map->count)
		(void)value_put(answer, "headers", map);
}

static const struct {
	const char *status, *name, *description;
	bool (*applies)(const struct route *route);
	const char *header, *header_type, *header_description;
} failures[] = {
	{ "400", "Invalid", "The request is invalid; `fields` names every problem", may_be_invalid },
	{ "401", "Unsigned", "Nobody is signed in, and no token came", needs_identity },
	{ "403", "Denied", "The session or token may not do this", is_write },
	{ "404", "Missing", "Nothing with this address exists", names_something },
	{ "405", "Method", "The address has other methods; Allow lists them", always, "Allow", "string",
	  "The methods of the address" },
	{ "409", "Conflict", "It exists, its state forbids this, or somebody else has changed it: `current`", is_write },
	{ "413", "TooLarge", "The body is larger than the limit", is_write },
	{ "422", "KeyReused", "The Idempotency-Key was used before with another request", takes_key },
	{ "429", "Limited", "Too many requests; Retry-After gives the wait in seconds", always, "Retry-After", "integer",
	  "Seconds" },
	{ "503", "Unavailable", "The database does not answer; the request may work later", always, "Retry-After",
	  "integer", "Seconds" },
};
enum { FAILURES = sizeof failures / sizeof *failures };

static void add_failures(struct value *answers, const struct route *route) {
	struct arena *arena = answers->arena;
	for (int i = 0; i < FAILURES; i++)
		if (failures[i].applies(route))
			put_reference(answers, failures[i].status,
			              arena_print(arena, "#/components/responses/%s", failures[i].name));
}

static void put_json(struct value *place, struct value *schema) {
	struct value *content = value_put(place, "content", value_map(place->arena));
	struct value *json = value_put(content, "application/json", value_map(place->arena));
	(void)value_put(json, "schema", schema);
}

static struct value *schema_of(const struct route *route, struct arena *arena) {
	struct value *schema = route->output ? record_schema(route->output, arena) : value_map(arena);
	if (!route->output)
		value_put_text(schema, "type", "object");
	if (route->shape)
		(void)shape_add(schema, route->shape);
	if (!route->list)
		return schema;
	struct value *array = value_map(arena);
	value_put_text(array, "type", "array");
	(void)value_put(array, "items", schema);
	return array;
}

/* A form with a file (RFC 7578), and what else it has. */
static void put_form(struct value *body, struct value *schema) {
	struct arena *arena = body->arena;
	struct value *content = value_put(body, "content", value_map(arena));
	struct value *form = value_put(content, "multipart/form-data", value_map(arena));
	struct value *members = (struct value *)(uintptr_t)value_get(schema, "properties");
	struct value *file = value_put(members, "file", value_map(arena));
	value_put_text(file, "type", "string");
	value_put_text(file, "contentMediaType", "application/octet-stream");
	struct value *required = value_put(schema, "required", value_list(arena));
	(void)value_push(required, value_text(arena, "file"));
	(void)value_put(form, "schema", schema);
}

static void add_body(struct value *operation, const struct route *route) {
	struct arena *arena = operation->arena;
	if (!route->input)
		return;
	struct value *body = value_put(operation, "requestBody", value_map(arena));
	struct value *schema = record_schema(route->input, arena);
	value_put_bool(body, "required", !route->input_optional);
	if (route->body == BODY_FILE)
		put_form(body, schema);
	else
		put_json(body, schema);
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
	if (route->creates)
		add_shared(operation, "Key");
	if (route->goes_back)
		add_shared(operation, "AsOf");
	add_body(operation, route);
	struct value *answers = value_put(operation, "responses", value_map(arena));
	const char *status = arena_print(arena, "%d", route->status ? route->status : 200);
	struct value *fine = value_put(answers, status, value_map(arena));
	value_put_text(fine, "description", route->summary);
	add_headers(fine, route);
	put_json(fine, schema_of(route, arena));
	add_failures(answers, route);
}

/* The JSON that core/http/failure.c writes. */
static struct value *error_schema(struct arena *arena) {
	static const char *const members[][2] = {
		{ "error", "string" },     { "code", "string" },    { "fields", "object" },
		{ "reference", "string" }, { "current", "object" },
	};
	struct value *schema = value_map(arena);
	value_put_text(schema, "type", "object");
	struct value *required = value_put(schema, "required", value_list(arena));
	(void)value_push(required, value_text(arena, "error"));
	(void)value_push(required, value_text(arena, "code"));
	struct value *properties = value_put(schema, "properties", value_map(arena));
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		value_put_text(value_put(properties, members[i][0], value_map(arena)), "type", members[i][1]);
	return schema;
}

static const struct {
	const char *key, *name, *place, *description;
} shared[] = {
	{ "Key", "Idempotency-Key", "header", "The same request again, within 24 hours, gets the first answer" },
	{ "AsOf", "as_of", "query",
	  "A past moment, or a day for its end: everything as of then. Other addresses refuse it" },
};

static void add_shared_parameters(struct value *parameters) {
	struct arena *arena = parameters->arena;
	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
		struct value *one = value_put(parameters, shared[i].key, value_map(arena));
		value_put_text(one, "name", shared[i].name);
		value_put_text(one, "in", shared[i].place);
		value_put_text(one, "description", shared[i].description);
		value_put_text(value_put(one, "schema", value_map(arena)), "type", "string");
	}
}

static void add_components(struct value *document) {
	struct arena *arena = document->arena;
	struct value *components = value_put(document, "components", value_map(arena));
	struct value *bearer = value_put(value_put(components, "securitySchemes", value_map(arena)), "token",
	                                 value_map(arena));
	value_put_text(bearer, "type", "http");
	value_put_text(bearer, "scheme", "bearer");
	(void)value_put(value_put(components, "schemas", value_map(arena)), "Error", error_schema(arena));
	add_shared_parameters(value_put(components, "parameters", value_map(arena)));
	struct value *responses = value_put(components, "responses", value_map(arena));
	for (int i = 0; i < FAILURES; i++) {
		struct value *one = value_put(responses, failures[i].name, value_map(arena));
		struct value *schema = value_map(arena);
		value_put_text(one, "description", failures[i].description);
		if (failures[i].header)
			(void)value_put(value_put(one, "headers", value_map(arena)), failures[i].header,
			                header_of(arena, failures[i].header_description, failures[i].header_type));
		value_put_text(schema, "$ref", "#/components/schemas/Error");
		put_json(one, schema);
	}
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
	add_components(document);
	struct value *security = value_put(document, "security", value_list(arena));
	(void)value_put(value_push(security, value_map(arena)), "token", value_list(arena));
	return document;
}
