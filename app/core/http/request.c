/* Reading requests. */
#include "core/http/request.h"

#include <string.h>

#include "core/formats/json.h"
#include "core/http/exchange.h"

static const char *variable(const struct exchange *x, const char *name) {
	const char *value = x->source->variable(x->source->context, name);
	return text_is_empty(value) ? NULL : arena_copy(x->arena, value);
}

const char *request_header(const struct exchange *x, const char *name) {
	char *as_variable = arena_print(x->arena, "HTTP_%s", name);
	for (char *c = as_variable; *c; c++)
		*c = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	return variable(x, as_variable);
}

bool request_read_head(struct exchange *x, struct error *err) {
	const char *uri = variable(x, "REQUEST_URI");
	x->method = variable(x, "REQUEST_METHOD");
	x->remote = variable(x, "REMOTE_ADDR");
	x->authorization = request_header(x, "Authorization");
	x->origin_site = request_header(x, "Sec-Fetch-Site");
	x->csrf_header = request_header(x, "X-CSRF-Token");
	x->agent = request_header(x, "User-Agent");
	x->if_none_match = request_header(x, "If-None-Match");
	x->path = uri ? arena_copy_bytes(x->arena, uri, strcspn(uri, "?")) : NULL;
	x->wants_json = x->path &&
	                (text_starts(x->path, "/api/") || text_starts(x->path, "/ws/") || text_starts(x->path, "/hooks/") ||
	                 strcmp(x->path, "/healthz") == 0 || strcmp(x->path, "/readyz") == 0);
	x->query_text = uri && strchr(uri, '?') ? strchr(uri, '?') + 1 : "";
	cookies_read(x->arena, request_header(x, "Cookie"), &x->cookies);
	if (x->method && x->path)
		return true;
	x->method = "?";
	x->path = "/";
	return error_set(err, ERROR_INVALID, "an incomplete request");
}

static bool parse_json(struct exchange *x, struct error *err) {
	struct value *json;
	if (!json_read(x->arena, x->raw.data, x->raw.size, &json, err))
		return false;
	x->json = json;
	return true;
}

static bool parse_body(struct exchange *x, const char *type, struct error *err) {
	if (text_starts(type, "application/x-www-form-urlencoded"))
		return params_read(x->arena, x->raw.data, &x->form, err);
	if (text_starts(type, "multipart/form-data"))
		return multipart_read(x->arena, type, x->raw.data, x->raw.size, &x->form, &x->uploads, err);
	return !text_starts(type, "application/json") || parse_json(x, err);
}

static bool read_bytes(struct exchange *x, int64_t size, struct error *err) {
	char *body = arena_alloc(x->arena, (size_t)size + 1);
	if (x->source->read(x->source->context, body, (int)size) != size)
		return error_set(err, ERROR_INVALID, "the body ended early");
	x->raw = (struct bytes){ body, (size_t)size };
	return true;
}

static int64_t body_limit(const struct route *route) {
	bool by_strangers = route->guard == GUARD_PUBLIC || route->guard == GUARD_LINK;
	if (route->body_limit)
		return route->body_limit;
	return by_strangers ? STRANGERS_BODY_LIMIT : BODY_LIMIT;
}

static bool body_size(const struct exchange *x, int64_t *size, struct error *err) {
	const char *length = variable(x, "CONTENT_LENGTH");
	int64_t limit = body_limit(x->route);
	*size = 0;
	if (length && !text_to_int(length, 0, INT64_MAX, size))
		return error_set(err, ERROR_INVALID, "the length of the body is not a number");
	if (*size > limit)
		return error_set(err, ERROR_TOO_LARGE, "the body may have %lld bytes", (long long)limit);
	return true;
}

/* What could not be parsed is as if it were not there, if the row is lenient. */
static bool forgive(const struct exchange *x, struct params *params) {
	*params = (struct params){ 0 };
	return x->route->lenient;
}

bool request_read_body(struct exchange *x, struct error *err) {
	const char *type = variable(x, "CONTENT_TYPE");
	int64_t size;
	if (!params_read(x->arena, x->query_text, &x->query, err) && !forgive(x, &x->query))
		return false;
	if (!exchange_is_write(x))
		return true;
	if (!body_size(x, &size, err))
		return false;
	if (x->route->body == BODY_FILE)
		return body_file_read(x->arena, x->source, type, size, &x->form, &x->file, err);
	if (!read_bytes(x, size, err))
		return false;
	return x->route->body == BODY_RAW || size == 0 || !type || parse_body(x, type, err) || forgive(x, &x->form);
}
