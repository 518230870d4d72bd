/* Failures as pages and JSON. */
#include "core/http/failure.h"

#include <string.h>

#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/http/exchange.h"

struct meaning {
	int status;
	const char *title, *next;
	bool mendable; /* the user can correct it in the form */
	bool hidden;   /* its text goes only to the log */
};

static const struct meaning by_kind[ERROR_KIND_COUNT] = {
	[ERROR_NONE] = { 500, "Something went wrong on our side", "", .hidden = true },
	[ERROR_INVALID] = { 400, "That request is not valid", "Nothing was changed. Correct it and try again.",
	                    .mendable = true },
	[ERROR_UNSIGNED] = { 401, "Sign in first", "Sign in, then try again.", .mendable = true },
	[ERROR_DENIED] = { 403, "You are not allowed to do this", "Nothing was changed.", .mendable = true },
	[ERROR_MISSING] = { 404, "Page not found", "Check the address, or start at the dashboard." },
	[ERROR_CONFLICT] = { 409, "That is not possible right now", "Nothing was changed.", .mendable = true },
	[ERROR_TOO_LARGE] = { 413, "That is too large", "Nothing was stored." },
	[ERROR_LIMITED] = { 429, "Too many requests", "Nothing was changed. Wait a moment, then try again.",
	                    .mendable = true },
	[ERROR_BUSY] = { 503, "Too much at once", "Nothing was changed. Wait a moment, then try again.", .mendable = true },
	[ERROR_UNAVAILABLE] = { 503, "The database does not answer",
	                        "Nothing was lost. This page works again as soon as the database does.", .hidden = true },
	[ERROR_FULL] = { 507, "The server’s disk is full",
	                 "Nothing was saved. Free some space on the server, then try again.", .hidden = true },
	[ERROR_FAULT] = { 500, "Something went wrong on our side", "Nothing was lost. Try again in a moment.",
	                  .hidden = true },
};

static const struct {
	struct meaning meaning;
	const char *code;
} of_http[FAILURE_COUNT] = {
	[FAILURE_METHOD] = { { 405, "That is not possible here", "Nothing was changed." }, "method_not_allowed" },
	[FAILURE_KEY] = { { 422, "This key belongs to another request", "Nothing was changed.", .mendable = true },
	                  "idempotency_key_reused" },
};

static const struct meaning *meaning_of(const struct exchange *x, const struct error *err) {
	return x->failure == FAILURE_BY_KIND ? &by_kind[err->kind] : &of_http[x->failure].meaning;
}

static const char *code_of(const struct exchange *x, const struct error *err) {
	return x->failure == FAILURE_BY_KIND ? error_kind_name(err->kind) : of_http[x->failure].code;
}

/* Discards the answer so far. */
static void begin(struct exchange *x, const struct error *err) {
	enum { USUAL_SECONDS = 5 };
	buf_reset(&x->body);
	buf_reset(&x->headers);
	x->may_revalidate = false;
	x->stream = NULL;
	x->status = meaning_of(x, err)->status;
	bool passes = err->kind == ERROR_LIMITED || err->kind == ERROR_UNAVAILABLE || err->retry_ms > 0;
	int64_t seconds = err->retry_ms > 0 ? (err->retry_ms + 999) / 1000 : USUAL_SECONDS;
	if (passes)
		reply_header(x, "Retry-After", arena_print(x->arena, "%lld", (long long)seconds));
	if (x->allow)
		reply_header(x, "Allow", x->allow);
}

static void put_fields(const struct exchange *x, struct value *answer) {
	if (!x->problems.count)
		return;
	struct value *fields = value_put(answer, "fields", value_map(x->arena));
	for (int i = 0; i < x->problems.count; i++)
		value_put_text(fields, x->problems.items[i].field, x->problems.items[i].text);
}

static void reply_as_json(struct exchange *x, const struct error *err, const char *reference) {
	const struct meaning *meaning = meaning_of(x, err);
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "error", meaning->hidden ? meaning->title : err->text);
	value_put_text(answer, "code", code_of(x, err));
	put_fields(x, answer);
	if (x->stored)
		(void)value_put(answer, "current", x->stored);
	if (meaning->hidden)
		value_put_text(answer, "reference", reference);
	(void)reply_json(x, answer);
}

