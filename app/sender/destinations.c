/* Stored destinations. */
#include "sender/destinations.h"

#include <string.h>

static const char DESTINATIONS[] = "send_destinations";

enum { TRIES = 20 };

static const struct field fields[] = {
	FIELD(struct known_destination, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct known_destination, key),
	FIELD(struct known_destination, connection_id),
	FIELD(struct known_destination, name),
	FIELD_AS(struct known_destination, pace.replies, "replies"),
	FIELD_AS(struct known_destination, pace.deferrals, "deferrals"),
	FIELD_AS(struct known_destination, pace.verdicts, "verdicts"),
	FIELD_AS(struct known_destination, pace.clean, "clean"),
	FIELD_AS(struct known_destination, pace.rate, "rate"),
	FIELD_AS(struct known_destination, pace.before, "before"),
	FIELD_AS(struct known_destination, pace.pauses, "pauses"),
	FIELD_AS(struct known_destination, pace.paused_until, "paused_until"),
	FIELD_AS(struct known_destination, pace.is_trying, "is_trying"),
	FIELD(struct known_destination, updated_at),
	FIELD(struct known_destination, rev),
};
static const struct record_type destination_record = RECORD_TYPE("SendDestination", struct known_destination, fields);

bool destinations_limited(struct store *store, const char *connection_id, struct arena *arena,
                          struct known_destination **destinations, int *count, struct error *err) {
	return store_list(store, DESTINATIONS, FILTER(eq_text("connection_id", connection_id), gt_count("rate", 0)),
	                  SORT(asc("name"), asc("_id")), DESTINATIONS_MAX, &destination_record, arena,
	                  (void **)destinations, count, err);
}

static bool create(struct store *store, const struct destination_report *report, const char *key, struct moment now,
                   struct arena *arena, struct error *err) {
	bool was_there;
	const struct known_destination fresh = { .id = store_new_id(arena),
		                                     .key = key,
		                                     .connection_id = report->connection_id,
		                                     .name = report->name,
		                                     .pace = DESTINATION_NEW,
		                                     .updated_at = now,
		                                     .rev = 1 };
	return store_insert_once(store, DESTINATIONS, &destination_record, &fresh, &was_there, err);
}

static bool tell_once(struct store *store, const struct destination_report *report, const char *key, struct moment now,
                      struct arena *arena, bool *done, bool *slowed, struct known_destination *destination,
                      struct error *err) {
	bool found;
	*done = false;
	if (!store_find(store, DESTINATIONS, FILTER(eq_text("key", key)), NULL, &destination_record, arena, destination,
	                &found, err))
		return false;
	if (!found)
		return create(store, report, key, now, arena, err);
	*slowed = destination_note(&destination->pace, &report->replies, report->minute, now);
	destination->updated_at = now;
	return store_update(store, DESTINATIONS, FILTER(by_id(destination->id), eq_count("rev", destination->rev)),
	                    UPDATE(set_record(&destination_record, destination,
	                                      EXCEPT("id", "key", "connection_id", "name", "rev")),
	                           add_count("rev", 1)),
	                    done, err);
}

bool destination_tell(struct store *store, const struct destination_report *report, struct moment now,
                      struct arena *arena, bool *slowed, struct known_destination *destination, struct error *err) {
	const char *key = arena_print(arena, "%s:%s", report->connection_id, report->name);
	bool done = false;
	*slowed = false;
	for (int tries = 0; !done && tries < TRIES; tries++)
		if (!tell_once(store, report, key, now, arena, &done, slowed, destination, err))
			return false;
	*slowed = *slowed && done;
	return true;
}
