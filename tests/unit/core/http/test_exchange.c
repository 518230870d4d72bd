/* Requests through exchange_serve, without server or database. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/secret.h"
#include "core/http/exchange.h"

/* A request in memory. */
struct request {
	const char *method, *uri, *type, *body;
	const char *header, *value; /* one additional variable */
	size_t size, promised;      /* of the body; promised: Content-Length if not 0 */
	size_t at;
};

static const char *variable(void *context, const char *name) {
	struct request *request = context;
	static char length[32];
	(void)snprintf(length, sizeof length, "%zu", request->promised ? request->promised : request->size);
	const char *const all[][2] = { { "REQUEST_METHOD", request->method }, { "REQUEST_URI", request->uri },
		                           { "REMOTE_ADDR", "192.0.2.1" },        { "CONTENT_TYPE", request->type },
		                           { "CONTENT_LENGTH", length },          { "HTTP_COOKIE", "theme=dark" } };
	if (request->header && strcmp(request->header, name) == 0)
		return request->value;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(all[i][0], name) == 0)
			return all[i][1];
	return NULL;
}

static int read_body(void *context, char *into, int size) {
	struct request *request = context;
	size_t left = request->size - request->at, got = left < (size_t)size ? left : (size_t)size;
	if (got)
		memcpy(into, request->body + request->at, got);
	request->at += got;
	return (int)got;
}

struct person {
	const char *name;
	int64_t age;
};
static const struct field person_fields[] = {
	FIELD(struct person, name, .flags = FIELD_REQUIRED, .max = 10),
	FIELD(struct person, age, .max = 150),
};
static const struct record_type person_record = RECORD_TYPE("Person", struct person, person_fields);

static int handled;

static bool save(struct exchange *x, struct error *err) {
	const struct person *person = x->input;
	handled++;
	if (text_same(person->name, "Nobody"))
		return error_field(err, "name", "there is no such person");
	if (text_same(person->name, "Often"))
		return error_limited(err, 61500, "too often");
	if (text_same(person->name, "Old")) {
		struct person stored = { "Older", 77 };
		return exchange_stale(x, &person_record, &stored, err);
	}
	return reply_saved(x, "/people/1", &person_record, person);
}

static bool show_form(struct exchange *x, struct error *err) {
	(void)err;
	const char *typed = exchange_typed(x, "name", "stored");
	reply_header(x, "X-Form", "again");
	buf_print(&x->body, "%s|%s|%s", x->problem ? x->problem : "-", typed ? typed : "",
	          x->stored ? value_get_text(x->stored, "name") : "");
	return true;
}

static bool say_path(struct exchange *x, struct error *err) {
	(void)err;
	buf_print(&x->body, "%s", x->values[0]);
	return true;
}

static bool say_form(struct exchange *x, struct error *err) {
	const char *a = params_get(&x->form, "a");
	(void)err;
	buf_print(&x->body, "%s|%d", a ? a : "-", x->form.count);
	return true;
}

static bool show_view(struct exchange *x, struct error *err) {
	return reply_page(x, x->values[0], "A view", NULL, value_map(x->arena), err);
}

static bool remove_one(struct exchange *x, struct error *err) {
	(void)err;
	return reply_deleted(x, "/people");
}

static bool say_raw(struct exchange *x, struct error *err) {
	(void)err;
	handled++;
	return reply_bytes(x, "application/octet-stream", x->raw.data, x->raw.size);
}

/* The signature covers the exact bytes. */
static bool verify(struct exchange *x, struct error *err) {
	char expected[SECRET_HEX];
	const char *given = request_header(x, "X-Hook-Signature");
	secret_mac("hook secret", arena_copy_bytes(x->arena, x->raw.data, x->raw.size), expected);
	return (given && secret_equal(given, expected)) || error_set(err, ERROR_DENIED, "the signature is wrong");
}

static bool say_file(struct exchange *x, struct error *err) {
	const char *note = params_get(&x->form, "note");
	char begin[4] = "";
	(void)err;
	cr_assert_geq(pread(x->file->fd, begin, 3, 0), 0);
	buf_print(&x->body, "%lld|%s|%s|%s", (long long)x->file->size, x->file->name ? x->file->name : "-",
	          note ? note : "-", begin);
	return true;
}

