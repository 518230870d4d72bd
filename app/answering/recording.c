/* Recording hits. */
#include "answering/recording.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/formats/json.h"

enum { STORED_AT_ONCE = 200 };

struct spool hits_spool(const struct settings *settings, struct arena *arena) {
	return (struct spool){ arena_print(arena, "%s/run", settings->home), HITS_SPOOL_BYTES };
}

const char *hit_line(const struct hit *hit, struct arena *arena) {
	BUF_AUTO line = { 0 };
	/* JSON has whole seconds. */
	buf_print(&line, "%lld ", (long long)hit->at.ms);
	record_to_json(&hit_record, hit, &line);
	return arena_copy(arena, buf_text(&line));
}

bool hit_of_line(const char *line, struct arena *arena, struct hit *hit) {
	struct error ignored = ERROR_INIT;
	struct value *json;
	char *rest;
	long long ms = strtoll(line, &rest, 10);
	if (*rest != ' ' || ms <= 0 || !json_read(arena, rest, strlen(rest), &json, &ignored) ||
	    !record_from_json(&hit_record, json, arena, hit, NULL, &ignored))
		return false;
	hit->at.ms = ms;
	hit->waits = true;
	return store_is_id(hit->id) && store_is_id(hit->campaign_id) && (!hit->contact_id || store_is_id(hit->contact_id));
}

static void let_wait(const struct hit *hit, const struct settings *settings, struct arena *arena) {
	const struct spool spool = hits_spool(settings, arena);
	struct error err = ERROR_INIT;
	bool refused;
	if (!spool_put(&spool, hit_line(hit, arena), &refused, &err))
		log_failure("keeping a hit until the database is back", &err);
}

void hit_record_it(struct store *store, const struct hit *hit, const struct settings *settings, struct arena *arena) {
	struct error err = ERROR_INIT;
	if (hit_store(store, hit, &err))
		return;
	if (err.kind == ERROR_UNAVAILABLE || err.kind == ERROR_FULL)
		let_wait(hit, settings, arena);
	else
		log_failure("recording a hit", &err);
}

/* Will it never be stored, so that the others need not wait for it? */
static bool is_hopeless(const struct error *err) {
	if (err->kind == ERROR_UNAVAILABLE || err->kind == ERROR_FULL)
		return false;
	log_failure("storing a hit that waited", err);
	return true;
}

static bool store_lines(struct store *store, const struct strings *lines, struct arena *arena, struct error *err) {
	for (int i = 0; i < lines->count; i++) {
		struct hit hit;
		if (!hit_of_line(lines->items[i], arena, &hit))
			log_warning("a hit that was cut off is left out");
		else if (!hit_store(store, &hit, err) && !is_hopeless(err))
			return false;
	}
	return true;
}

static void tell_refused(const struct spool *spool) {
	struct error err = ERROR_INIT;
	int64_t count;
	if (!spool_refused(spool, &count, &err))
		log_failure("counting hits that were refused", &err);
	else if (count)
		log_warning("%lld opens and clicks were not recorded while the database was away: no room", (long long)count);
}

/* At each turn of the program, some: it has other things to do. */
static bool store_waiting(struct store *store, struct moment now, void *context, struct error *err) {
	static struct spool_reader reader;
	ARENA_AUTO arena = arena_new();
	const struct settings *settings = context;
	const struct spool spool = hits_spool(settings, arena);
	struct strings lines;
	(void)now;
	if (!spool_take(&spool, &reader, STORED_AT_ONCE, arena, &lines, err))
		return false;
	if (!store_lines(store, &lines, arena, err))
		return false;
	if (lines.count == 0)
		tell_refused(&spool);
	return spool_done(&spool, &reader, err);
}

const struct job_kind hits_job = { .name = "hits", .plan = store_waiting };
