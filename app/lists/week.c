/* The weeks of a list: storage. */
#include "lists/week.h"

static const struct field week_fields[] = {
	FIELD(struct list_week, week, .doc = "Monday, 00:00 UTC"),
	FIELD(struct list_week, joined, .unit = "contacts"),
	FIELD(struct list_week, unsubscribed, .unit = "contacts", .doc = "Left by a link in a campaign"),
	FIELD(struct list_week, complained, .unit = "contacts", .doc = "Left by calling a campaign spam"),
	FIELD(struct list_week, bounced, .unit = "contacts", .doc = "Left because their mail came back"),
	FIELD(struct list_week, otherwise, .unit = "contacts", .doc = "Left in another way: by form, by hand, by import"),
};
const struct record list_week_record = RECORD("ListWeek", struct list_week, week_fields);

struct list_weeks {
	const char *list_id;
	struct records weeks; /* struct list_week, oldest first */
};
static const struct field weeks_fields[] = {
	FIELD(struct list_weeks, list_id, .stored = "_id"),
	FIELD_LIST(struct list_weeks, weeks, list_week_record),
};
static const struct record weeks_record = RECORD("ListWeeks", struct list_weeks, weeks_fields);

struct moment week_of(struct moment at) {
	int64_t day = moment_day(at).ms / DAY_MS;
	int64_t weekday = ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
	return (struct moment){ (day - weekday) * DAY_MS };
}

bool list_save_weeks(struct store *store, const char *list_id, const struct records *weeks, struct error *err) {
	struct list_weeks all = { NULL, *weeks };
	bson_t set = BSON_INITIALIZER;
	record_to_bson(&weeks_record, &all, &set);
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(list_id));
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
	bool fine = store_upsert(store, "list_weeks", filter, change, err);
	bson_destroy(filter);
	bson_destroy(change);
	bson_destroy(&set);
	return fine;
}

bool list_find_weeks(struct store *store, const char *list_id, struct arena *arena, struct records *weeks,
                     struct error *err) {
	struct list_weeks all = { 0 };
	bool found;
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(list_id));
	bool fine = store_find(store, "list_weeks", filter, NULL, &weeks_record, arena, &all, &found, err);
	bson_destroy(filter);
	*weeks = fine && found ? all.weeks : (struct records){ 0 };
	return fine;
}
