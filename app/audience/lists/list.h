/* Subscriber lists: present state, and append-only history of their counts. Those of a provider are observed; own ones
 * (own_list.h) are beside them in the same collection. */
#ifndef AUDIENCE_LISTS_LIST_H
#define AUDIENCE_LISTS_LIST_H

#include "core/store/external.h"
#include "core/store/state_history.h"
#include "core/store/store.h"

struct list_field {
	const char *tag, *label, *type, *fallback;
};
extern const struct record_type list_field_record;

enum list_type {
	LIST_OBSERVED,  /* a provider's */
	LIST_STATIC,    /* people are added and removed by hand */
	LIST_DYNAMIC,   /* everybody whom its rule meets */
	LIST_SEGMENTED, /* those of another list whom its rule meets */
	LIST_TYPE_COUNT,
};
extern const struct choices list_types;

/* What holds for members of whom no consent to tracking is known. */
enum list_tracking {
	LIST_TRACKING_UNSET,   /* as the account has it */
	LIST_TRACKING_NAMED,   /* their opens and clicks are theirs */
	LIST_TRACKING_COUNTED, /* counted without a name */
	LIST_TRACKING_COUNT,
};
extern const struct choices list_trackings;

struct list {
	const char *id;
	struct external external;
	const char *name, *seen_run;
	const char *missing_run; /* the newest complete reading, if that did not see it; absent once it is seen again */
	int64_t missing_with;    /* how many that reading did not see; COUNT_NONE once it is seen again */
	bool double_opt_in;
	struct list_counts {
		int64_t subscribed, unsubscribed, pending;
	} counts;
	struct rows fields; /* struct list_field */
	struct strings tags;
	struct moment created_at, synced_at; /* synced_at: absent while only known by reference */
	struct moment gone_at;               /* when a sync no longer found it at the provider */
	struct list_engagement {
		int64_t contacts, opened, clicked, never_opened, joined_30_days; /* contacts */
		/* By their last click, days before counted_at: up to 30, 90 and 180, and before; absent in older counts. */
		int64_t clicked_30_days, clicked_90_days, clicked_180_days, clicked_earlier;
		struct moment counted_at;
	} engagement;
	struct moment contacts_read_at; /* all changes before this, by the provider's clock, have been read */
	struct moment contacts_full_at; /* when the whole list was last read, so that removed contacts were noticed */
	struct strings unread;          /* members that an answer told unreadably; not stored */
	struct moment listed_since;     /* when it last changed what is listed of it; absent if not since it is recorded */
	/* Of own lists. */
	unsigned list_type;
	const char *description, *created_by;
	const char *public_name; /* as people on it are shown it, who may then choose it; NULL: they are not */
	bool is_active;          /* one that is not is offered nowhere */
	struct moment updated_at;
	const char *rule;         /* of dynamic and segmented ones: JSON (segments/rule.h) */
	const char *base_list_id; /* of segmented ones */
	unsigned tracking;
	struct moment tracking_at; /* when that was last decided, and by whom */
	const char *tracking_by;
	int64_t rev;
};
extern const struct record_type list_record, list_engagement_record;

/* Append-only: the counts from one answer. */
struct list_snapshot {
	const char *id, *list_id, *run_id, *source;
	struct moment snapshot_time;
	struct list_counts counts;
};
extern const struct record_type list_snapshot_record;

/* Updates the list with this provider id and sets its id here; appends a snapshot if a count changed. `at`: when the
 * answer arrived. Idempotent within a run. */
bool list_save(struct store *store, struct list *list, const char *run_id, struct moment at, struct arena *arena,
               bool *changed, struct error *err) MUST_CHECK;

/* Our ids of the provider's lists, in the same order. Unknown ones get an id: campaigns also name lists that have not
 * been read yet or no longer exist. */
bool list_identify(struct store *store, const char *connection_id, const struct strings *external_ids,
                   struct arena *arena, struct strings *ids, struct error *err) MUST_CHECK;

/* Saved by the contacts run, so that pages need not count. */
bool list_save_engagement(struct store *store, const char *list_id, const struct list_engagement *engagement,
                          struct error *err) MUST_CHECK;

/* Records that all contacts that changed before `at` have been read; `whole`: and the whole list. */
bool list_save_read(struct store *store, const char *list_id, struct moment at, bool whole,
                    struct error *err) MUST_CHECK;

/* Contacts in any status, as the list reports them. */
int64_t list_total(const struct list_counts *counts);

/* Finds a list, a provider's or an own one, by "list_" and an id, by the id alone, or by the provider's id. */
bool list_find(struct store *store, const char *id, struct arena *arena, struct list *list, bool *found,
               struct error *err) MUST_CHECK;

/* Our id of the list, named in any of these ways: NULL for none; the text unchanged if no list is found. */
bool list_resolve(struct store *store, const char *id, struct arena *arena, const char **own,
                  struct error *err) MUST_CHECK;

/* The same, but INVALID, naming the field, if there is no such list; NULL for none. */
bool list_of_request(struct store *store, const char *asked, const char *field, struct arena *arena, const char **id,
                     struct error *err) MUST_CHECK;

/* The provider's lists that a run has read to the end are those that it has saved: the others are gone since `at`,
 * unless too few came (state_history_end_unseen). One that it finds again later is there again (list_save). */
bool list_mark_gone(struct store *store, const char *connection_id, const char *run_id, struct moment at,
                    struct unseen *unseen, struct error *err) MUST_CHECK;

/* The provider no longer has this list; nothing changes if that was known. */
bool list_save_gone(struct store *store, const char *list_id, struct moment at, struct error *err) MUST_CHECK;

/* All lists that the provider has, by name. */
bool list_all(struct store *store, struct arena *arena, struct list **lists, int *count, struct error *err) MUST_CHECK;

/* And those that it once had. */
bool list_all_ever(struct store *store, struct arena *arena, struct list **lists, int *count,
                   struct error *err) MUST_CHECK;

#endif
