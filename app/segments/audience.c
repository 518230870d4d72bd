/* Who of a rule can be emailed. The reasons are rules, so that they are counted and shown as any other people. */
#include "segments/audience.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const char *const reason_names[] = { "no_address", "inactive", "suppressed", "unsubscribed", "pending" };
const struct choices audience_reasons = CHOICES(reason_names);
const char *const audience_reason_labels[AUDIENCE_REASON_COUNT] = { "No email address", "Not active", "Suppressed",
	                                                                "Unsubscribed", "Not confirmed yet" };

static const char *const reason_rules[AUDIENCE_REASON_COUNT] = {
	[AUDIENCE_NO_ADDRESS] = "{\"field\":\"email\",\"operator\":\"empty\"}",
	[AUDIENCE_INACTIVE] = "{\"field\":\"active\",\"operator\":\"is\",\"value\":false}",
	[AUDIENCE_SUPPRESSED] = "{\"field\":\"suppressed\",\"operator\":\"not_empty\"}",
	[AUDIENCE_UNSUBSCRIBED] = "{\"field\":\"status\",\"operator\":\"is\",\"value\":\"unsubscribed\"}",
	[AUDIENCE_PENDING] = "{\"field\":\"status\",\"operator\":\"is\",\"value\":\"pending\"}",
};

/* The reason, and none before it. */
static const struct rule *reason_alone(enum audience_reason reason, struct arena *arena) {
	static const struct rule_names nothing = { 0 };
	struct rule_reading reading;
	struct error err;
	BUF_AUTO text = { 0 };
	buf_print(&text, "{\"match\":\"all\",\"rules\":[%s", reason_rules[reason]);
	for (unsigned before = 0; before < reason; before++)
		buf_print(&text, ",{\"match\":\"not\",\"rules\":[%s]}", reason_rules[before]);
	buf_text_add(&text, "]}");
	bool fine = rule_read(arena_copy(arena, buf_text(&text)), &nothing, arena, &reading, &err);
	assert(fine);
	(void)fine;
	return reading.rule;
}

const struct rule *audience_without(const struct rule *rule, enum audience_reason reason, struct arena *arena) {
	return rule_both(rule, reason_alone(reason, arena), arena);
}

/* What is counted one after the other: the people, then each reason. */
enum { STEPS = 1 + AUDIENCE_REASON_COUNT };
struct stepping {
	int64_t counts[STEPS];
	int done;
	const char *cursor; /* of the count that is not finished */
};

/* A cursor: the counts that are finished, and where the next one stands: "120,0,3;5000:10000:6748…". */
static bool read_cursor(const char *text, struct arena *arena, struct stepping *stepping, struct error *err) {
	char *counts = arena_copy(arena, text), *rest = strchr(counts, ';'), *one;
	bool fine = rest != NULL;
	if (rest) {
		*rest++ = '\0';
		stepping->cursor = *rest ? rest : NULL;
	}
	while (fine && *counts && (one = strsep(&counts, ",")))
		fine = stepping->done < STEPS && text_to_int(one, 0, INT64_MAX, &stepping->counts[stepping->done++]) && counts;
	return (fine && stepping->done < STEPS) ||
	       error_field(err, "cursor", "This count cannot be continued. Start it again");
}

static const char *cursor_of(const struct stepping *stepping, struct arena *arena) {
	BUF_AUTO out = { 0 };
	for (int i = 0; i < stepping->done; i++)
		buf_print(&out, "%" PRId64 ",", stepping->counts[i]);
	buf_print(&out, ";%s", stepping->cursor ? stepping->cursor : "");
	return arena_copy(arena, buf_text(&out));
}

static bool count_steps(struct store *store, const struct people_query *query, struct arena *arena,
                        struct stepping *stepping, struct people_count *last, struct error *err) {
	int64_t until = query->patience_ms ? monotonic_ms() + query->patience_ms : INT64_MAX;
	for (int64_t left = query->patience_ms; stepping->done < STEPS && left >= 0;
	     left = query->patience_ms ? until - monotonic_ms() - 1 : 0) {
		struct people_query one = *query;
		one.cursor = stepping->cursor;
		one.patience_ms = query->patience_ms ? (int)left + 1 : 0;
		if (stepping->done)
			one.rule = audience_without(query->rule, (enum audience_reason)(stepping->done - 1), arena);
		if (!people_count(store, &one, arena, last, err))
			return false;
		stepping->cursor = last->progress.next;
		if (stepping->cursor)
			return true;
		stepping->counts[stepping->done++] = last->people;
	}
	return true;
}

bool audience_count(struct store *store, const struct people_query *query, struct arena *arena, struct audience *found,
                    struct error *err) {
	struct stepping stepping = { 0 };
	struct people_count last = { COUNT_NONE, { NULL, COUNT_NONE, COUNT_NONE } };
	if ((!text_is_empty(query->cursor) && !read_cursor(query->cursor, arena, &stepping, err)) ||
	    !count_steps(store, query, arena, &stepping, &last, err))
		return false;
	bool is_whole = stepping.done == STEPS;
	*found = (struct audience){ .people = stepping.done ? stepping.counts[0] : last.people,
		                        .mailable = is_whole ? stepping.counts[0] : COUNT_NONE,
		                        .progress = last.progress };
	for (int i = 0; i < AUDIENCE_REASON_COUNT; i++) {
		found->reasons[i] = i + 1 < stepping.done ? stepping.counts[i + 1] : COUNT_NONE;
		if (is_whole)
			found->mailable -= found->reasons[i];
	}
	found->progress.next = is_whole ? NULL : cursor_of(&stepping, arena);
	return true;
}
