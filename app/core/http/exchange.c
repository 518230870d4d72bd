/* Routing, guards, replies, failures. */
#include "core/http/exchange.h"

#include <stdio.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/formats/json.h"

struct failure {
	int status;
	const char *title, *next;
};

static const struct failure failures[] = {
	[ERROR_INVALID] = { 400, "That request cannot be read", "Nothing was changed. Correct it and try again." },
	[ERROR_UNSIGNED] = { 401, "Please sign in", "Sign in, then repeat what you did." },
	[ERROR_DENIED] = { 403, "You may not do this", "Nothing was changed." },
	[ERROR_MISSING] = { 404, "There is no such page", "Check the address, or start from the dashboard." },
	[ERROR_CONFLICT] = { 409, "That is not possible now", "Nothing was changed." },
	[ERROR_TOO_LARGE] = { 413, "That is too large", "Nothing was stored." },
	[ERROR_LIMITED] = { 429, "Too many requests", "Nothing was changed. Wait a little, then try again." },
	[ERROR_UNAVAILABLE] = { 503, "The database does not answer",
	                        "Nothing was lost. This page works again as soon as the database does." },
	[ERROR_FAULT] = { 500, "Something went wrong here", "Nothing was lost. The reference below finds it in the log." },
	[ERROR_NONE] = { 500, "Something went wrong here", "" },
};

void reply_header(struct exchange *x, const char *name, const char *value) {
	if (!strpbrk(value, "\r\n"))
		buf_print(&x->headers, "%s: %s\r\n", name, value);
}

static bool is_secure(const struct exchange *x) {
	return text_starts(x->settings->public_url, "https://");
}

static const char *cookie_prefix(const struct exchange *x) {
	return is_secure(x) ? "__Host-" : "";
}

void reply_cookie(struct exchange *x, const char *name, const char *value, int64_t seconds) {
	buf_print(&x->cookie_headers, "Set-Cookie: %s%s=%s; Path=/; HttpOnly; SameSite=Lax%s", cookie_prefix(x), name,
	          value, is_secure(x) ? "; Secure" : "");
	if (seconds)
		buf_print(&x->cookie_headers, "; Max-Age=%lld", (long long)(seconds > 0 ? seconds : 0));
	buf_text_add(&x->cookie_headers, "\r\n");
}

const char *exchange_cookie(const struct exchange *x, const char *name) {
	return params_get(&x->cookies, arena_print(x->arena, "%s%s", cookie_prefix(x), name));
}

bool reply_redirect(struct exchange *x, const char *to) {
	x->status = 303;
	x->type = "text/plain; charset=utf-8";
	reply_header(x, "Location", to);
	return true;
}

bool reply_bytes(struct exchange *x, const char *type, const char *bytes, size_t size) {
	x->type = type;
	buf_add(&x->body, bytes, size);
	return true;
}

/* Some spreadsheets read UTF-8 only with a mark at its beginning. */
static void put_mark(struct exchange *x) {
	struct buf marked = { 0 };
	buf_add(&marked, "\xEF\xBB\xBF", 3);
	buf_add(&marked, buf_text(&x->body), x->body.size);
	buf_finish(&x->body);
	x->body = marked;
}

bool reply_csv(struct exchange *x, const char *file) {
	if (text_same(params_get(&x->query, "bom"), "1"))
		put_mark(x);
	x->type = "text/csv; charset=utf-8";
	reply_header(x, "Content-Disposition", arena_print(x->arena, "attachment; filename=\"%s\"", file));
	return true;
}

bool reply_csv_stream(struct exchange *x, const char *file, csv_piece *piece, const void *state, struct error *err) {
	const char *next = NULL;
	if (!piece(x, state, NULL, &next, err))
		return false;
	if (next) {
		struct csv_stream *stream = arena_new_of(x->arena, struct csv_stream);
		*stream = (struct csv_stream){ piece, state, next };
		x->stream = stream;
	}
	return reply_csv(x, file);
}

static bool json_type(struct exchange *x) {
	x->type = "application/json; charset=utf-8";
	return true;
}

