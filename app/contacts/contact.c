/* Contacts: rules and storage. */
#include "contacts/contact.h"

#include <string.h>

static const char *const status_names[] = {
	[CONTACT_SUBSCRIBED] = "subscribed",
	[CONTACT_PENDING] = "pending",
	[CONTACT_UNSUBSCRIBED] = "unsubscribed",
};
_Static_assert(sizeof status_names / sizeof *status_names == CONTACT_STATUS_COUNT, "a name a status");
const struct choices contact_statuses = CHOICES(status_names);

static const char *const type_names[] = {
	[EVENT_OPENED] = "opened",         [EVENT_CLICKED] = "clicked",
	[EVENT_BOUNCED] = "bounced",       [EVENT_UNSUBSCRIBED] = "unsubscribed",
	[EVENT_COMPLAINED] = "complained",
};
_Static_assert(sizeof type_names / sizeof *type_names == EVENT_TYPE_COUNT, "a name a type");
const struct choices event_types = CHOICES(type_names);

static const struct field membership_fields[] = {
	FIELD(struct membership, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct membership, list_id),
	FIELD(struct membership, emailoctopus_id),
	FIELD(struct membership, email),
	FIELD(struct membership, email_norm, .flags = FIELD_PRIVATE),
	FIELD(struct membership, fields, .doc = "The list's own fields, as JSON text"),
	FIELD(struct membership, status, .choices = &contact_statuses),
	FIELD(struct membership, tags),
	FIELD(struct membership, created_at),
	FIELD(struct membership, last_updated_at),
	FIELD(struct membership, seen_run),
};
const struct record_type membership_record = RECORD_TYPE("Membership", struct membership, membership_fields);

static const struct field engagement_fields[] = {
	FIELD(struct engagement, opened, .unit = "campaigns"),
	FIELD(struct engagement, clicked, .unit = "campaigns"),
	FIELD(struct engagement, bounced, .unit = "campaigns"),
	FIELD(struct engagement, unsubscribed, .unit = "campaigns"),
	FIELD(struct engagement, complained, .unit = "campaigns"),
	FIELD(struct engagement, last_opened_at),
	FIELD(struct engagement, last_clicked_at),
	FIELD(struct engagement, last_event_at),
};
static const struct record_type engagement_record = RECORD_TYPE("Engagement", struct engagement, engagement_fields);

static const struct field contact_fields[] = {
	FIELD(struct contact, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct contact, email),
	FIELD(struct contact, email_norm, .flags = FIELD_PRIVATE),
	FIELD(struct contact, status, .choices = &contact_statuses),
	FIELD(struct contact, list_ids),
	FIELD(struct contact, tags),
	FIELD(struct contact, created_at),
	FIELD(struct contact, last_updated_at),
	FIELD_RECORD(struct contact, engagement, engagement_record),
	FIELD(struct contact, customer_id),
	FIELD(struct contact, customer_link, .doc = "email, key or manual"),
	FIELD(struct contact, usage_segment),
	FIELD(struct contact, customer_groups),
};
const struct record_type contact_record = RECORD_TYPE("Contact", struct contact, contact_fields);

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

enum { MEMBERSHIPS_MAX = 20000, CAMPAIGNS_MAX = 10000, PEOPLE_AT_ONCE = 200, PEOPLE_TEXT = 2048 };

char *contact_norm(struct arena *arena, const char *email) {
	return email ? text_fold(arena, text_trim(arena, email)) : NULL;
}

/* The different addresses of a page. */
static struct strings people_of(struct arena *arena, const char *const *norms, int count) {
	struct strings people = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++) {
		int k = 0;
		while (k < people.count && strcmp(people.items[k], norms[i]) != 0)
			k++;
		if (k == people.count)
			people.items[people.count++] = norms[i];
	}
	return people;
}

static void add_text(struct strings *strings, const char *text) {
	if (text && !strings_have(strings, text))
		strings->items[strings->count++] = text;
}

