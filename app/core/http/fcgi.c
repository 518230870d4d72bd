/* FastCGI: the only file that uses libfcgi. */
#include <fcgiapp.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/http/exchange.h"
#include "core/http/intake.h"

enum {
	REQUEST_SECONDS = 30,
	HEAD_MS = 2000,
	ANSWERS_MAX = 64,
	ANSWERS_BYTES = 3 * 1024 * 1024,
	IDENTITIES_MAX = 256,
	IDENTITIES_BYTES = 256 * 1024
};

static const char *variable(void *context, const char *name) {
	const FCGX_Request *request = context;
	return FCGX_GetParam(name, request->envp);
}

/* Each piece of a large body gets the full time of a request. */
static int read_piece(void *context, char *into, int size) {
	const FCGX_Request *request = context;
	(void)alarm(REQUEST_SECONDS);
	int got = FCGX_GetStr(into, size, request->in);
	return FCGX_GetError(request->in) == 0 ? got : -1;
}

/* Sends the rest of a table in pieces, each with its own arena. */
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
	bool has_body = !exchange_is_head(x) && x->status != 304;
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
		/* Without the end-of-request record, nginx aborts the response. */
		log_failure(exchange_log_path(x), &err);
		(void)shutdown(request->ipcFd, SHUT_RDWR);
	}
	return sent;
}

static void serve(FCGX_Request *request, struct exchange *x, const struct http_service *service) {
	const struct request_source source = { variable, read_piece, request };
	int64_t began = monotonic_ms();
	exchange_serve(x, service, &source);
	size_t sent = send_answer(request, x);
	log_info("%.10s %s %d %zu B %lld ms user=%s", x->method, exchange_log_path(x), x->status, sent,
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

/* Gives libfcgi the next connection, open already, so that it accepts none itself. False: there will be none. */
static bool begin_request(FCGX_Request *request, struct intake *intake) {
	int fd;
	while ((fd = intake_next(intake)) >= 0) {
		request->ipcFd = fd;
		request->keepConnection = 1;
		if (FCGX_Accept_r(request) == 0)
			return true;
	}
	return false;
}

/* nginx asks to keep the connection only to detect answers cut short: it is closed here, not by libfcgi, which would
 * wait as long as its peer goes on sending. */
static void finish_request(FCGX_Request *request) {
	int fd = request->ipcFd;
	request->keepConnection = 1;
	request->detached = 1;
	FCGX_Finish_r(request);
	if (request->ipcFd < 0)
		return;
	request->ipcFd = -1;
	intake_finish(fd);
}

int fcgi_worker_loop(int listener, const struct settings *settings, const struct http_service *service) {
	struct error err = ERROR_INIT;
	FCGX_Request request;
	struct store *store = store_open(settings->mongodb_uri, settings->mongodb_db, "telltale-web", 1000, &err);
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
	/* Slightly different quotas keep workers from being recycled at the same time. */
	int64_t served = 0, share = settings->requests_per_worker + getpid() % (settings->requests_per_worker / 10 + 1);
	(void)FCGX_Init();
	(void)FCGX_InitRequest(&request, -1, 0);
	struct intake intake = { .listener = listener, .patience_ms = HEAD_MS };
	while (begin_request(&request, &intake)) {
		struct exchange x = { .arena = arena,
			                  .settings = settings,
			                  .store = store,
			                  .templates = templates,
			                  .answers = answers,
			                  .identities = identities };
		(void)alarm(REQUEST_SECONDS);
		store_renew(store);
		serve(&request, &x, service);
		finish_request(&request);
		(void)alarm(0);
		buf_finish(&x.headers);
		buf_finish(&x.cookie_headers);
		buf_finish(&x.body);
		arena_reset(arena);
		if (++served == share)
			intake.listener = -1;
	}
	arena_free(arena);
	answer_cache_free(answers);
	answer_cache_free(identities);
	templates_free(templates);
	store_close(store);
	return 0;
}
