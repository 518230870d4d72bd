/* Who of a rule may be mailed: its people are counted, then those of each reason. */
#include "segments/audience.h"

#include <inttypes.h>
#include <string.h>

/* What is counted one after the other: all people stand in the place of those who may be mailed, who are the rest. */
struct stepping {
	int64_t counts[MAILABLE_COUNT];
	int done;
	const char *cursor; /* of the count that is not finished */
};

/* A cursor: the counts that are finished, and where the next one stands: "120,0,3,;5000:10000:6748…". */
static bool read_cursor(const char *text, struct arena *arena, struct stepping *stepping, struct error *err) {
	char *counts = arena_copy(arena, text), *rest = strchr(counts, ';'), *one;
	bool fine = rest != NULL;
	if (rest) {
		*rest++ = '\0';
		stepping->cursor = *rest ? rest : NULL;
	}
	while (fine && *counts && (one = strsep(&counts, ","))) {
		fine = counts && stepping->done < MAILABLE_COUNT &&
		       text_to_int(one, 0, INT64_MAX, &stepping->counts[stepping->done]);
		stepping->done += fine;
	}
	return (fine && stepping->done < MAILABLE_COUNT) ||
	       error_field(err, "cursor", "This count cannot be continued. Start it again");
}

static const char *cursor_of(const struct stepping *stepping, struct arena *arena) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < stepping->done; i++)
		buf_print(&out, "%" PRId64 ",", stepping->counts[i]);
	buf_print(&out, ";%s", stepping->cursor ? stepping->cursor : "");
	return arena_copy(arena, buf_text(&out));
}

/* Holds the reason nobody back, as the settings are? */
static bool is_idle(const struct mailable_question *question, enum mailable reason) {
	return (reason == MAILABLE_SUPPRESSED && !question->suppression_list) ||
	       (reason == MAILABLE_UNPROVEN && !question->require_consent) ||
	       (reason == MAILABLE_BAD_DOMAIN && !question->validate_domains);
}

static bool count_step(struct store *store, const struct people_query *query, const struct mailable_question *question,
                       struct arena *arena, struct stepping *stepping, struct people_count *count, struct error *err) {
	struct people_query one = *query;
	enum mailable reason = (enum mailable)stepping->done;
	one.cursor = stepping->cursor;
	*count = (struct people_count){ 0, { NULL, COUNT_NONE, COUNT_NONE } };
	if (is_idle(question, reason))
		return true;
	if (reason != MAILABLE)
		one.also = contact_mailable_filter(arena, question, reason);
	return people_count(store, &one, arena, count, err);
}

static bool count_steps(struct store *store, const struct people_query *query, const struct mailable_question *question,
                        struct arena *arena, struct stepping *stepping, struct people_count *last, struct error *err) {
	int64_t until = monotonic_ms() + query->patience_ms;
	while (stepping->done < MAILABLE_COUNT) {
		struct people_query one = *query;
		int64_t left = until - monotonic_ms();
		if (query->patience_ms && left <= 0)
			break;
		one.patience_ms = query->patience_ms ? (int)left : 0;
		if (!count_step(store, &one, question, arena, stepping, last, err))
			return false;
		stepping->cursor = last->progress.next;
		if (stepping->cursor)
			break;
		stepping->counts[stepping->done++] = last->people;
	}
	return true;
}

bool audience_count(struct store *store, const struct people_query *query, const struct mailable_question *question,
                    struct arena *arena, struct audience *audience, struct error *err) {
	struct stepping stepping = { 0 };
	struct people_count last = { COUNT_NONE, { NULL, COUNT_NONE, COUNT_NONE } };
	if ((!text_is_empty(query->cursor) && !read_cursor(query->cursor, arena, &stepping, err)) ||
	    !count_steps(store, query, question, arena, &stepping, &last, err))
		return false;
	bool is_whole = stepping.done == MAILABLE_COUNT;
	*audience = (struct audience){ .people = stepping.done ? stepping.counts[0] : last.people,
		                           .progress = last.progress };
	audience->counts[MAILABLE] = is_whole ? audience->people : COUNT_NONE;
	for (int i = MAILABLE + 1; i < MAILABLE_COUNT; i++) {
		audience->counts[i] = i < stepping.done ? stepping.counts[i] : COUNT_NONE;
		if (is_whole)
			audience->counts[MAILABLE] -= audience->counts[i];
	}
	audience->progress.next = is_whole ? NULL : cursor_of(&stepping, arena);
	return true;
}