static bool take_file(struct exchange *x, struct error *err) {
	const struct person *person = x->input;
	(void)err;
	buf_print(&x->body, "%s gave %lld bytes", person->name, (long long)x->file->size);
	return true;
}

static const struct route rows[] = {
	{ "POST", "/people", GUARD_PUBLIC, save, .input = &person_record, .form = show_form },
	{ "POST", "/plain", GUARD_PUBLIC, save, .input = &person_record },
	{ "POST", "/api/people", GUARD_PUBLIC, save, .input = &person_record },
	{ "POST", "/api/people/:id/note", GUARD_PUBLIC, save, .input = &person_record, .body_limit = 30 },
	{ "DELETE", "/api/people/:id", GUARD_PUBLIC, remove_one },
	{ "POST", "/people/:id/delete", GUARD_PUBLIC, remove_one },
	{ "GET", "/r/:token", GUARD_LINK, say_path },
	{ "POST", "/send/:token", GUARD_LINK, say_path },
	{ "GET", "/mail/:token", GUARD_LINK, say_path, .lenient = true },
	{ "POST", "/mail/:token", GUARD_LINK, say_form, .lenient = true },
	{ "GET", "/view/:name", GUARD_PUBLIC, show_view },
	{ "GET", "/mine", GUARD_SIGNED_IN, say_path },
	{ "GET", "/past/:name", GUARD_PUBLIC, say_path, .goes_back = true },
	{ "POST", "/hook", GUARD_HOOK, say_raw, .body = BODY_RAW, .verify = verify },
	{ "POST", "/api/raw", GUARD_PUBLIC, say_raw, .body = BODY_RAW },
	{ "POST", "/api/import", GUARD_PUBLIC, say_file, .body = BODY_FILE, .body_limit = 4000000 },
	{ "POST", "/api/gift", GUARD_PUBLIC, take_file, .body = BODY_FILE, .body_limit = 4000000, .input = &person_record },
	{ 0 },
};

static const char *few_templates(void *context, struct arena *arena, const char *name) {
	(void)context;
	(void)arena;
	if (strcmp(name, "failure_outside") == 0)
		return "{{status}} {{reason}} {{next}}";
	if (strcmp(name, "failure_cut") == 0)
		return "rail {{status}}";
	return strcmp(name, "whole") == 0 ? "{{title}}" : strcmp(name, "broken") == 0 ? "{{#title}}" : NULL;
}

/* The result of a request; valid until finish. */
struct served {
	struct exchange x;
	struct settings settings;
	struct router *router;
	struct http_service service;
	struct request_source source;
};

static struct served *serve(struct request request) {
	static const struct route *const tables[] = { rows };
	struct served *served = calloc(1, sizeof *served);
	struct error err = ERROR_INIT;
	static struct request kept;
	kept = request;
	if (!kept.size)
		kept.size = kept.body ? strlen(kept.body) : 0;
	served->router = router_new(tables, 1, &err);
	cr_assert_not_null(served->router, "%s", err.text);
	served->service = (struct http_service){ .router = served->router, .instance = "test" };
	served->source = (struct request_source){ variable, read_body, &kept };
	served->settings.public_url = "http://test";
	served->settings.secret_key = "secret";
	served->x = (struct exchange){ .arena = arena_new(),
		                           .settings = &served->settings,
		                           .store = store_open("mongodb://127.0.0.1:1/", "none", "test", 50, &err),
		                           .templates = templates_new(few_templates, NULL) };
	handled = 0;
	exchange_serve(&served->x, &served->service, &served->source);
	return served;
}

static void finish(struct served *served) {
	store_close(served->x.store);
	templates_free(served->x.templates);
	arena_free(served->x.arena);
	router_free(served->router);
	buf_finish(&served->x.headers);
	buf_finish(&served->x.cookie_headers);
	buf_finish(&served->x.body);
	free(served);
}

