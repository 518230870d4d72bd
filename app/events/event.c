/* Events of contacts: storage. */
#include "events/event.h"

#include <string.h>

#include "audience/contacts/membership.h"

enum { CAMPAIGNS_MAX = 10000 };

static const char *const type_names[] = {
	[EVENT_OPENED] = "opened",         [EVENT_CLICKED] = "clicked",
	[EVENT_BOUNCED] = "bounced",       [EVENT_UNSUBSCRIBED] = "unsubscribed",
	[EVENT_COMPLAINED] = "complained",
};
_Static_assert(sizeof type_names / sizeof *type_names == EVENT_TYPE_COUNT, "a name a type");
const struct choices event_types = CHOICES(type_names);

static const struct field event_fields[] = {
	FIELD(struct event, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct event, campaign_id),
	FIELD(struct event, contact_ref),
	FIELD(struct event, email_norm, .flags = FIELD_PRIVATE),
	FIELD(struct event, type, .choices = &event_types),
	FIELD(struct event, occurred_at),
	FIELD(struct event, seen_at),
	FIELD(struct event, run_id),
	FIELD(struct event, address_found, .flags = FIELD_PRIVATE),
};
const struct record_type event_record = RECORD_TYPE("ContactEvent", struct event, event_fields);

/* Events whose report named no address get the one of the contact's membership. */
static bool find_addresses(struct store *store, struct event *events, int count, struct arena *arena,
                           struct error *err) {
	for (int i = 0; i < count; i++) {
		struct membership row;
		bool found;
		if (events[i].email_norm)
			continue;
		if (!membership_find(store, events[i].contact_ref, arena, &row, &found, err))
			return false;
		if (found) {
			events[i].email_norm = row.email_norm;
			events[i].address_found = true;
		}
	}
	return true;
}

bool event_append(struct store *store, struct event *events, int count, struct arena *arena, int64_t *added,
                  struct error *err) {
	if (!find_addresses(store, events, count, arena, err))
		return false;
	struct bulk *bulk = bulk_open(store, "contact_events");
	for (int i = 0; i < count; i++) {
		bson_t document = BSON_INITIALIZER;
		record_to_bson(&event_record, &events[i], &document);
		bulk_insert(bulk, &document);
		bson_destroy(&document);
	}
	return bulk_run(bulk, added, err);
}

struct texts {
	struct strings strings;
	struct arena *arena;
	int room;
};

static void take_id(void *context, const bson_t *document) {
	struct texts *texts = context;
	bson_iter_t iter;
	if (texts->strings.count < texts->room && bson_iter_init_find(&iter, document, "_id") &&
	    BSON_ITER_HOLDS_UTF8(&iter))
		texts->strings.items[texts->strings.count++] = arena_copy(texts->arena, bson_iter_utf8(&iter, NULL));
}

bool event_campaigns(struct store *store, const struct strings *norms, struct arena *arena,
                     struct strings *campaign_ids, struct error *err) {
	struct texts texts = { { arena_array(arena, const char *, CAMPAIGNS_MAX), 0 }, arena, CAMPAIGNS_MAX };
	bson_t *filter = store_filter_in("email_norm", norms);
	bson_t *pipeline = BCON_NEW("pipeline", "[", "{", "$match", BCON_DOCUMENT(filter), "}", "{", "$group", "{", "_id",
	                            BCON_UTF8("$campaign_id"), "}", "}", "]");
	bool fine = store_aggregate(store, "contact_events", pipeline, take_id, &texts, err);
	bson_destroy(filter);
	bson_destroy(pipeline);
	*campaign_ids = texts.strings;
	return fine;
}

struct times {
	int64_t *items;
	int count, room;
};

static void take_time(void *context, const bson_t *document) {
	struct times *times = context;
	bson_iter_t iter;
	if (times->count < times->room && bson_iter_init_find(&iter, document, "occurred_at") &&
	    BSON_ITER_HOLDS_DATE_TIME(&iter))
		times->items[times->count++] = bson_iter_date_time(&iter);
}

bool event_times(struct store *store, const char *campaign_id, const char *type, int64_t max, struct arena *arena,
                 int64_t **items, int *count, struct error *err) {
	struct times times = { arena_array(arena, int64_t, max), 0, (int)max };
	bson_t *pipeline = BCON_NEW("pipeline", "[", "{", "$match", "{", "campaign_id", BCON_UTF8(campaign_id), "type",
	                            BCON_UTF8(type), "}", "}", "{", "$project", "{", "_id", BCON_INT32(0), "occurred_at",
	                            BCON_INT32(1), "}", "}", "]");
	bool fine = store_aggregate(store, "contact_events", pipeline, take_time, &times, err);
	bson_destroy(pipeline);
	*items = times.items;
	*count = times.count;
	return fine;
}

bool event_forget(struct store *store, const struct strings *norms, struct error *err) {
	bson_t *filter = store_filter_in("email_norm", norms);
	bson_t *change = BCON_NEW("$unset", "{", "email_norm", BCON_UTF8(""), "}");
	bool fine = store_update_all(store, "contact_events", filter, change, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine;
}