/* The error's text as a sentence. */
static const char *sentence(struct arena *arena, const char *text) {
	size_t length = strlen(text);
	bool is_ended = length && strchr(".!?", text[length - 1]);
	char *whole = arena_print(arena, "%s%s", text, length && !is_ended ? "." : "");
	text_capitalize(whole);
	return whole;
}

/* A partner has no dashboard, and no administrator. */
static bool is_for_partner(const struct exchange *x) {
	return x->is_link || (!x->identity.user && x->route && x->route->guard == GUARD_PUBLIC);
}

/* The same address again, if that does nothing but show it. */
static const char *again_address(const struct exchange *x, const struct error *err) {
	bool passes = err->kind == ERROR_BUSY || err->kind == ERROR_LIMITED || err->kind == ERROR_UNAVAILABLE ||
	              err->kind == ERROR_FAULT;
	if (!passes || x->failure != FAILURE_BY_KIND || !text_same(x->method, "GET"))
		return NULL;
	return *x->query_text ? arena_print(x->arena, "%s?%s", x->path, x->query_text) : x->path;
}

/* What an id in the address named: the id says nothing to whoever reads this. */
static bool is_of_an_id(const struct exchange *x, const struct error *err) {
	return err->kind == ERROR_MISSING && x->route && strchr(x->route->path, ':') &&
	       (x->values[0] && strstr(err->text, x->values[0]));
}

static const char *reason_of(const struct exchange *x, const struct error *err) {
	struct error told;
	error_for_people(err, &told);
	return is_of_an_id(x, err) ? "What was here has been deleted, or never existed." : sentence(x->arena, told.text);
}

/* Without the database nobody knows whose session it is; the rail is the same for all. */
static const char *page_of(const struct exchange *x) {
	bool is_inside = x->route && x->route->guard == GUARD_SIGNED_IN && exchange_cookie(x, "sid");
	return x->identity.user && !x->is_link ? "failure" : x->is_cut_off && is_inside ? "failure_cut" : "failure_outside";
}

static void reply_as_page(struct exchange *x, const struct error *err, const char *reference) {
	const struct meaning *meaning = meaning_of(x, err);
	struct value *view = value_map(x->arena);
	struct error again;
	bool is_dead_link = x->is_link && err->kind == ERROR_MISSING;
	const char *title = is_dead_link ? "This link does not work" : meaning->title;
	x->is_cut_off = err->kind == ERROR_UNAVAILABLE;
	value_put_int(view, "status", meaning->status);
	value_put_text(view, "heading", title);
	value_put_text(view, "reason", meaning->hidden || is_dead_link ? NULL : reason_of(x, err));
	value_put_text(view, "next",
	               is_dead_link ? "Check that you copied all of it, or ask whoever sent it to you for a new one."
	               : err->kind == ERROR_MISSING && is_for_partner(x)
	                   ? "Check the address, or ask whoever gave it to you."
	                   : meaning->next);
	value_put_bool(view, "for_partner", is_for_partner(x));
	value_put_text(view, "again", again_address(x, err));
	value_put_text(view, "reference", meaning->hidden ? reference : NULL);
	value_put_text(view, "failed_at", meaning->hidden ? text_of_moment(x->arena, x->now) : NULL);
	const char *page = page_of(x);
	if (reply_page(x, page, title, NULL, view, &again))
		return;
	buf_reset(&x->body); /* of what it has begun */
	(void)reply_bytes(x, "text/plain; charset=utf-8", title, strlen(title));
}

void failure_reply(struct exchange *x, const struct error *err) {
	char reference[SECRET_HEX];
	secret_random(reference);
	reference[12] = '\0';
	x->problem = NULL;
	begin(x, err);
	problems_add(&x->problems, x->arena, err);
	if (meaning_of(x, err)->hidden)
		log_failure(arena_print(x->arena, "%s %.10s %s", reference, x->method, exchange_log_path(x)), err);
	if (x->wants_json)
		reply_as_json(x, err, reference);
	else
		reply_as_page(x, err, reference);
}

bool failure_reply_form(struct exchange *x, struct error *err) {
	if (x->wants_json || !x->route->form || !meaning_of(x, err)->mendable)
		return false;
	begin(x, err);
	exchange_set_problem(x, err);
	return x->route->form(x, err);
}
