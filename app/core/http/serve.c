/* Serving a request, from its head to its answer. */
#include <string.h>

#include "core/formats/url.h"
#include "core/http/exchange.h"
#include "core/http/form_key.h"
#include "core/http/guard.h"
#include "core/http/idempotency.h"
#include "core/http/observed.h"

/* Of a header to nginx, which takes 4 kB of them all; encoding makes an address longer. */
enum { NEXT_MAX = 3000 };

enum { SHOWN_SEGMENT = 20, SHOWN_VALUE = 40, LOGGED_PATH = 300 };

/* Where no row matched, any segment may be a token written in another way ("//r/TOKEN", "/r%2FTOKEN"): long ones are
 * not logged. Of a row's values, ids have up to 36 characters, and what is longer may be a token that was put in the
 * wrong place ("/reports/TOKEN/pdf"). */
static const char *without_long_segments(struct arena *arena, const char *path, size_t longest) {
	BUF_AUTO out = { 0 };
	while (*path && out.size < LOGGED_PATH) {
		size_t slashes = strspn(path, "/"), size = strcspn(path + slashes, "/");
		buf_add(&out, path, slashes);
		if (size > longest)
			buf_text_add(&out, "…");
		else
			buf_add(&out, path + slashes, size);
		path += slashes + size;
	}
	return arena_copy(arena, buf_text(&out));
}

static const char *log_path(struct arena *arena, const struct route_match *match, const char *path) {
	if (match->link)
		return match->route ? match->route->path : match->link->path;
	const char *shown = without_long_segments(arena, path, match->route ? SHOWN_VALUE : SHOWN_SEGMENT);
	return strlen(shown) > LOGGED_PATH ? arena_print(arena, "%.*s…", LOGGED_PATH, shown) : shown;
}

static bool find_route(struct exchange *x, struct error *err) {
	struct route_match match;
	router_find(x->service->router, x->method, x->path, x->arena, &match);
	x->route = match.route;
	memcpy(x->values, match.values, sizeof x->values);
	x->log_path = log_path(x->arena, &match, x->path);
	x->is_link = match.link != NULL;
	if (match.route)
		return true;
	if (!x->is_link)
		guard_recognize(x);
	x->allow = match.allow;
	x->failure = match.allow ? FAILURE_METHOD : FAILURE_BY_KIND;
	return match.allow ? error_set(err, ERROR_INVALID, "%.10s is not possible on this address", x->method)
	                   : error_set(err, ERROR_MISSING, "There is nothing at %.100s", x->path);
}

/* An empty object if the body is optional and missing. */
static const struct value *json_of(const struct exchange *x) {
	static const struct value nothing = { .kind = VALUE_MAP };
	return !x->json && x->route->input_optional && x->raw.size == 0 ? &nothing : x->json;
}

static bool decode_input(struct exchange *x, struct error *err) {
	const struct record_type *record = x->route->input;
	if (!record)
		return true;
	void *input = arena_alloc(x->arena, record->size);
	x->input = input;
	if (x->wants_json && x->route->body == BODY_PARSED)
		return record_from_json(record, json_of(x), x->arena, input, &x->problems, err);
	return record_from_form(record, &x->form, x->arena, input, &x->problems, err);
}

static bool refuse_past(const struct exchange *x, struct error *err) {
	return x->route->goes_back || x->route->lenient || text_is_empty(params_get(&x->query, "as_of")) ||
	       error_field(err, "as_of", "This page cannot show a past moment. Leave as_of out");
}

static bool prepare(struct exchange *x, struct error *err) {
	return request_read_head(x, err) && find_route(x, err) && guard_check(x, err) && request_read_body(x, err) &&
	       refuse_past(x, err) && guard_check_body(x, err);
}

static bool act(struct exchange *x, struct error *err) {
	bool replayed;
	if (!decode_input(x, err) || !idempotency_begin(x, &replayed, err))
		return false;
	if (replayed)
		return true;
	if (x->route->status)
		x->status = x->route->status;
	return x->route->realms ? observed_serve(x, err) : x->route->handle(x, err);
}

/* The whole address, with what was chosen on the page; only the page if that is too long. */
static void reply_sign_in(struct exchange *x) {
	const char *whole = *x->query_text ? arena_print(x->arena, "%s?%s", x->path, x->query_text) : x->path;
	const char *page = strlen(x->path) > OUR_ADDRESS_MAX ? "" : x->path;
	const char *next = url_encoded(x->arena, strlen(whole) > OUR_ADDRESS_MAX ? page : whole);
	buf_reset(&x->headers);
	(void)reply_redirect(x,
	                     strlen(next) > NEXT_MAX || !*next ? "/login" : arena_print(x->arena, "/login?next=%s", next));
}

/* Redirect to the sign-in page? Only for pages requested without being signed in. */
static bool may_sign_in(const struct exchange *x, const struct error *err) {
	return err->kind == ERROR_UNSIGNED && !x->wants_json && !exchange_is_write(x);
}

static void serve_prepared(struct exchange *x, struct error *err) {
	if (act(x, err)) {
		idempotency_end(x, NULL);
		return;
	}
	struct error failure = *err;
	if (!failure_reply_form(x, err))
		failure_reply(x, err);
	idempotency_end(x, &failure);
}

void exchange_serve(struct exchange *x, const struct http_service *service, const struct request_source *source) {
	struct error err = ERROR_INIT;
	x->service = service;
	x->source = source;
	x->now = moment_now();
	x->status = 200;
	if (prepare(x, &err))
		serve_prepared(x, &err);
	else if (may_sign_in(x, &err))
		reply_sign_in(x);
	else
		failure_reply(x, &err);
	form_key_fill(x);
}