/* Pure: a person out of the memberships under one address. */
static struct contact contact_of(const char *norm, const struct membership *rows, int count, struct arena *arena) {
	struct contact contact;
	int tags = 0;
	record_clear(&contact_record, &contact);
	contact.status = CONTACT_UNSUBSCRIBED;
	contact.email_norm = norm;
	for (int i = 0; i < count; i++)
		tags += rows[i].tags.count;
	contact.list_ids.items = arena_array(arena, const char *, count);
	contact.tags.items = arena_array(arena, const char *, tags);
	for (int i = 0; i < count; i++) {
		const struct membership *row = &rows[i];
		if (!text_same(row->email_norm, norm))
			continue;
		contact.email = row->email;
		contact.status = row->status < contact.status ? row->status : contact.status;
		add_text(&contact.list_ids, row->list_id);
		for (int k = 0; k < row->tags.count; k++)
			add_text(&contact.tags, text_fold(arena, row->tags.items[k]));
		if (!moment_is_set(contact.created_at) || row->created_at.ms < contact.created_at.ms)
			contact.created_at = row->created_at;
		if (row->last_updated_at.ms > contact.last_updated_at.ms)
			contact.last_updated_at = row->last_updated_at;
	}
	return contact;
}

static void bulk_contact(struct bulk *bulk, const struct contact *contact) {
	bson_t set = BSON_INITIALIZER, change = BSON_INITIALIZER, fresh, engagement;
	bson_t *filter = BCON_NEW("email_norm", BCON_UTF8(contact->email_norm));
	struct contact state = *contact;
	bson_t whole = BSON_INITIALIZER;
	state.id = state.email_norm = NULL;
	record_to_bson(&contact_record, &state, &whole);
	bson_copy_to_excluding_noinit(&whole, &set, "engagement", "customer_groups", NULL);
	BSON_APPEND_DOCUMENT(&change, "$set", &set);
	/* Sorting by engagement needs a number from the start. */
	BSON_APPEND_DOCUMENT_BEGIN(&change, "$setOnInsert", &fresh);
	BSON_APPEND_DOCUMENT_BEGIN(&fresh, "engagement", &engagement);
	for (int i = 0; i < EVENT_TYPE_COUNT; i++)
		BSON_APPEND_INT64(&engagement, event_types.names[i], 0);
	bson_append_document_end(&fresh, &engagement);
	bson_append_document_end(&change, &fresh);
	bulk_upsert(bulk, filter, &change);
	bson_destroy(filter);
	bson_destroy(&whole);
	bson_destroy(&set);
	bson_destroy(&change);
}

static bool renew_people(struct store *store, const struct strings *people, struct arena *arena, struct error *err) {
	struct membership *rows;
	int count;
	/* Always in the same order: which spelling of an address is shown does not depend on what was read last. */
	bson_t *filter = store_filter_in("email_norm", people);
	bson_t *sort = BCON_NEW("list_id", BCON_INT32(1), "emailoctopus_id", BCON_INT32(1));
	bool fine = store_list(store, "list_contacts", filter, sort, MEMBERSHIPS_MAX, &membership_record, arena,
	                       (void **)&rows, &count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	if (!fine)
		return false;
	struct bulk *bulk = bulk_open(store, "contacts");
	for (int i = 0; i < people->count; i++) {
		struct contact contact = contact_of(people->items[i], rows, count, arena);
		bulk_contact(bulk, &contact);
	}
	return bulk_run(bulk, NULL, err);
}

bool contact_save_page(struct store *store, struct membership *rows, int count, struct arena *arena,
                       struct error *err) {
	const char **norms = arena_array(arena, const char *, count + 1);
	int known = 0;
	struct bulk *bulk = bulk_open(store, "list_contacts");
	for (int i = 0; i < count; i++) {
		bson_t set = BSON_INITIALIZER;
		rows[i].email_norm = contact_norm(arena, rows[i].email);
		if (rows[i].email_norm)
			norms[known++] = rows[i].email_norm;
		record_to_bson(&membership_record, &rows[i], &set);
		bson_t *filter = BCON_NEW("list_id", BCON_UTF8(rows[i].list_id), "emailoctopus_id",
		                          BCON_UTF8(rows[i].emailoctopus_id));
		bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(&set));
		bulk_upsert(bulk, filter, change);
		bson_destroy(filter);
		bson_destroy(change);
		bson_destroy(&set);
	}
	if (!bulk_run(bulk, NULL, err))
		return false;
	struct strings people = people_of(arena, norms, known);
	return people.count == 0 || renew_people(store, &people, arena, err);
}