bool reply_json(struct exchange *x, const struct value *value) {
	json_write(&x->body, value);
	return json_type(x);
}

bool reply_record(struct exchange *x, const struct record_type *record, const void *object) {
	record_to_json(record, object, &x->body);
	return json_type(x);
}

bool reply_rows(struct exchange *x, const struct record_type *record, struct rows rows) {
	rows_to_json(record, &rows, &x->body);
	return json_type(x);
}

bool reply_page(struct exchange *x, const char *name, const char *title, const char *active, struct value *view,
                struct error *err) {
	const char *theme = params_get(&x->cookies, "theme");
	value_put_text(view, "title", title);
	value_put_text(view, "user", x->identity.user);
	value_put_text(view, "csrf", x->identity.csrf);
	value_put_bool(view, "one_time", x->identity.one_time);
	value_put_bool(view, "savable", strcmp(x->method, "GET") == 0 && x->status == 200);
	value_put_text(view, "here", *x->query_text ? arena_print(x->arena, "%s?%s", x->path, x->query_text) : x->path);
	if (theme && (strcmp(theme, "dark") == 0 || strcmp(theme, "light") == 0))
		value_put_text(view, "theme", theme);
	if (x->identity.user)
		value_put_text(view, "data_as_of", text_of_moment(x->arena, x->versions.data_at));
	if (active)
		value_put_bool(view, arena_print(x->arena, "on_%s", active), true);
	if (x->service && x->service->frame)
		x->service->frame(x, view);
	x->type = "text/html; charset=utf-8";
	buf_reset(&x->body);
	return templates_render(x->templates, name, view, &x->body, err);
}

static void add_param(struct buf *out, const char *name, const char *value) {
	url_encode(out, name);
	buf_char(out, '=');
	url_encode(out, value);
}

char *exchange_address(const struct exchange *x, const char *path, const char *name, const char *value) {
	BUF_AUTO out = { 0 };
	buf_print(&out, "%s?", path);
	for (int i = 0; i < x->query.count; i++) {
		const struct param *param = &x->query.items[i];
		if (strcmp(param->name, name) == 0 || strcmp(param->name, "cursor") == 0 || !*param->value)
			continue;
		add_param(&out, param->name, param->value);
		buf_char(&out, '&');
	}
	if (value)
		add_param(&out, name, value);
	return arena_copy(x->arena, buf_text(&out));
}

void exchange_put_past(const struct exchange *x, struct value *view, struct moment as_of) {
	char text[MOMENT_TEXT];
	if (!moment_is_set(as_of))
		return;
	value_put_text(view, "past", text_of_moment(x->arena, as_of));
	value_put_text(view, "past_query",
	               arena_print(x->arena, "?as_of=%s", url_encoded(x->arena, moment_format(as_of, text))));
	value_put_text(view, "now_address", exchange_address(x, x->path, "as_of", NULL));
}

bool exchange_limit(const struct exchange *x, int usual, int max, int *limit, struct error *err) {
	const char *value = params_get(&x->query, "limit");
	int64_t number = usual;
	if (value && !text_to_int(value, 1, max, &number))
		return error_field(err, "limit", "limit must be a number from 1 to %d", max);
	*limit = (int)number;
	return true;
}

void put_choice(struct value *list, const char *key, const char *label, bool chosen) {
	struct value *one = value_push(list, value_map(list->arena));
	value_put_text(one, "key", key);
	value_put_text(one, "label", label);
	value_put_bool(one, "chosen", chosen);
}

static void failure_json(struct exchange *x, const struct error *err, const char *reference) {
	struct value *answer = value_map(x->arena);
	bool hidden = err->kind == ERROR_FAULT || err->kind == ERROR_UNAVAILABLE;
	value_put_text(answer, "error", hidden ? failures[err->kind].title : err->text);
	value_put_text(answer, "code", error_kind_name(err->kind));
	if (err->field[0])
		value_put_text(value_put(answer, "fields", value_map(x->arena)), err->field, err->text);
	if (hidden)
		value_put_text(answer, "reference", reference);
	(void)reply_json(x, answer);
}