/* Links in mails arrive in every state. */
Test(exchange, a_lenient_row_forgives_its_token_query_and_body) {
	static const struct {
		struct request request;
		int status;
		const char *body;
	} rows_of[] = {
		{ { "GET", "/mail/a%zz" }, 200, "a%zz" },
		{ { "GET", "/mail/ab?x=%zz" }, 200, "ab" },
		{ { "GET", "/mail/ab?as_of=never" }, 200, "ab" },
		{ { "POST", "/mail/ab", "application/json", "{" }, 200, "-|0" },
		{ { "POST", "/mail/ab", "application/x-www-form-urlencoded", "a=b&c=%zz" }, 200, "-|0" },
		{ { "POST", "/mail/ab", "multipart/form-data", "a" }, 200, "-|0" },
		{ { "POST", "/mail/ab", "application/x-www-form-urlencoded", "a=b" }, 200, "b|1" },
		{ { "POST", "/mail/ab", NULL, "a=b" }, 200, "-|0" },
		{ { "POST", "/mail/ab", "text/plain", "a=b", .promised = 9 }, 400, NULL },
		{ { "GET", "/r/ab?x=%zz" }, 400, NULL },
		{ { "GET", "/r/a%zz" }, 404, NULL },
	};
	for (size_t i = 0; i < sizeof rows_of / sizeof *rows_of; i++) {
		struct served *served = serve(rows_of[i].request);
		cr_expect_eq(served->x.status, rows_of[i].status, "%zu: %d", i, served->x.status);
		if (rows_of[i].body)
			cr_expect_str_eq(buf_text(&served->x.body), rows_of[i].body, "%zu", i);
		finish(served);
	}
}

/* Where to go on after a form comes from outside. */
Test(exchange, only_what_a_get_shows_can_follow_a_form) {
	static const char *const shown[] = { "/mine", "/mine?a=b&as_of=c", "/mine#d" };
	static const char *const hidden[] = { "/people",  "/people?to=/mine", "/people#/mine", "/nothing", "/mine/",
		                                  "/r/token", "/api/people",      "//mine",        "mine",     "" };
	struct served *served = serve((struct request){ "GET", "/view/whole" });
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		cr_expect(exchange_can_show(&served->x, shown[i]), "%s", shown[i]);
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		cr_expect_not(exchange_can_show(&served->x, hidden[i]), "%s", hidden[i]);
	cr_expect_not(exchange_can_show(&served->x, NULL));
	finish(served);
}

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

/* Expects this status and body, and headers that contain `header` (or NULL). */
static void expect(struct request request, int status, const char *body, const char *header) {
	struct served *served = serve(request);
	cr_expect_eq(served->x.status, status, "%s %s: %d", request.method, request.uri, served->x.status);
	cr_expect(strstr(buf_text(&served->x.body), body), "%s: %s", request.uri, buf_text(&served->x.body));
	cr_expect(!header || strstr(buf_text(&served->x.headers), header), "%s: %s", request.uri,
	          buf_text(&served->x.headers));
	finish(served);
}

Test(exchange, one_handler_answers_a_form_and_a_client) {
	expect((struct request){ "POST", "/people", FORM, "name=Ann&age=7" }, 303, "", "Location: /people/1\r\n");
	expect((struct request){ "POST", "/api/people", JSON, "{\"name\":\"Ann\",\"age\":7}" }, 200,
	       "{\"name\":\"Ann\",\"age\":7}", NULL);
	expect((struct request){ "POST", "/people/7/delete", FORM, "" }, 303, "", "Location: /people\r\n");
	expect((struct request){ "DELETE", "/api/people/7" }, 200, "{\"deleted\":true}", NULL);
}

Test(exchange, a_client_hears_of_all_problems_at_once) {
	struct request request = { "POST", "/api/people", JSON, "{\"age\":900,\"weight\":1}" };
	expect(request, 400, "\"code\":\"invalid\"", NULL);
	expect(request, 400, "\"age\":\"Age must", NULL);
	expect(request, 400, "\"weight\":\"there is no field", NULL);
	expect(request, 400, "\"name\":\"Name is missing\"", NULL);
	cr_expect_eq(handled, 0);
	expect((struct request){ "POST", "/api/people", JSON, "{\"name\":\"Nobody\"}" }, 400,
	       "\"fields\":{\"name\":\"there is no such person\"}", NULL);
	expect((struct request){ "POST", "/api/people", JSON, "[]" }, 400, "must be a JSON object", NULL);
	expect((struct request){ "POST", "/api/people", FORM, "name=Ann" }, 400, "must be a JSON object", NULL);
}