/* Events whose report named no address get the one of the contact's membership. */
static bool find_addresses(struct store *store, struct event *events, int count, struct arena *arena,
                           struct error *err) {
	for (int i = 0; i < count; i++) {
		struct membership row;
		bool found;
		if (events[i].email_norm)
			continue;
		bson_t *filter = BCON_NEW("emailoctopus_id", BCON_UTF8(events[i].contact_ref));
		bool fine = store_find(store, "list_contacts", filter, NULL, &membership_record, arena, &row, &found, err);
		bson_destroy(filter);
		if (!fine)
			return false;
		if (found) {
			events[i].email_norm = row.email_norm;
			events[i].address_found = true;
		}
	}
	return true;
}

static bool append_events(struct store *store, const struct event *events, int count, int64_t *added,
                          struct error *err) {
	struct bulk *bulk = bulk_open(store, "contact_events");
	for (int i = 0; i < count; i++) {
		bson_t document = BSON_INITIALIZER;
		record_to_bson(&event_record, &events[i], &document);
		bulk_insert(bulk, &document);
		bson_destroy(&document);
	}
	return bulk_run(bulk, added, err);
}

struct engagement_pass {
	const struct strings *people;
	struct engagement *engagements; /* one a person */
};

static int64_t *counter_of(struct engagement *engagement, enum event_type type) {
	int64_t *const counters[] = { &engagement->opened, &engagement->clicked, &engagement->bounced,
		                          &engagement->unsubscribed, &engagement->complained };
	return counters[type];
}

static void later(struct moment *at, struct moment candidate) {
	if (candidate.ms > at->ms)
		*at = candidate;
}

/* One row a (person, campaign, type): the newest time of it. */
static void take_row(void *context, const bson_t *document) {
	struct engagement_pass *pass = context;
	struct event row;
	ARENA_AUTO arena = arena_new();
	record_from_bson(&event_record, document, arena, &row);
	for (int i = 0; row.email_norm && i < pass->people->count; i++) {
		struct engagement *engagement = &pass->engagements[i];
		if (strcmp(pass->people->items[i], row.email_norm) != 0)
			continue;
		++*counter_of(engagement, (enum event_type)row.type);
		later(&engagement->last_event_at, row.occurred_at);
		if (row.type == EVENT_OPENED)
			later(&engagement->last_opened_at, row.occurred_at);
		if (row.type == EVENT_CLICKED)
			later(&engagement->last_clicked_at, row.occurred_at);
	}
}

static bool renew_engagement(struct store *store, const struct strings *people, struct arena *arena,
                             struct error *err) {
	struct engagement_pass pass = { people, arena_array(arena, struct engagement, people->count) };
	for (int i = 0; i < people->count; i++)
		pass.engagements[i] = (struct engagement){ .last_opened_at = MOMENT_NONE,
			                                       .last_clicked_at = MOMENT_NONE,
			                                       .last_event_at = MOMENT_NONE };
	bson_t *filter = store_filter_in("email_norm", people);
	bson_t *pipeline = BCON_NEW("pipeline", "[", "{", "$match", BCON_DOCUMENT(filter), "}", "{", "$group", "{", "_id",
	                            "{", "e", BCON_UTF8("$email_norm"), "c", BCON_UTF8("$campaign_id"), "t",
	                            BCON_UTF8("$type"), "}", "occurred_at", "{", "$max", BCON_UTF8("$occurred_at"), "}",
	                            "}", "}", "{", "$project", "{", "_id", BCON_INT32(0), "email_norm", BCON_UTF8("$_id.e"),
	                            "type", BCON_UTF8("$_id.t"), "occurred_at", BCON_INT32(1), "}", "}", "]");
	bool fine = store_aggregate(store, "contact_events", pipeline, take_row, &pass, err);
	bson_destroy(filter);
	bson_destroy(pipeline);
	struct bulk *bulk = bulk_open(store, "contacts");
	for (int i = 0; fine && i < people->count; i++) {
		bson_t set = BSON_INITIALIZER;
		record_to_bson(&engagement_record, &pass.engagements[i], &set);
		bson_t *one = BCON_NEW("email_norm", BCON_UTF8(people->items[i]));
		bson_t *change = BCON_NEW("$set", "{", "engagement", BCON_DOCUMENT(&set), "}");
		bulk_update(bulk, one, change);
		bson_destroy(one);
		bson_destroy(change);
		bson_destroy(&set);
	}
	if (fine)
		return bulk_run(bulk, NULL, err);
	bulk_drop(bulk);
	return false;
}

