/* One request from its head to its answer. */
#include "core/http/exchange.h"

#include <string.h>

#include "core/http/guard.h"
#include "core/http/idempotency.h"
#include "core/http/observed.h"

bool exchange_is_write(const struct exchange *x) {
	return strcmp(x->method, "GET") != 0 && strcmp(x->method, "HEAD") != 0;
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
	bool past = moment_is_set(as_of);
	const char *moment = past ? url_encoded(x->arena, moment_format(as_of, text)) : "";
	value_put_text(view, "past", past ? text_of_moment(x->arena, as_of) : NULL);
	value_put_text(view, "past_query", past ? arena_print(x->arena, "?as_of=%s", moment) : NULL);
	value_put_text(view, "now_address", past ? exchange_address(x, x->path, "as_of", NULL) : NULL);
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

void exchange_set_problem(struct exchange *x, const struct error *problem) {
	problems_add(&x->problems, x->arena, problem);
	x->problem = problem->field[0] ? problems_text(&x->problems, x->arena) : arena_copy(x->arena, problem->text);
}

bool exchange_show_problem(struct exchange *x, const struct error *problem, struct error *err) {
	if (problem->kind != ERROR_INVALID) {
		*err = *problem;
		return false;
	}
	x->status = 400;
	exchange_set_problem(x, problem);
	return true;
}

const char *exchange_typed(const struct exchange *x, const char *field, const char *stored) {
	const char *typed = x->problem ? params_get(&x->form, field) : NULL;
	return typed ? typed : stored;
}

bool exchange_stale(struct exchange *x, const struct record_type *record, const void *stored, struct error *err) {
	x->stored = record_to_value(record, stored, x->arena);
	return store_raise_stale(err);
}

const char *exchange_revision(const struct exchange *x, int64_t stored) {
	const char *typed = x->problem && !x->stored ? params_get(&x->form, "rev") : NULL;
	return typed ? typed : arena_print(x->arena, "%lld", (long long)stored);
}

struct value *put_late(const struct exchange *x, struct value *view) {
	value_put_bool(view, "late", x->stored != NULL);
	return value_put(view, "saved", value_list(view->arena));
}

void put_saved(struct value *late, const char *label, const char *stored, const char *typed) {
	if (strcmp(stored ? stored : "", typed ? typed : "") == 0)
		return;
	struct value *row = value_push(late, value_map(late->arena));
	value_put_text(row, "label", label);
	value_put_text(row, "stored", text_is_empty(stored) ? "(nothing)" : stored);
	value_put_text(row, "typed", text_is_empty(typed) ? "(nothing)" : typed);
}

const char *exchange_log_path(const struct exchange *x) {
	return x->log_path ? x->log_path : x->path;
}

static bool find_route(struct exchange *x, struct error *err) {
	struct route_match match;
	router_find(x->service->router, x->method, x->path, x->arena, &match);
	x->route = match.route;
	memcpy(x->values, match.values, sizeof x->values);
	x->log_path = match.link ? match.link->path : x->path;
	if (match.route)
		return true;
	x->allow = match.allow;
	x->failure = match.allow ? FAILURE_METHOD : FAILURE_BY_KIND;
	return match.allow ? error_set(err, ERROR_INVALID, "%.10s is not possible on this address", x->method)
	                   : error_set(err, ERROR_MISSING, "nothing is at %.100s", x->path);
}

/* An object that says nothing, for a body that may be left out. */
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

static bool prepare(struct exchange *x, struct error *err) {
	return request_read_head(x, err) && find_route(x, err) && guard_check(x, err) && request_read_body(x, err) &&
	       guard_check_body(x, err);
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

static void reply_sign_in(struct exchange *x) {
	buf_reset(&x->headers);
	(void)reply_redirect(x, arena_print(x->arena, "/login?next=%s", url_encoded(x->arena, x->path)));
}

/* True: somebody who is not signed in and asked for a page is led to the one where that is done. */
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
}