static void failure_page(struct exchange *x, const struct error *err, const char *reference) {
	const struct failure *failure = &failures[err->kind];
	bool hidden = err->kind == ERROR_FAULT || err->kind == ERROR_UNAVAILABLE;
	struct value *view = value_map(x->arena);
	struct error again;
	value_put_int(view, "status", failure->status);
	value_put_text(view, "heading", failure->title);
	value_put_text(view, "reason", hidden ? NULL : err->text);
	value_put_text(view, "next", failure->next);
	value_put_text(view, "reference", hidden ? reference : NULL);
	if (!reply_page(x, "failure", failure->title, NULL, view, &again))
		(void)reply_bytes(x, "text/plain; charset=utf-8", failure->title, strlen(failure->title));
}

const char *exchange_log_path(const struct exchange *x) {
	return x->route && strstr(x->route->path, "/:token") ? x->route->path : x->path;
}

void failure_reply(struct exchange *x, const struct error *err) {
	char reference[SECRET_HEX];
	secret_random(reference);
	reference[12] = '\0';
	buf_reset(&x->body);
	buf_reset(&x->headers);
	x->may_revalidate = false;
	x->stream = NULL;
	x->status = failures[err->kind].status;
	if (err->kind == ERROR_FAULT || err->kind == ERROR_UNAVAILABLE)
		log_failure(arena_print(x->arena, "%s %s %s", reference, x->method, exchange_log_path(x)), err);
	if (err->kind == ERROR_LIMITED || err->kind == ERROR_UNAVAILABLE) {
		int64_t seconds = err->retry_ms > 0 ? (err->retry_ms + 999) / 1000 : 5;
		reply_header(x, "Retry-After", arena_print(x->arena, "%lld", (long long)seconds));
	}
	if (x->wants_json)
		failure_json(x, err, reference);
	else
		failure_page(x, err, reference);
}