Test(exchange, a_form_is_shown_again_with_what_was_typed_and_what_is_wrong) {
	expect((struct request){ "POST", "/people", FORM, "name=much+too+long&age=x" }, 400,
	       "Name can have at most 10 characters; Age must be a whole number|much too long|", "X-Form");
	expect((struct request){ "POST", "/people", FORM, "name=Nobody" }, 400, "there is no such person|Nobody|",
	       "X-Form");
	expect((struct request){ "POST", "/plain", FORM, "name=" }, 400, "400 Name is missing", NULL);
}

Test(exchange, a_wait_is_told_to_forms_too) {
	expect((struct request){ "POST", "/people", FORM, "name=Often" }, 429, "too often|Often|", "Retry-After: 62\r\n");
	expect((struct request){ "POST", "/api/people", JSON, "{\"name\":\"Often\"}" }, 429, "\"limited\"",
	       "Retry-After: 62\r\n");
}

Test(exchange, a_stale_save_shows_both) {
	expect((struct request){ "POST", "/people", FORM, "name=Old" }, 409,
	       "Somebody else saved this after you opened it|Old|Older", "X-Form");
	expect((struct request){ "POST", "/api/people", JSON, "{\"name\":\"Old\"}" }, 409,
	       "\"current\":{\"name\":\"Older\",\"age\":77}", NULL);
}

Test(exchange, another_method_is_405_with_what_is_allowed) {
	expect((struct request){ "PUT", "/people", FORM, "name=Ann" }, 405, "405 PUT is not possible", "Allow: POST\r\n");
	expect((struct request){ "GET", "/api/people/7" }, 405, "\"code\":\"method_not_allowed\"", "Allow: DELETE\r\n");
	expect((struct request){ "GET", "/nothing" }, 404, "404 There is nothing at /nothing", NULL);
	expect((struct request){ NULL, "/people" }, 400, "incomplete", NULL);
}

Test(exchange, a_view_that_is_not_there_or_broken_is_a_fault) {
	expect((struct request){ "GET", "/view/whole" }, 200, "A view", NULL);
	expect((struct request){ "GET", "/view/absent" }, 500, "500", NULL);
	expect((struct request){ "GET", "/view/broken" }, 500, "500", NULL);
}

Test(exchange, only_a_row_that_goes_back_takes_a_past_moment) {
	expect((struct request){ "GET", "/past/a?as_of=2026-01-01" }, 200, "a", NULL);
	expect((struct request){ "GET", "/view/whole?as_of=2026-01-01" }, 400, "cannot show a past moment", NULL);
	expect((struct request){ "GET", "/view/whole?as_of=" }, 200, "A view", NULL); /* an empty field of a form */
	expect((struct request){ "GET", "/r/abc?as_of=2026-01-01" }, 400, "cannot show a past moment", NULL);
	expect((struct request){ "POST", "/api/people?as_of=2026-01-01", JSON, "{\"name\":\"Ann\"}" }, 400,
	       "\"fields\":{\"as_of\":", NULL);
	cr_expect_eq(handled, 0);
}

Test(exchange, bodies_keep_to_the_limit_of_their_row) {
	expect((struct request){ "POST", "/api/people/1/note", JSON, "{\"name\":\"Ann\",     \"age\":   7}" }, 200, "Ann",
	       NULL);
	expect((struct request){ "POST", "/api/people/1/note", JSON, "{\"name\":\"Ann\",      \"age\":   7}" }, 413,
	       "30 bytes", NULL);
	expect((struct request){ "POST", "/api/people", JSON, "{\"name\":\"A\"}", .promised = 500 }, 400, "ended early",
	       NULL);
	expect((struct request){ "POST", "/hook", JSON, "{}", .promised = BODY_LIMIT + 1 }, 413, "1048576 bytes", NULL);
	expect((struct request){ "POST", "/hook", JSON, "{}", .promised = BODY_LIMIT }, 400, "ended early", NULL);
	/* who has not signed in: parsing a megabyte of tiny parts took a worker a second, from anybody */
	expect((struct request){ "POST", "/people", FORM, "{}", .promised = STRANGERS_BODY_LIMIT + 1 }, 413, "16384 bytes",
	       NULL);
	expect((struct request){ "POST", "/send/abc", FORM, "{}", .promised = STRANGERS_BODY_LIMIT + 1 }, 413,
	       "16384 bytes", NULL);
}

