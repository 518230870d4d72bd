/* Accessors of a request for handlers, guards and failures. */
#include "core/http/exchange.h"

#include <string.h>

bool exchange_is_write(const struct exchange *x) {
	return strcmp(x->method, "GET") != 0 && strcmp(x->method, "HEAD") != 0;
}

bool exchange_can_show(const struct exchange *x, const char *address) {
	if (!url_is_ours(address))
		return false;
	struct route_match match;
	router_find(x->service->router, "GET", arena_copy_bytes(x->arena, address, strcspn(address, "?#")), x->arena,
	            &match);
	return match.route && match.route->guard == GUARD_SIGNED_IN && !text_starts(match.route->path, "/api/");
}

static void add_param(struct buf *out, const char *name, const char *value) {
	url_encode(out, name);
	buf_char(out, '=');
	url_encode(out, value);
}

/* Parameters that tell where in the rows a page begins: other rows begin at the first. */
static bool is_place(const char *name) {
	return strcmp(name, "cursor") == 0 || strcmp(name, "page") == 0;
}

char *exchange_address(const struct exchange *x, const char *path, const char *name, const char *value) {
	BUF_AUTO out = { 0 };
	buf_print(&out, "%s?", path);
	for (int i = 0; i < x->query.count; i++) {
		const struct param *param = &x->query.items[i];
		if (strcmp(param->name, name) == 0 || is_place(param->name) || !*param->value)
			continue;
		add_param(&out, param->name, param->value);
		buf_char(&out, '&');
	}
	if (value)
		add_param(&out, name, value);
	return arena_copy(x->arena, buf_text(&out));
}

bool exchange_shows_past(const struct exchange *x) {
	return x->route && x->route->goes_back && !text_is_empty(params_get(&x->query, "as_of"));
}

void exchange_put_past(const struct exchange *x, struct value *view, struct moment as_of) {
	char text[MOMENT_TEXT];
	bool past = moment_is_set(as_of);
	const char *moment = past ? url_encoded(x->arena, moment_format(as_of, text)) : "";
	value_put_text(view, "past", past ? text_of_moment(x->arena, as_of) : NULL);
	value_put_text(view, "past_moment", past ? arena_copy(x->arena, moment_format(as_of, text)) : NULL);
	value_put_text(view, "past_query", past ? arena_print(x->arena, "?as_of=%s", moment) : NULL);
	value_put_text(view, "past_and", past ? arena_print(x->arena, "&as_of=%s", moment) : NULL);
	value_put_text(view, "now_address", past ? exchange_address(x, x->path, "as_of", NULL) : NULL);
}

void exchange_put_data_at(const struct exchange *x, struct value *view, struct moment at) {
	value_put_text(view, "data_as_of", exchange_shows_past(x) ? NULL : text_of_moment(x->arena, at));
}

const char *exchange_done(const struct exchange *x, const char *const words[][2]) {
	const char *done = params_get(&x->query, "done");
	for (; (*words)[0]; words++)
		if (text_same(done, (*words)[0]))
			return (*words)[1];
	return NULL;
}

bool exchange_limit(const struct exchange *x, int usual, int max, int *limit, struct error *err) {
	const char *value = params_get(&x->query, "limit");
	int64_t number = usual;
	if (value && !text_to_int(value, 1, max, &number))
		return error_field(err, "limit", "Show 1 to %d rows", max);
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
	struct error told;
	error_for_people(problem, &told);
	problems_add(&x->problems, x->arena, &told);
	x->problem = told.field[0] ? problems_text(&x->problems, x->arena) : arena_copy(x->arena, told.text);
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

bool exchange_is_head(const struct exchange *x) {
	return strcmp(x->method, "HEAD") == 0;
}

const char *exchange_log_path(const struct exchange *x) {
	return x->log_path ? x->log_path : x->path;
}