static bool path_matches(struct exchange *x, const char *pattern) {
	const char *path = x->path;
	int found = 0;
	while (*pattern && *path) {
		if (*pattern == ':') {
			size_t size = strcspn(path, "/");
			if (size == 0 || found == PATH_VALUES)
				return false;
			x->values[found++] = arena_copy_bytes(x->arena, path, size);
			path += size;
			pattern += strcspn(pattern, "/");
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *pattern == *path;
}

static bool find_route(struct exchange *x, const struct http_service *service, struct error *err) {
	bool other_method = false;
	const char *method = strcmp(x->method, "HEAD") == 0 ? "GET" : x->method;
	for (int i = 0; i < service->count; i++) {
		for (const struct route *route = service->tables[i]; route->method; route++) {
			if (!path_matches(x, route->path))
				continue;
			if (strcmp(route->method, method) == 0) {
				x->route = route;
				return true;
			}
			other_method = true;
		}
	}
	if (other_method)
		return error_set(err, ERROR_MISSING, "%s is not possible on this address", x->method);
	return error_set(err, ERROR_MISSING, "nothing is at %.100s", x->path);
}

static bool is_write(const struct exchange *x) {
	return strcmp(x->method, "GET") != 0 && strcmp(x->method, "HEAD") != 0;
}

static bool check_write(struct exchange *x, struct error *err) {
	const char *given = x->csrf_header ? x->csrf_header : params_get(&x->form, "csrf");
	if (!x->identity.csrf)
		return x->identity.can_write || error_set(err, ERROR_DENIED, "this token may only read");
	if (!given || !secret_equal(given, x->identity.csrf) ||
	    (x->origin_site && strcmp(x->origin_site, "cross-site") == 0))
		return error_set(err, ERROR_DENIED, "the form has expired or came from another site: reload the page");
	return true;
}

static bool check_guards(struct exchange *x, const struct http_service *service, struct error *err) {
	store_observe(x->store, STORE_UNOBSERVED);
	if (x->route->guard == GUARD_PUBLIC)
		return true;
	if (!versions_read(x->store, &x->versions, err) || !service->identify(x, err))
		return false;
	store_observe(x->store, x->versions.data);
	if (!x->identity.user)
		return error_set(err, ERROR_UNSIGNED, "sign in, or send a token");
	return !is_write(x) || check_write(x, err);
}

/* Everything that an observed answer depends on. */
static char *answer_key(const struct exchange *x, const char *instance) {
	const char *theme = params_get(&x->cookies, "theme");
	return arena_print(x->arena, "%s|%lld|%lld|%s|%s|%s|%s?%s", instance, (long long)x->versions.data,
	                   (long long)moment_day(moment_now()).ms, x->identity.user,
	                   x->identity.session ? x->identity.session : "", theme ? theme : "", x->path, x->query_text);
}

static bool still_holds(const struct exchange *x, const char *etag) {
	return x->if_none_match && (strcmp(x->if_none_match, "*") == 0 || strstr(x->if_none_match, etag));
}

static bool reply_cached(struct exchange *x, const char *key) {
	const struct cached_answer *cached = answer_cache_find(x->answers, key);
	if (!cached)
		return false;
	x->type = cached->type;
	buf_text_add(&x->headers, cached->headers);
	buf_add(&x->body, cached->body, cached->size);
	return true;
}

static bool serve_observed(struct exchange *x, const struct http_service *service, struct error *err) {
	char etag[SECRET_HEX + 2];
	char *key = answer_key(x, service->instance);
	if (x->wants_json || x->route->download) {
		char digest[SECRET_HEX];
		secret_digest(key, digest);
		(void)snprintf(etag, sizeof etag, "\"%.32s\"", digest);
		x->may_revalidate = true;
		reply_header(x, "ETag", etag);
		if (still_holds(x, etag)) {
			x->status = 304;
			return true;
		}
	}
	size_t before = x->headers.size;
	if (reply_cached(x, key))
		return true;
	if (!x->route->handle(x, err))
		return false;
	if (x->status == 200 && !x->stream)
		answer_cache_put(x->answers, key,
		                 &(struct cached_answer){ x->type, buf_text(&x->headers) + before, buf_text(&x->body),
		                                          x->body.size });
	return true;
}

static bool serve_route(struct exchange *x, const struct http_service *service, struct error *err) {
	return x->route->observed ? serve_observed(x, service, err) : x->route->handle(x, err);
}

void exchange_serve(struct exchange *x, const struct http_service *service) {
	struct error err = ERROR_INIT;
	x->service = service;
	x->status = 200;
	if (find_route(x, service, &err) && check_guards(x, service, &err) && serve_route(x, service, &err))
		return;
	if (err.kind == ERROR_UNSIGNED && !x->wants_json && !is_write(x)) {
		buf_reset(&x->headers);
		(void)reply_redirect(x, arena_print(x->arena, "/login?next=%s", url_encoded(x->arena, x->path)));
		return;
	}
	failure_reply(x, &err);
}

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

struct value *openapi_document(const struct http_service *service, struct arena *arena) {
	struct value *document = value_map(arena);
	value_put_text(document, "openapi", "3.1.0");
	struct value *info = value_put(document, "info", value_map(arena));
	value_put_text(info, "title", "Telltale");
	value_put_text(info, "version", "0.1.0");
	struct value *paths = value_put(document, "paths", value_map(arena));
	for (int i = 0; i < service->count; i++)
		for (const struct route *route = service->tables[i]; route->method; route++)
			if (route->summary)
				add_operation(paths, route);
	struct value *components = value_put(document, "components", value_map(arena));
	struct value *schemes = value_put(components, "securitySchemes", value_map(arena));
	struct value *bearer = value_put(schemes, "token", value_map(arena));
	value_put_text(bearer, "type", "http");
	value_put_text(bearer, "scheme", "bearer");
	struct value *security = value_put(document, "security", value_list(arena));
	(void)value_put(value_push(security, value_map(arena)), "token", value_list(arena));
	return document;
}
