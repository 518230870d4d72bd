/* Subscriber lists: present state, and the history of their counts (append-only). */
#ifndef AUDIENCE_LISTS_LIST_H
#define AUDIENCE_LISTS_LIST_H

#include "core/store/external.h"
#include "core/store/store.h"

struct list_field {
	const char *tag, *label, *type, *fallback;
};
extern const struct record_type list_field_record;

struct list {
	const char *id;
	struct external external;
	const char *name, *seen_run;
	bool double_opt_in;
	struct list_counts {
		int64_t subscribed, unsubscribed, pending;
	} counts;
	struct rows fields; /* struct list_field */
	struct strings tags;
	struct moment created_at, synced_at; /* synced_at: absent while it is known by references alone */
	struct list_engagement {
		int64_t contacts, opened, clicked, never_opened, joined_30_days; /* contacts */
		struct moment counted_at;
	} engagement;
	struct moment contacts_read_at; /* everything that changed before was read */
	struct moment contacts_full_at; /* the whole list was read, so that who is gone was noticed */
};
extern const struct record_type list_record;

/* Append-only: the counts as one call reported them. */
struct list_snapshot {
	const char *id, *list_id, *run_id, *source;
	struct moment snapshot_time;
	struct list_counts counts;
};
extern const struct record_type list_snapshot_record;

/* Renews the present state of the list that its provider calls so, and gives it its id; appends a snapshot when a count
 * changed. `at`: when the answer came. Safe to repeat in one run. */
bool list_save(struct store *store, struct list *list, const char *run_id, struct moment at, struct arena *arena,
               bool *changed, struct error *err) MUST_CHECK;

/* Our ids of the lists that a provider calls so, in their order. Campaigns name lists that were not read yet, or are
 * gone: those get an id, too. */
bool list_identify(struct store *store, const char *connection_id, const struct strings *external_ids,
                   struct arena *arena, struct strings *ids, struct error *err) MUST_CHECK;

/* Kept by the run over the people, so that a page need not count. */
bool list_save_engagement(struct store *store, const char *list_id, const struct list_engagement *engagement,
                          struct error *err) MUST_CHECK;

/* All contacts that changed before `at` were read; `whole`: and all others, too. */
bool list_save_read(struct store *store, const char *list_id, struct moment at, bool whole,
                    struct error *err) MUST_CHECK;

/* Contacts in any status, as the list tells. */
int64_t list_total(const struct list_counts *counts);

/* The list as it was reported at the newest sync up to then; *known is false before the first. */
bool list_at(struct store *store, struct list *list, struct moment as_of, struct arena *arena, bool *known,
             struct error *err) MUST_CHECK;

/* The list by "list_" and an id, by the id alone, or by the provider's id. */
bool list_find(struct store *store, const char *id, struct arena *arena, struct list *list, bool *found,
               struct error *err) MUST_CHECK;

/* Our id of the list that an address or a request names in one of these ways: NULL for none, the text as it is for a
 * list that nobody knows. */
bool list_resolve(struct store *store, const char *id, struct arena *arena, const char **own,
                  struct error *err) MUST_CHECK;

/* The same for what must be known; NULL for none. INVALID, naming the field, where there is no such list. */
bool list_of_request(struct store *store, const char *asked, const char *field, struct arena *arena, const char **id,
                     struct error *err) MUST_CHECK;

/* All lists that were read, by name. */
bool list_all(struct store *store, struct arena *arena, struct list **lists, int *count, struct error *err) MUST_CHECK;

#endif
