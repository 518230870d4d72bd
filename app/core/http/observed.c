/* Cached answers. */
#include "core/http/observed.h"

#include <stdio.h>
#include <string.h>

#include "core/base/local.h"
#include "core/base/secret.h"

/* Everything that a cached answer depends on. */
static char *answer_key(const struct exchange *x, const char *instance) {
	const char *theme = exchange_cookie(x, "theme"), *hidden = exchange_cookie(x, "hidden");
	const char *columns = exchange_cookie(x, "columns");
	bool framed = !x->wants_json && !x->route->download;
	unsigned realms = x->route->realms | (framed ? x->service->frame_realms : 0);
	return arena_print(x->arena, "%s|%s|%s|%s|%lld|%s|%s|%s|%s|%s|%s?%s", instance,
	                   versions_text(&x->versions, realms, x->arena), local_name(),
	                   framed ? x->versions.counted_zone : "", (long long)local_day_start(x->now).ms, x->identity.user,
	                   x->identity.session ? x->identity.session : "", theme ? theme : "", hidden ? hidden : "",
	                   framed && columns ? columns : "", x->path, x->query_text);
}

static bool still_holds(const struct exchange *x, const char *etag) {
	return x->if_none_match && (strcmp(x->if_none_match, "*") == 0 || strstr(x->if_none_match, etag));
}

static bool reply_cached(struct exchange *x, const char *key) {
	const struct cached_answer *cached = answer_cache_find(x->answers, key);
	if (!cached)
		return false;
	x->type = cached->type;
	buf_text_add(&x->headers, cached->headers);
	buf_add(&x->body, cached->body, cached->size);
	return true;
}

bool observed_serve(struct exchange *x, struct error *err) {
	char etag[SECRET_HEX + 2];
	char *key = answer_key(x, x->service->instance);
	if (x->wants_json || x->route->download) {
		char digest[SECRET_HEX];
		secret_digest(key, digest);
		(void)snprintf(etag, sizeof etag, "\"%.32s\"", digest);
		x->may_revalidate = true;
		reply_header(x, "ETag", etag);
		if (still_holds(x, etag)) {
			x->status = 304;
			return true;
		}
	}
	size_t before = x->headers.size;
	if (reply_cached(x, key))
		return true;
	if (!x->route->handle(x, err))
		return false;
	if (x->status == 200 && !x->stream)
		answer_cache_put(x->answers, key,
		                 &(struct cached_answer){ x->type, buf_text(&x->headers) + before, buf_text(&x->body),
		                                          x->body.size });
	return true;
}