Test(exchange, a_link_is_served_without_the_database_and_its_token_is_in_no_log) {
	expect((struct request){ "GET", "/r/abc-DEF_1~2" }, 200, "abc-DEF_1~2", NULL);
	expect((struct request){ "GET", "/r/abc%20def" }, 404, "copied all of it", NULL);
	expect((struct request){ "GET", "/r/abc%20def" }, 404, "ask whoever sent it to you", NULL);
	expect((struct request){ "GET", "/r/secret/more" }, 404, "ask whoever sent it to you", NULL);
	struct request odd = { "GET", "/r/secret?x=%ff" };
	struct served *served = serve(odd);
	cr_expect_eq(served->x.status, 400);
	cr_expect_str_eq(exchange_log_path(&served->x), "/r/:token");
	finish(served);
	served = serve((struct request){ "DELETE", "/r/secret" });
	cr_expect_eq(served->x.status, 405);
	cr_expect_str_eq(exchange_log_path(&served->x), "/r/:token");
	finish(served);
	served = serve((struct request){ "GET", "/r/secret/" });
	cr_expect_eq(served->x.status, 404);
	cr_expect_str_eq(exchange_log_path(&served->x), "/r/:token");
	finish(served);
	expect((struct request){ "GET", "/mine" }, 503, "503", "Retry-After"); /* there is no database */
	expect((struct request){ "GET", "/mine", .header = "HTTP_COOKIE", .value = "sid=0123" }, 503, "rail 503", NULL);
	expect((struct request){ "GET", "/mine", .header = "HTTP_COOKIE", .value = "other=0123" }, 503, "503  Nothing",
	       NULL);
}

static void expect_log_path(const char *method, const char *uri, const char *path) {
	struct served *served = serve((struct request){ method, uri });
	cr_expect_str_eq(exchange_log_path(&served->x), path, "%s %.40s: %s", method, uri, exchange_log_path(&served->x));
	finish(served);
}

#define SECRET "0123456789abcdef0123456789abcdef"

/* nginx takes each of these for an address below /r/, and passes it on as it was written. */
Test(exchange, a_token_is_in_no_log_however_its_address_is_written) {
	static const char *const below[] = { "/r/" SECRET,          "/r/" SECRET "/",  "/r/" SECRET "?a=%zz",
		                                 "/r/" SECRET "/pdf/x", "/r/" SECRET "//", "/r/" SECRET ".zip" };
	static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "OPTIONS", "BREW" };
	for (size_t i = 0; i < sizeof below / sizeof *below; i++)
		for (size_t k = 0; k < sizeof methods / sizeof *methods; k++)
			expect_log_path(methods[k], below[i], "/r/:token");
	expect_log_path("GET", "//r/" SECRET, "//r/…");
	expect_log_path("GET", "/x/../r/" SECRET "/pdf", "/x/../r/…/pdf");
	expect_log_path("GET", "/r%2F" SECRET, "/…");
	expect_log_path("POST", "/%72/" SECRET, "/%72/…");
	expect_log_path("GET", "/r/" SECRET "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a",
	                "/r/…/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a");
	expect_log_path("GET", "/nothing/here", "/nothing/here");
	expect_log_path("DELETE", "/api/people/" SECRET SECRET, "/api/people/…");
	expect_log_path("DELETE", "/api/people/..%2f..%2fr%2f" SECRET, "/api/people/…");
	expect_log_path("DELETE", "/api/people/0123abcd-0123-0123-0123-0123456789ab",
	                "/api/people/0123abcd-0123-0123-0123-0123456789ab");
}

Test(exchange, a_long_address_is_cut_in_the_log) {
	char uri[4000] = "/people/";
	memset(uri + 8, 'x', 3000);
	ARENA_AUTO arena = arena_new();
	struct served *served = serve((struct request){ "DELETE", arena_print(arena, "/api%s", uri) });
	cr_expect_eq(served->x.status, 200);
	cr_expect(strlen(exchange_log_path(&served->x)) <= 304);
	finish(served);
	for (char *c = uri; *c; c += 2)
		*c = '/';
	served = serve((struct request){ "GET", uri });
	cr_expect_eq(served->x.status, 404);
	cr_expect(strlen(exchange_log_path(&served->x)) <= 304);
	finish(served);
}

