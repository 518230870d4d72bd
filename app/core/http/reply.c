/* Replies. */
#include "core/http/reply.h"

#include <string.h>

#include "core/formats/json.h"
#include "core/http/exchange.h"

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

bool reply_done(struct exchange *x, const char *page, const struct value *answer) {
	return x->wants_json ? reply_json(x, answer) : reply_redirect(x, page);
}

bool reply_saved(struct exchange *x, const char *page, const struct record_type *record, const void *object) {
	return x->wants_json ? reply_record(x, record, object) : reply_redirect(x, page);
}

bool reply_deleted(struct exchange *x, const char *page) {
	struct value *answer = value_map(x->arena);
	value_put_bool(answer, "deleted", true);
	return reply_done(x, page, answer);
}

/* What a form that is shown again says. */
static void put_problem(const struct exchange *x, struct value *view) {
	struct value *wrong = value_put(view, "wrong", value_map(x->arena));
	for (int i = 0; i < x->problems.count; i++)
		value_put_text(wrong, x->problems.items[i].field, x->problems.items[i].text);
	if (x->stored)
		(void)value_put(view, "stored", x->stored);
}

bool reply_page(struct exchange *x, const char *name, const char *title, const char *active, struct value *view,
                struct error *err) {
	const char *theme = params_get(&x->cookies, "theme");
	value_put_text(view, "title", x->problem ? arena_print(x->arena, "Error: %s", title) : title);
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
	if (!value_get(view, "problem"))
		value_put_text(view, "problem", x->problem);
	if (x->problem)
		put_problem(x, view);
	if (x->service && x->service->frame)
		x->service->frame(x, view);
	x->type = "text/html; charset=utf-8";
	buf_reset(&x->body);
	return templates_render(x->templates, name, view, &x->body, err);
}