bool contact_save_events(struct store *store, struct event *events, int count, bool renews, struct arena *arena,
                         int64_t *added, struct error *err) {
	const char **norms = arena_array(arena, const char *, count + 1);
	int known = 0;
	if (!find_addresses(store, events, count, arena, err) || !append_events(store, events, count, added, err))
		return false;
	for (int i = 0; i < count; i++)
		if (events[i].email_norm)
			norms[known++] = events[i].email_norm;
	struct strings people = people_of(arena, norms, known);
	return people.count == 0 || !renews || renew_engagement(store, &people, arena, err);
}

bool contact_renew_all(struct store *store, struct error *err) {
	char after[PEOPLE_TEXT] = "";
	int count = PEOPLE_AT_ONCE;
	while (count == PEOPLE_AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct contact *rows;
		struct strings people = { arena_array(arena, const char *, PEOPLE_AT_ONCE), 0 };
		bson_t *filter = BCON_NEW("email_norm", "{", "$gt", BCON_UTF8(after), "}");
		bson_t *sort = BCON_NEW("email_norm", BCON_INT32(1));
		bool fine = store_list(store, "contacts", filter, sort, PEOPLE_AT_ONCE, &contact_record, arena, (void **)&rows,
		                       &count, err);
		bson_destroy(filter);
		bson_destroy(sort);
		for (int i = 0; fine && i < count; i++)
			people.items[people.count++] = rows[i].email_norm;
		if (!fine || (count && !renew_engagement(store, &people, arena, err)))
			return false;
		if (count)
			(void)snprintf(after, sizeof after, "%s", rows[count - 1].email_norm);
	}
	return true;
}

bool contact_find(struct store *store, const char *id, struct arena *arena, struct contact *contact, bool *found,
                  struct error *err) {
	if (text_starts(id, "contact_"))
		id += strlen("contact_");
	bson_t *filter = store_filter_id(id, NULL);
	bool fine = store_find(store, "contacts", filter, NULL, &contact_record, arena, contact, found, err);
	bson_destroy(filter);
	return fine;
}

bool contact_find_many(struct store *store, const struct strings *norms, struct arena *arena, struct contact **contacts,
                       int *count, struct error *err) {
	bson_t *filter = store_filter_in("email_norm", norms);
	bool fine = store_list(store, "contacts", filter, NULL, norms->count + 1, &contact_record, arena, (void **)contacts,
	                       count, err);
	bson_destroy(filter);
	return fine;
}

static bson_t *members_filter(const char *list_id, const char *not_seen_by) {
	return not_seen_by ? BCON_NEW("list_id", BCON_UTF8(list_id), "seen_run", "{", "$ne", BCON_UTF8(not_seen_by), "}")
	                   : BCON_NEW("list_id", BCON_UTF8(list_id));
}

bool contact_count_members(struct store *store, const char *list_id, const char *not_seen_by, int64_t *count,
                           struct error *err) {
	bson_t *filter = members_filter(list_id, not_seen_by);
	bool fine = store_count(store, "list_contacts", filter, count, err);
	bson_destroy(filter);
	return fine;
}

bool contact_find_gone(struct store *store, const char *list_id, const char *run_id, int limit, struct arena *arena,
                       struct membership **rows, int *count, struct error *err) {
	bson_t *filter = members_filter(list_id, run_id);
	bool fine = store_list(store, "list_contacts", filter, NULL, limit, &membership_record, arena, (void **)rows, count,
	                       err);
	bson_destroy(filter);
	return fine;
}

/* The addresses of the rows, each once. */
static struct strings addresses_of(const struct membership *rows, int count, struct arena *arena) {
	const char **norms = arena_array(arena, const char *, count + 1);
	int known = 0;
	for (int i = 0; i < count; i++)
		if (rows[i].email_norm)
			norms[known++] = rows[i].email_norm;
	return people_of(arena, norms, known);
}