Test(exchange, head_is_told_from_get) {
	struct served *served = serve((struct request){ "HEAD", "/r/abc" });
	cr_expect_eq(served->x.status, 200);
	cr_expect(exchange_is_head(&served->x) && !exchange_is_write(&served->x));
	finish(served);
}

Test(exchange, a_hook_runs_only_over_the_bytes_that_were_signed) {
	static const char body[] = "{\"b\": 1,\r\n \"a\": 2}";
	char right[SECRET_HEX];
	secret_mac("hook secret", body, right);
	struct request request = { "POST", "/hook", JSON, body, "HTTP_X_HOOK_SIGNATURE", right };
	expect(request, 200, body, NULL);
	cr_expect_eq(handled, 1);
	request.body = "{\"b\":1,\"a\":2}";
	expect(request, 403, "403 The signature is wrong", NULL);
	cr_expect_eq(handled, 0);
	request.header = NULL;
	expect(request, 403, "signature", NULL);
	expect((struct request){ "POST", "/api/raw", JSON, "{ not json" }, 200, "{ not json", NULL);
}

static int open_files(void) {
	int count = 0;
	for (int fd = 0; fd < 200; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static char *large_form(struct arena *arena, size_t size, const char *more) {
	BUF_AUTO out = { 0 };
	buf_print(&out,
	          "--xYx\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--xYx\r\nContent-Disposition: "
	          "form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n");
	for (size_t i = 0; i < size; i++)
		buf_char(&out, i < 3 ? 'f' : i % 80 == 79 ? '\n' : 'x');
	buf_print(&out, "\r\n%s--xYx--\r\n", more);
	return arena_copy(arena, buf_text(&out));
}

#define MULTIPART "multipart/form-data; boundary=xYx"

Test(exchange, a_large_body_goes_to_a_file_that_ends_with_the_exchange) {
	ARENA_AUTO arena = arena_new();
	int before = open_files();
	char *form = large_form(arena, 3000000, "");
	struct served *served = serve((struct request){ "POST", "/api/import", MULTIPART, form });
	cr_expect_eq(served->x.status, 200);
	cr_expect_str_eq(buf_text(&served->x.body), "3000000|people.csv|hello|fff");
	cr_expect_eq(served->x.file->bytes[2999998], 'x');
	cr_expect(arena_used(served->x.arena) < 200000, "%zu bytes in memory", arena_used(served->x.arena));
	finish(served);
	cr_expect_eq(open_files(), before);
	expect((struct request){ "POST", "/api/import", "text/csv", "a,b\n1,2\n" }, 200, "8|-|-|a,b", NULL);
	expect((struct request){ "POST", "/api/import", "text/csv", "" }, 200, "0|-|-|", NULL);
	cr_expect_eq(open_files(), before);
}

Test(exchange, a_file_that_is_too_large_or_broken_is_refused) {
	ARENA_AUTO arena = arena_new();
	int before = open_files();
	static const char second[] = "--xYx\r\nContent-Disposition: form-data; name=\"f2\"; filename=\"b\"\r\n\r\nx\r\n";
	expect((struct request){ "POST", "/api/import", MULTIPART, large_form(arena, 4000000, "") }, 413, "4000000 bytes",
	       NULL);
	expect((struct request){ "POST", "/api/import", "text/csv", "a,b", .promised = 9 }, 400, "ended early", NULL);
	expect((struct request){ "POST", "/api/import", MULTIPART, large_form(arena, 10, second) }, 400,
	       "more than one file", NULL);
	expect((struct request){ "POST", "/api/import", MULTIPART,
	                         "--xYx\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--xYx--\r\n" },
	       400, "no file", NULL);
	expect((struct request){ "POST", "/api/import", MULTIPART, "nothing of a form" }, 400, "invalid", NULL);
	cr_expect_eq(open_files(), before);
}

Test(exchange, the_fields_beside_a_file_are_the_input) {
	static const char
		form[] = "--xYx\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAnn\r\n--xYx\r\n"
				 "Content-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n12345\r\n--xYx--\r\n";
	expect((struct request){ "POST", "/api/gift", MULTIPART, form }, 200, "Ann gave 5 bytes", NULL);
	expect((struct request){ "POST", "/api/gift", "text/csv", "12345" }, 400, "\"name\":\"Name is missing\"", NULL);
}
