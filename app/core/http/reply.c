/* Replies. */
#include "core/http/reply.h"

#include <string.h>

#include "core/base/local.h"
#include "core/base/zones.h"
#include "core/formats/json.h"
#include "core/http/exchange.h"
#include "core/http/form_key.h"

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

/* Prepends a UTF-8 BOM: some spreadsheets need it to recognize UTF-8. */
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

bool reply_csv_rows(struct exchange *x, const char *file, const struct record_type *record, struct rows rows) {
	record_to_csv_head(record, &x->body);
	for (int i = 0; i < rows.count; i++)
		record_to_csv(record, (const char *)rows.items + (size_t)i * record->size, &x->body);
	return reply_csv(x, file);
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

struct value *reply_wrong(const struct exchange *x) {
	struct value *wrong = value_map(x->arena);
	wrong->sparse = true;
	for (int i = 0; x->problem && i < x->problems.count; i++) {
		struct value *one = value_put(wrong, x->problems.items[i].field, value_map(x->arena));
		value_put_text(one, "field", x->problems.items[i].field);
		value_put_text(one, "text", x->problems.items[i].text);
	}
	return wrong;
}

/* Each problem as a link to its field, for the summary above a form. */
static struct value *list_wrong(const struct exchange *x) {
	struct value *list = value_list(x->arena);
	for (int i = 0; x->problem && i < x->problems.count; i++) {
		struct value *one = value_push(list, value_map(x->arena));
		value_put_text(one, "field", x->problems.items[i].field);
		value_put_text(one, "text", x->problems.items[i].text);
	}
	return list;
}

/* "There are 2 problems"; a problem of no field is said itself. */
static const char *problem_title(const struct exchange *x, const char *problem) {
	if (!problem || x->problems.count == 0)
		return problem;
	return x->problems.count == 1 ? "There is 1 problem"
	                              : arena_print(x->arena, "There are %d problems", x->problems.count);
}

/* The messages of a form that is shown again. */
static void put_problem(const struct exchange *x, struct value *view) {
	if (!value_get(view, "problem"))
		value_put_text(view, "problem", x->problem);
	(void)value_put(view, "wrong", reply_wrong(x));
	(void)value_put(view, "wrong_list", list_wrong(x));
	const struct value *problem = value_get(view, "problem");
	value_put_text(view, "problem_title", problem_title(x, problem->kind == VALUE_TEXT ? problem->text : NULL));
}

/* Begins a group of the menu and returns the list of its items. */
static struct value *put_menu_group(struct value *menu, const char *label) {
	struct value *group = value_push(menu, value_map(menu->arena));
	value_put_text(group, "label", label);
	value_put_text(group, "id", text_fold(menu->arena, label));
	return value_put(group, "items", value_list(menu->arena));
}

static void put_menu(const struct exchange *x, struct value *view, const char *active) {
	const struct menu_item *item = x->service ? x->service->menu : NULL;
	struct value *menu = value_put(view, "menu", value_list(view->arena)), *items = NULL;
	for (; item && item->key; item++) {
		if (item->group)
			items = put_menu_group(menu, item->group);
		if (item->is_there && !item->is_there(x->settings))
			continue;
		struct value *row = value_push(items, value_map(view->arena));
		value_put_text(row, "address", item->address);
		value_put_text(row, "label", item->label);
		value_put_text(row, "icon", item->icon);
		value_put_bool(row, "has_count", item->has_count);
		value_put_bool(row, "current", text_same(item->key, active));
	}
	for (struct value *group = menu->first; group; group = group->next)
		value_put_bool(group, "bottom", group == menu->last);
}

/* The themes to choose from: the system's, unless a cookie names another. */
static void put_themes(struct value *view, const char *theme) {
	static const char *const themes[][3] = { { "system", "System theme", "device-desktop" },
		                                     { "light", "Light", "sun" },
		                                     { "dark", "Dark", "moon" } };
	struct value *list = value_put(view, "themes", value_list(view->arena));
	for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
		struct value *row = value_push(list, value_map(view->arena));
		value_put_text(row, "key", themes[i][0]);
		value_put_text(row, "label", themes[i][1]);
		value_put_text(row, "icon", themes[i][2]);
		value_put_bool(row, "chosen", text_same(themes[i][0], theme ? theme : "system"));
	}
}

static const char *theme_of(const struct exchange *x) {
	const char *theme = exchange_cookie(x, "theme");
	return text_same(theme, "dark") || text_same(theme, "light") ? theme : NULL;
}

bool reply_page(struct exchange *x, const char *name, const char *title, const char *active, struct value *view,
                struct error *err) {
	value_put_text(view, "title", title);
	value_put_text(view, "tab", x->problem ? arena_print(x->arena, "Error: %s", title) : title);
	value_put_text(view, "user", x->identity.user);
	value_put_text(view, "csrf", x->identity.csrf);
	value_put_text(view, "idempotency_key", x->identity.csrf ? form_key_placeholder(x) : NULL);
	value_put_bool(view, "one_time", x->identity.one_time && !value_get_bool(view, "asks_password", false));
	value_put_bool(view, "savable", strcmp(x->method, "GET") == 0 && x->status == 200);
	value_put_text(view, "here", *x->query_text ? arena_print(x->arena, "%s?%s", x->path, x->query_text) : x->path);
	value_put_text(view, "theme", theme_of(x));
	put_themes(view, theme_of(x));
	value_put_text(view, "initials", text_initials(x->arena, x->identity.user));
	value_put_text(view, "zone_name", local_name());
	value_put_text(view, "zone", zones_full(local_name(), x->now, x->arena));
	value_put_bool(view, "recounting", x->identity.user && !text_same(x->versions.zone, x->versions.counted_zone));
	if (!value_get(view, "data_as_of"))
		value_put_text(view, "data_as_of",
		               x->identity.user && !exchange_shows_past(x) ? text_of_moment(x->arena, x->versions.data_at)
		                                                           : NULL);
	put_menu(x, view, active);
	put_problem(x, view);
	if (x->service && x->service->frame)
		x->service->frame(x, view);
	x->type = "text/html; charset=utf-8";
	buf_reset(&x->body);
	struct error why;
	return templates_render(x->templates, name, view, &x->body, &why) ||
	       error_set(err, ERROR_FAULT, "the view %s cannot be shown: %s", name, why.text);
}

bool reply_confirm(struct exchange *x, const struct confirm *confirm, struct error *err) {
	struct value *view = value_map(x->arena), *lines = value_put(view, "lines", value_list(x->arena));
	for (int i = 0; i < CONFIRM_LINES; i++)
		if (confirm->lines[i])
			(void)value_push(lines, value_text(x->arena, confirm->lines[i]));
	value_put_text(view, "button", confirm->button);
	value_put_text(view, "action", confirm->action ? confirm->action : x->path);
	value_put_text(view, "name", confirm->name);
	value_put_text(view, "value", confirm->value);
	value_put_text(view, "back", confirm->back);
	value_put_text(view, "place", confirm->place);
	value_put_bool(view, "removes_nothing", confirm->removes_nothing);
	return reply_page(x, "confirm", confirm->question, confirm->active, view, err);
}