static bool is_among(const struct membership *rows, int count, const struct membership *one) {
	for (int i = 0; i < count; i++)
		if (text_same(rows[i].id, one->id))
			return true;
	return false;
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

static bool campaigns_of(struct store *store, const struct strings *norms, struct arena *arena,
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

bool contact_last_of(struct store *store, const struct membership *rows, int count, struct arena *arena,
                     struct strings *norms, struct strings *campaign_ids, struct error *err) {
	struct strings people = addresses_of(rows, count, arena);
	struct membership *held;
	int held_count;
	bson_t *filter = store_filter_in("email_norm", &people);
	bool fine = store_list(store, "list_contacts", filter, NULL, MEMBERSHIPS_MAX, &membership_record, arena,
	                       (void **)&held, &held_count, err);
	bson_destroy(filter);
	if (!fine)
		return false;
	*norms = (struct strings){ arena_array(arena, const char *, people.count + 1), 0 };
	for (int i = 0; i < people.count; i++) {
		bool stays = false;
		for (int k = 0; k < held_count && !stays; k++)
			stays = text_same(held[k].email_norm, people.items[i]) && !is_among(rows, count, &held[k]);
		if (!stays)
			norms->items[norms->count++] = people.items[i];
	}
	return campaigns_of(store, norms, arena, campaign_ids, err);
}

static bool forget_people(struct store *store, const struct strings *norms, struct error *err) {
	int64_t deleted;
	bson_t *filter = store_filter_in("email_norm", norms);
	bson_t *change = BCON_NEW("$unset", "{", "email_norm", BCON_UTF8(""), "}");
	bool fine = store_update_all(store, "contact_events", filter, change, err) &&
	            store_delete(store, "contacts", filter, &deleted, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine;
}

static bool drop_memberships(struct store *store, const struct membership *rows, int count, struct error *err) {
	int64_t deleted;
	bool fine = true;
	for (int i = 0; fine && i < count; i++) {
		bson_t *filter = store_filter_id(rows[i].id, NULL);
		fine = store_delete(store, "list_contacts", filter, &deleted, err);
		bson_destroy(filter);
	}
	return fine;
}

/* The memberships go last: until then a crash leaves them to be found again. */
bool contact_forget(struct store *store, const struct membership *rows, int count, const struct strings *norms,
                    struct arena *arena, struct error *err) {
	struct strings people = addresses_of(rows, count, arena),
				   staying = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < people.count; i++)
		if (!strings_have(norms, people.items[i]))
			staying.items[staying.count++] = people.items[i];
	return (norms->count == 0 || forget_people(store, norms, err)) && drop_memberships(store, rows, count, err) &&
	       (staying.count == 0 || renew_people(store, &staying, arena, err));
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

bool contact_event_times(struct store *store, const char *campaign_id, const char *type, int64_t max,
                         struct arena *arena, int64_t **items, int *count, struct error *err) {
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

/* People of the list for whom `more` holds too; `more` is destroyed. */
static bool count_where(struct store *store, const char *list_id, bson_t *more, int64_t *count, struct error *err) {
	BSON_APPEND_UTF8(more, "list_ids", list_id);
	bool fine = store_count(store, "contacts", more, count, err);
	bson_destroy(more);
	return fine;
}

bool contact_count(struct store *store, const char *list_id, struct moment now, struct list_engagement *engagement,
                   struct error *err) {
	struct moment month = moment_add(now, -30 * DAY_MS);
	engagement->counted_at = now;
	return count_where(store, list_id, bson_new(), &engagement->contacts, err) &&
	       count_where(store, list_id, BCON_NEW("engagement.opened", "{", "$gt", BCON_INT64(0), "}"),
	                   &engagement->opened, err) &&
	       count_where(store, list_id, BCON_NEW("engagement.clicked", "{", "$gt", BCON_INT64(0), "}"),
	                   &engagement->clicked, err) &&
	       count_where(store, list_id, BCON_NEW("engagement.opened", BCON_INT64(0)), &engagement->never_opened, err) &&
	       count_where(store, list_id, BCON_NEW("created_at", "{", "$gte", BCON_DATE_TIME(month.ms), "}"),
	                   &engagement->joined_30_days, err);
}
