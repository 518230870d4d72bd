/* What is used of limits. */
#include "connections/used.h"

static const char PACES[] = "send_paces";

static const struct field fields[] = {
	FIELD(struct taken, key),       FIELD(struct taken, minute),  FIELD(struct taken, hour),   FIELD(struct taken, day),
	FIELD(struct taken, in_minute), FIELD(struct taken, in_hour), FIELD(struct taken, in_day),
};
static const struct record_type taken_record = RECORD_TYPE("LimitTaken", struct taken, fields);

static int64_t in_window(struct moment began, int64_t lasts_ms, int64_t count, struct moment now) {
	return moment_is_set(began) && now.ms < began.ms + lasts_ms && count != COUNT_NONE ? count : 0;
}

static void add(struct limits_used *used, const char *label, int64_t limit, int64_t count) {
	if (limit != COUNT_NONE && limit > 0)
		used->items[used->count++] = (struct limit_used){ label, count, limit };
}

struct limits_used limits_used_of(const struct connection_limits *limits, const struct taken *taken,
                                  struct moment now) {
	static const struct taken none = { .minute = { INT64_MIN }, .hour = { INT64_MIN }, .day = { INT64_MIN } };
	const struct taken *of = taken ? taken : &none;
	struct limits_used used = { 0 };
	add(&used, "This minute", limits->per_minute, in_window(of->minute, MINUTE_MS, of->in_minute, now));
	add(&used, "This hour", limits->per_hour, in_window(of->hour, HOUR_MS, of->in_hour, now));
	add(&used, "Today (UTC)", limits->per_day, in_window(of->day, DAY_MS, of->in_day, now));
	return used;
}

bool taken_find(struct store *store, const char *key, struct arena *arena, struct taken *taken, bool *found,
                struct error *err) {
	return store_find(store, PACES, FILTER(eq_text("key", key)), NULL, &taken_record, arena, taken, found, err);
}

bool connection_read_used(struct store *store, const struct connection *connection, struct moment now,
                          struct arena *arena, struct limits_used *used, struct error *err) {
	struct taken taken;
	bool found;
	if (!taken_find(store, arena_print(arena, "connection:%s", connection->id), arena, &taken, &found, err))
		return false;
	*used = limits_used_of(&connection->limits, found ? &taken : NULL, now);
	return true;
}
