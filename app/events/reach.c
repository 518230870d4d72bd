/* Counting people by list and domain against the events of some campaigns. */
#include "events/reach.h"

#include <stdlib.h>
#include <string.h>

#include "audience/contacts/contact.h"
#include "core/formats/mail.h"
#include "events/event.h"

enum { DID_OPEN = 1, DID_CLICK = 2, DID_BOUNCE = 4, DOERS_AT_FIRST = 1024 };

/* A person, and what they did. */
struct doer {
	const char *name; /* id; or the domain of the address */
	int did;
};

struct doers {
	struct arena *arena;
	struct doer *items;
	int count, room;
};

static void add_doer(struct doers *doers, const char *name, int did) {
	if (doers->count == doers->room) {
		int room = doers->room ? 2 * doers->room : DOERS_AT_FIRST;
		struct doer *more = arena_array(doers->arena, struct doer, room);
		if (doers->count)
			memcpy(more, doers->items, sizeof *more * (size_t)doers->count);
		doers->items = more;
		doers->room = room;
	}
	doers->items[doers->count++] = (struct doer){ arena_copy(doers->arena, name), did };
}

static int by_name(const void *a, const void *b) {
	return strcmp(((const struct doer *)a)->name, ((const struct doer *)b)->name);
}

static void sort_doers(struct doers *doers) {
	if (doers->count)
		qsort(doers->items, (size_t)doers->count, sizeof *doers->items, by_name);
}

/* One row per (person, type). */
static void take_event(void *context, const void *object) {
	const struct event *event = object;
	int did = event->type == EVENT_OPENED ? DID_OPEN : event->type == EVENT_CLICKED ? DID_CLICK : DID_BOUNCE;
	if (event->contact_id)
		add_doer(context, event->contact_id, did);
}

/* Sorted by id, each person once. */
static bool find_doers(struct store *store, const struct strings *campaign_ids, struct doers *doers,
                       struct error *err) {
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", "{", "p", BCON_UTF8("$contact_id"), "t",
	                            BCON_UTF8("$type"), "}", "}", "}", "1", "{", "$project", "{", "_id", BCON_INT32(0),
	                            "contact_id", BCON_UTF8("$_id.p"), "type", BCON_UTF8("$_id.t"), "}", "}");
	if (!store_aggregate(store, "contact_events",
	                     FILTER(in_ids("campaign_id", campaign_ids),
	                            in_texts("type", TEXTS("opened", "clicked", "bounced")), is_present("contact_id")),
	                     stages, &event_record, take_event, doers, err))
		return false;
	sort_doers(doers);
	int kept = 0;
	for (int i = 0; i < doers->count; i++)
		if (kept && strcmp(doers->items[kept - 1].name, doers->items[i].name) == 0)
			doers->items[kept - 1].did |= doers->items[i].did;
		else
			doers->items[kept++] = doers->items[i];
	doers->count = kept;
	return true;
}

static void add_person(struct reach *reach, int did) {
	reach->contacts++;
	reach->opened += (did & DID_OPEN) != 0;
	reach->clicked += (did & DID_CLICK) != 0;
	reach->bounced += (did & DID_BOUNCE) != 0;
}

struct counting {
	const struct strings *list_ids;
	const struct doers *doers;
	struct reach *lists;
	struct doers people; /* of the lists, by domain */
};

static void take_person(void *context, const void *object) {
	struct counting *counting = context;
	const struct contact *contact = object;
	const struct doers *doers = counting->doers;
	const struct doer key = { .name = contact->id };
	const struct doer *doer = doers->count ? bsearch(&key, doers->items, (size_t)doers->count, sizeof key, by_name)
	                                       : NULL;
	const char *domain = mail_domain_part(contact->email_norm);
	int did = doer ? doer->did : 0;
	for (int i = 0; i < counting->list_ids->count; i++)
		if (strings_have(&contact->list_ids, counting->list_ids->items[i]))
			add_person(&counting->lists[i], did);
	if (*domain)
		add_doer(&counting->people, domain, did);
}

static int most_first(const void *a, const void *b) {
	const struct reach *first = a, *second = b;
	if (first->contacts != second->contacts)
		return first->contacts > second->contacts ? -1 : 1;
	return strcmp(first->name, second->name);
}

static struct rows domains_of(struct doers *people, struct arena *arena) {
	struct reach *domains = arena_array(arena, struct reach, people->count + 1);
	int count = 0;
	sort_doers(people);
	for (int i = 0; i < people->count; i++) {
		if (!count || strcmp(domains[count - 1].name, people->items[i].name) != 0)
			domains[count++] = (struct reach){ .name = people->items[i].name };
		add_person(&domains[count - 1], people->items[i].did);
	}
	if (count)
		qsort(domains, (size_t)count, sizeof *domains, most_first);
	return (struct rows){ domains, count };
}

/* Only what is counted here. */
static const struct field person_fields[] = {
	FIELD(struct contact, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct contact, email_norm),
	FIELD(struct contact, list_ids, .flags = FIELD_ID),
};
static const struct record_type person_record = RECORD_TYPE("ReachedPerson", struct contact, person_fields);

bool reach_count(struct store *store, const struct strings *list_ids, const struct strings *campaign_ids,
                 struct arena *arena, struct reaches *reaches, struct error *err) {
	struct doers doers = { .arena = arena };
	struct counting counting = { .list_ids = list_ids, .doers = &doers, .people = { .arena = arena } };
	counting.lists = arena_array(arena, struct reach, list_ids->count + 1);
	for (int i = 0; i < list_ids->count; i++)
		counting.lists[i] = (struct reach){ .name = list_ids->items[i] };
	if (!find_doers(store, campaign_ids, &doers, err) ||
	    !store_each(store, "contacts", FILTER(in_ids("list_ids", list_ids)), &person_record, take_person, &counting,
	                err))
		return false;
	reaches->lists = (struct rows){ counting.lists, list_ids->count };
	reaches->domains = domains_of(&counting.people, arena);
	return true;
}

bool reach_joined(struct store *store, const char *list_id, struct moment from, struct moment to, int64_t *count,
                  struct error *err) {
	return membership_count_joined(store, list_id, from, to, count, err);
}
