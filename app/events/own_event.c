/* Events of own campaigns. */
#include "events/own_event.h"

#include <stdlib.h>
#include <string.h>

enum { STORED_MAX = 10000 };

static const char EVENTS[] = "contact_events";

struct condition event_is_own(void) {
	return prefix_text("contact_ref", "email_");
}

static int by_mail_and_type(const void *a, const void *b) {
	const struct event *x = a, *y = b;
	int order = strcmp(x->contact_ref, y->contact_ref);
	return order ? order : (x->type > y->type) - (x->type < y->type);
}

static struct event *find_event(struct event *events, int count, const struct event *like) {
	return bsearch(like, events, (size_t)count, sizeof *events, by_mail_and_type);
}

static void note_person(struct strings *people, const struct event *event) {
	if (event->contact_id)
		people->items[people->count++] = event->contact_id;
}

static void save_wanted(struct bulk *bulk, const struct own_events *own, struct event *stored, int known,
                        struct strings *people) {
	for (int i = 0; i < own->count; i++) {
		const struct event *wanted = &own->events[i], *found = find_event(stored, known, wanted);
		if (!found) {
			bulk_insert(bulk, &event_record, wanted);
			note_person(people, wanted);
		} else if (found->occurred_at.ms != wanted->occurred_at.ms) {
			bulk_update(bulk, FILTER(by_id(found->id)), UPDATE(set_moment("occurred_at", wanted->occurred_at)));
			note_person(people, found);
		}
	}
}

static bool drop_others(struct store *store, const struct own_events *own, const struct event *stored, int known,
                        struct arena *arena, struct strings *people, struct error *err) {
	struct strings ids = { arena_array(arena, const char *, (size_t)known + 1), 0 };
	int64_t deleted;
	for (int i = 0; i < known; i++)
		if (!find_event(own->events, own->count, &stored[i])) {
			ids.items[ids.count++] = stored[i].id;
			note_person(people, &stored[i]);
		}
	return ids.count == 0 || store_delete(store, EVENTS, FILTER(in_ids("_id", &ids)), &deleted, err);
}

bool event_save_own(struct store *store, const struct own_events *own, struct arena *arena, struct strings *people,
                    struct error *err) {
	const struct strings types = *TEXTS("opened", "clicked", "unsubscribed");
	struct event *stored;
	int known;
	*people = (struct strings){ 0 };
	if (own->refs.count == 0)
		return true;
	if (!store_list(store, EVENTS,
	                FILTER(eq_id("campaign_id", own->campaign_id), in_texts("contact_ref", &own->refs),
	                       in_texts("type", &types)),
	                NULL, STORED_MAX, &event_record, arena, (void **)&stored, &known, err))
		return false;
	qsort(stored, (size_t)known, sizeof *stored, by_mail_and_type);
	qsort(own->events, (size_t)own->count, sizeof *own->events, by_mail_and_type);
	struct strings all = { arena_array(arena, const char *, (size_t)own->count + (size_t)known + 1), 0 };
	struct bulk *bulk = bulk_open(store, EVENTS);
	save_wanted(bulk, own, stored, known, &all);
	if (!bulk_run(bulk, NULL, err) || !drop_others(store, own, stored, known, arena, &all, err))
		return false;
	*people = strings_distinct(arena, &all);
	return true;
}
