/* Limits that all senders share. */
#include "sender/limits.h"

#include "core/store/clock.h"

static const char PACES[] = "send_paces";

enum { LIMITS_MAX = 8, TRIES = 10 };

/* A pace as it is stored. */
struct stored_pace {
	const char *id, *key;
	struct moment second, minute, hour, day;
	int64_t in_second, in_minute, in_hour, in_day;
	struct moment free_at;
	int64_t in_batch;
	int64_t rev;
};
static const struct field fields[] = {
	FIELD(struct stored_pace, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct stored_pace, key),
	FIELD(struct stored_pace, second),
	FIELD(struct stored_pace, minute),
	FIELD(struct stored_pace, hour),
	FIELD(struct stored_pace, day),
	FIELD(struct stored_pace, in_second),
	FIELD(struct stored_pace, in_minute),
	FIELD(struct stored_pace, in_hour),
	FIELD(struct stored_pace, in_day),
	FIELD(struct stored_pace, free_at),
	FIELD(struct stored_pace, in_batch),
	FIELD(struct stored_pace, rev),
};
static const struct record_type pace_record = RECORD_TYPE("SendPace", struct stored_pace, fields);

static struct pace pace_of(const struct stored_pace *stored) {
	return (struct pace){ .windows = { { stored->second, stored->in_second },
		                               { stored->minute, stored->in_minute },
		                               { stored->hour, stored->in_hour },
		                               { stored->day, stored->in_day } },
		                  .free_at = stored->free_at,
		                  .in_batch = stored->in_batch == COUNT_NONE ? 0 : stored->in_batch };
}

static void put_pace(struct stored_pace *stored, const struct pace *pace) {
	stored->second = pace->windows[PACE_SECOND].start;
	stored->minute = pace->windows[PACE_MINUTE].start;
	stored->hour = pace->windows[PACE_HOUR].start;
	stored->day = pace->windows[PACE_DAY].start;
	stored->in_second = pace->windows[PACE_SECOND].used;
	stored->in_minute = pace->windows[PACE_MINUTE].used;
	stored->in_hour = pace->windows[PACE_HOUR].used;
	stored->in_day = pace->windows[PACE_DAY].used;
	stored->free_at = pace->free_at;
	stored->in_batch = pace->in_batch;
}

static bool create(struct store *store, const char *key, struct arena *arena, struct error *err) {
	struct stored_pace fresh = { .id = store_new_id(arena), .key = key, .rev = 1 };
	bool was_there;
	put_pace(&fresh, &PACE_UNUSED);
	return store_insert_once(store, PACES, &pace_record, &fresh, &was_there, err);
}

static struct stored_pace *find_pace(struct stored_pace *all, int count, const char *key) {
	for (int i = 0; i < count; i++)
		if (text_same(all[i].key, key))
			return &all[i];
	return NULL;
}

/* *won false: somebody else has changed one of them meanwhile. What was written to the others is wasted, never given
 * twice. */
static bool store_paces(struct store *store, struct stored_pace *const *stored, int count, bool *won,
                        struct error *err) {
	*won = true;
	for (int i = 0; i < count && *won; i++)
		if (!store_update(store, PACES, FILTER(by_id(stored[i]->id), eq_count("rev", stored[i]->rev)),
		                  UPDATE(set_record(&pace_record, stored[i], EXCEPT("id", "key", "rev")), add_count("rev", 1)),
		                  won, err))
			return false;
	return true;
}

static bool take_once(struct store *store, const struct send_limit *limits, int count, int64_t want,
                      struct arena *arena, struct pace_grant *grant, bool *done, struct error *err) {
	struct strings keys = { arena_array(arena, const char *, count), count };
	struct stored_pace *all, *stored[LIMITS_MAX];
	struct pace paces[LIMITS_MAX];
	struct pace_limiter limiters[LIMITS_MAX];
	struct moment now;
	bool moved = false;
	int found;
	for (int i = 0; i < count; i++)
		keys.items[i] = limits[i].key;
	if (!store_list_now(store, PACES, FILTER(in_texts("key", &keys)), SORT(asc("_id")), LIMITS_MAX, &pace_record, arena,
	                    (void **)&all, &found, &now, err))
		return false;
	for (int i = 0; i < count; i++) {
		stored[i] = find_pace(all, found, limits[i].key);
		if (!stored[i])
			return create(store, limits[i].key, arena, err);
		paces[i] = pace_of(stored[i]);
		limiters[i] = (struct pace_limiter){ &paces[i], &limits[i].limits };
	}
	*grant = pace_take(limiters, count, want, now);
	for (int i = 0; i < count; i++) {
		const struct pace before = pace_of(stored[i]);
		moved = moved || pace_was_moved(&before, &paces[i]);
		put_pace(stored[i], &paces[i]);
	}
	*done = true;
	return (grant->count == 0 && !moved) || store_paces(store, stored, count, done, err);
}

bool limit_is_any(const struct pace_limits *limits) {
	for (int unit = 0; unit < PACE_UNIT_COUNT; unit++)
		if (limits->per[unit] > 0)
			return true;
	return limits->gap_ms > 0 || (limits->batch > 0 && limits->pause_ms > 0);
}

bool limits_take(struct store *store, const struct send_limit *limits, int count, int64_t want, struct arena *arena,
                 struct pace_grant *grant, struct error *err) {
	struct send_limit real[LIMITS_MAX];
	int real_count = 0;
	bool done = false;
	for (int i = 0; i < count && real_count < LIMITS_MAX; i++)
		if (limit_is_any(&limits[i].limits))
			real[real_count++] = limits[i];
	*grant = (struct pace_grant){ want, SECOND_MS, -1, PACE_SECOND };
	for (int tries = 0; real_count > 0 && !done && tries < TRIES; tries++)
		if (!take_once(store, real, real_count, want, arena, grant, &done, err))
			return false;
	if (real_count > 0 && !done)
		*grant = (struct pace_grant){ 0, 10, -1, PACE_SECOND };
	return true;
}

struct pace_limits limits_of_settings(const struct settings *settings) {
	return (struct pace_limits){ .per = { [PACE_SECOND] = settings->max_per_second,
		                                  [PACE_HOUR] = settings->max_per_hour,
		                                  [PACE_DAY] = settings->max_per_day } };
}

static int64_t or_zero(int64_t limit) {
	return limit == COUNT_NONE ? 0 : limit;
}

struct pace_limits limits_of_connection(const struct connection *connection) {
	const struct connection_limits *limits = &connection->limits;
	const int64_t all[PACE_UNIT_COUNT] = { limits->per_second, limits->per_minute, limits->per_hour, limits->per_day };
	struct pace_limits out = { .gap_ms = or_zero(limits->delay) * SECOND_MS,
		                       .batch = or_zero(limits->batch_size),
		                       .pause_ms = or_zero(limits->batch_delay) * SECOND_MS };
	for (int unit = 0; unit < PACE_UNIT_COUNT; unit++)
		out.per[unit] = or_zero(all[unit]);
	return out;
}
