/* FastCGI: the only file that knows libfcgi. */
#include <fcgiapp.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/formats/json.h"
#include "core/http/exchange.h"
#include "core/process/master.h"

enum {
	REQUEST_SECONDS = 30,
	ANSWERS_MAX = 64,
	ANSWERS_BYTES = 3 * 1024 * 1024,
	IDENTITIES_MAX = 256,
	IDENTITIES_BYTES = 256 * 1024
};

static const char *param(const FCGX_Request *request, struct arena *arena, const char *name) {
	const char *value = FCGX_GetParam(name, request->envp);
	return text_is_empty(value) ? NULL : arena_copy(arena, value);
}

static bool read_json(struct exchange *x, const char *body, size_t size, struct error *err) {
	struct value *json;
	if (!json_read(x->arena, body, size, &json, err))
		return false;
	x->json = json;
	return true;
}

/* Short reads and broken framing must leave no trace: the body counts only when it is whole. */
static bool read_body(const FCGX_Request *request, struct exchange *x, struct error *err) {
	const char *length = FCGX_GetParam("CONTENT_LENGTH", request->envp);
	const char *type = FCGX_GetParam("CONTENT_TYPE", request->envp);
	int64_t size = 0;
	if (text_is_empty(length))
		return true;
	if (!text_to_int(length, 0, INT64_MAX, &size))
		return error_set(err, ERROR_INVALID, "the length of the body is no number");
	if (size > BODY_LIMIT)
		return error_set(err, ERROR_TOO_LARGE, "the body may have %d bytes", BODY_LIMIT);
	char *body = arena_alloc(x->arena, (size_t)size + 1);
	int got = FCGX_GetStr(body, (int)size, request->in);
	if (got != size || FCGX_GetError(request->in) != 0)
		return error_set(err, ERROR_INVALID, "the body ended early");
	if (type && text_starts(type, "application/x-www-form-urlencoded"))
		return params_read(x->arena, body, &x->form, err);
	if (type && text_starts(type, "multipart/form-data"))
		return multipart_read(x->arena, type, body, (size_t)size, &x->form, &x->uploads, err);
	if (type && text_starts(type, "application/json"))
		return read_json(x, body, (size_t)size, err);
	return true;
}

static bool read_request(const FCGX_Request *request, struct exchange *x, struct error *err) {
	struct arena *arena = x->arena;
	const char *uri = param(request, arena, "REQUEST_URI");
	x->method = param(request, arena, "REQUEST_METHOD");
	x->remote = param(request, arena, "REMOTE_ADDR");
	x->authorization = param(request, arena, "HTTP_AUTHORIZATION");
	x->origin_site = param(request, arena, "HTTP_SEC_FETCH_SITE");
	x->csrf_header = param(request, arena, "HTTP_X_CSRF_TOKEN");
	x->agent = param(request, arena, "HTTP_USER_AGENT");
	x->if_none_match = param(request, arena, "HTTP_IF_NONE_MATCH");
	x->path = uri ? arena_copy_bytes(arena, uri, strcspn(uri, "?")) : NULL;
	x->wants_json = x->path && (text_starts(x->path, "/api/") || strcmp(x->path, "/healthz") == 0 ||
	                            strcmp(x->path, "/readyz") == 0);
	x->query_text = uri && strchr(uri, '?') ? strchr(uri, '?') + 1 : "";
	cookies_read(arena, param(request, arena, "HTTP_COOKIE"), &x->cookies);
	if (!x->method || !x->path) {
		x->method = "?";
		x->path = "/";
		return error_set(err, ERROR_INVALID, "an incomplete request");
	}
	return params_read(arena, x->query_text, &x->query, err) && read_body(request, x, err);
}

/* The rest of a table, piece by piece, each in an arena that ends with it. */
static bool send_stream(const FCGX_Request *request, struct exchange *x, size_t *sent, struct error *err) {
	struct arena *lasting = x->arena, *arena = arena_new();
	struct csv_stream stream = *x->stream;
	BUF_AUTO cursor = { 0 };
	bool fine = true;
	while (fine && stream.cursor) {
		buf_reset(&cursor);
		buf_text_add(&cursor, stream.cursor);
		buf_reset(&x->body);
		arena_reset(arena);
		(void)alarm(REQUEST_SECONDS);
		x->arena = arena;
		fine = stream.piece(x, stream.state, buf_text(&cursor), &stream.cursor, err) &&
		       (FCGX_PutStr(buf_text(&x->body), (int)x->body.size, request->out) == (int)x->body.size ||
		        error_set(err, ERROR_UNAVAILABLE, "the reader has left"));
		*sent += x->body.size;
	}
	x->arena = lasting;
	arena_free(arena);
	return fine;
}

