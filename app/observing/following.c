/* From one page of an answer to the next. */
#include <string.h>

#include "core/formats/url.h"
#include "observing/engine.h"

enum { PAGES_LIMIT = 20000 };

bool work_is_last(const struct following *next) {
	return !next->cursor && !next->url && !next->unread;
}

/* A URL that begins with a slash is on the API's own server. Any other server never gets the key. */
static const char *url_of_next(const struct work *work, const char *url) {
	const char *base = work->settings->api_url;
	if (url[0] == '/' && url[1] != '/') {
		const char *host = strstr(base, "://");
		size_t size = host ? (size_t)(host - base) + 3 + strcspn(host + 3, "/") : 0;
		url = arena_print(work->arena, "%.*s%s", (int)size, base, url);
	}
	return url_is_on(url, base) ? url : NULL;
}

/* Why the next page cannot be asked for; NULL if it can. */
static const char *obstacle(const struct work *work, const struct task *task, const struct following *next) {
	const char *which = next->cursor ? next->cursor : next->url;
	if (next->unread)
		return "what leads to the next page cannot be read";
	if (text_same(which, task->cursor) || text_same(which, task->mark) || task->pages > PAGES_LIMIT)
		return "the pages repeat themselves: the rest cannot be read";
	if (!next->cursor && !url_of_next(work, next->url))
		return "the next page is on another server, which never gets the API key";
	return NULL;
}

/* Pages that go in circles meet the mark, which moves on at each power of two (R. P. Brent, 1980). */
static const char *mark_after(const struct task *task, const char *which) {
	bool is_power = (task->pages & (task->pages + 1)) == 0;
	return is_power || !task->mark ? which : task->mark;
}

bool work_has_all(const struct task *task, int rows, int limit, const struct following *next, bool *cut,
                  struct error *err) {
	int64_t all = (int64_t)task->rows + rows;
	*cut = work_is_last(next) && all < task->counter && (all == 0 || rows >= limit);
	return !*cut || (all > 0 && work_is_last_try(task)) ||
	       error_set(err, ERROR_INVALID, "it ends after %lld of %lld rows", (long long)all, (long long)task->counter);
}

void work_gap_cut(struct work *work, const struct task *task) {
	work_gap(work, task,
	         arena_print(work->arena, "it ends after %lld of %lld rows", (long long)task->rows,
	                     (long long)task->counter));
}

bool work_next_page(struct work *work, const struct task *task, const struct following *next) {
	work->run.pages++;
	if (work_is_last(next))
		return true;
	const char *why = obstacle(work, task, next);
	if (why) {
		work_gap(work, task, why);
		return false;
	}
	struct task *after = work_add(work, task->kind);
	const char *which = arena_copy(work->arena, next->cursor ? next->cursor : next->url);
	after->id = task->id;
	after->external = task->external;
	after->word = task->word;
	after->since = task->since;
	after->counter = task->counter;
	after->campaign = task->campaign;
	after->rows = task->rows;
	after->incomplete = task->incomplete;
	after->about = task->about;
	after->pages = task->pages + 1;
	after->cursor = which;
	after->url = next->cursor ? NULL : url_of_next(work, which);
	after->mark = mark_after(task, which);
	return true;
}
