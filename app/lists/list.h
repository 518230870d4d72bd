/* Subscriber lists: present state, and the history of their counts (append-only). */
#ifndef LISTS_LIST_H
#define LISTS_LIST_H

#include "core/http/exchange.h"

struct list {
	const char *id, *emailoctopus_id, *name, *seen_run;
	bool double_opt_in;
	struct list_counts {
		int64_t subscribed, unsubscribed, pending;
	} counts;
	struct moment created_at, synced_at;
};
extern const struct record list_record;

extern const struct route list_routes[];

/* Renews the present state; appends a snapshot when a count changed. Safe to repeat in one run. */
bool list_save(struct store *store, const struct list *list, const char *run_id, struct arena *arena, bool *changed,
               struct error *err) MUST_CHECK;

/* All lists, by name. */
bool list_all(struct store *store, struct arena *arena, struct list **lists, int *count, struct error *err) MUST_CHECK;

#endif