/* Returns the bytes of the body that were sent. */
static size_t send_answer(const FCGX_Request *request, struct exchange *x) {
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	size_t sent = x->body.size;
	bool has_body = strcmp(x->method, "HEAD") != 0 && x->status != 304;
	buf_print(&out, "Status: %d\r\nContent-Type: %s\r\n", x->status, x->type ? x->type : "text/plain; charset=utf-8");
	if (!x->stream)
		buf_print(&out, "Content-Length: %zu\r\n", x->body.size);
	buf_text_add(&out, buf_text(&x->headers));
	buf_text_add(&out, buf_text(&x->cookie_headers));
	buf_print(&out, "Cache-Control: %s\r\n\r\n", x->may_revalidate ? "private, no-cache" : "no-store");
	if (has_body)
		buf_add(&out, buf_text(&x->body), x->body.size);
	(void)FCGX_PutStr(out.bytes, (int)out.size, request->out);
	if (x->stream && has_body && !send_stream(request, x, &sent, &err)) {
		/* Without the end of the request nginx ends the answer as broken. */
		log_failure(exchange_log_path(x), &err);
		(void)shutdown(request->ipcFd, SHUT_RDWR);
	}
	return sent;
}

static void serve(const FCGX_Request *request, struct exchange *x, const struct http_service *service) {
	struct error err = ERROR_INIT;
	int64_t began = monotonic_ms();
	if (read_request(request, x, &err))
		exchange_serve(x, service);
	else
		failure_reply(x, &err);
	size_t sent = send_answer(request, x);
	log_info("%s %s %d %zu B %lld ms user=%s", x->method, exchange_log_path(x), x->status, sent,
	         (long long)(monotonic_ms() - began), x->identity.user ? x->identity.user : "-");
}

static const char *load_view(void *context, struct arena *arena, const char *name) {
	const struct settings *settings = context;
	g_autofree char *path = g_strdup_printf("%s/views/%s.mustache", settings->root, name);
	g_autofree char *text = NULL;
	if (strstr(name, "..") || !g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	return arena_copy(arena, text);
}

int fcgi_worker_loop(int listener, const struct settings *settings, const struct http_service *service) {
	struct error err = ERROR_INIT;
	FCGX_Request request;
	struct store *store = store_open(settings->mongodb_uri, settings->mongodb_db, "telltale-web", 2000, &err);
	if (!store) {
		log_failure("starting a worker", &err);
		return 1;
	}
	struct templates *templates = templates_new(load_view, (void *)(uintptr_t)settings);
	if (settings->templates_strict)
		templates_set_strict(templates);
	struct answer_cache *answers = answer_cache_new(ANSWERS_MAX, ANSWERS_BYTES);
	struct answer_cache *identities = answer_cache_new(IDENTITIES_MAX, IDENTITIES_BYTES);
	struct arena *arena = arena_new();
	/* Recycling at slightly different counts keeps workers from leaving together. */
	int64_t share = settings->requests_per_worker + getpid() % (settings->requests_per_worker / 10 + 1);
	(void)FCGX_Init();
	(void)FCGX_InitRequest(&request, listener, FCGI_FAIL_ACCEPT_ON_INTR);
	for (int64_t served = 0; served < share && master_wait(listener);) {
		if (FCGX_Accept_r(&request) != 0)
			continue; /* another worker took it */
		struct exchange x = { .arena = arena,
			                  .settings = settings,
			                  .store = store,
			                  .templates = templates,
			                  .answers = answers,
			                  .identities = identities };
		(void)alarm(REQUEST_SECONDS);
		serve(&request, &x, service);
		request.keepConnection = 0; /* nginx asks to keep it only to see an answer that ends too early */
		FCGX_Finish_r(&request);
		(void)alarm(0);
		buf_finish(&x.headers);
		buf_finish(&x.cookie_headers);
		buf_finish(&x.body);
		arena_reset(arena);
		served++;
	}
	arena_free(arena);
	answer_cache_free(answers);
	answer_cache_free(identities);
	templates_free(templates);
	store_close(store);
	return 0;
}
