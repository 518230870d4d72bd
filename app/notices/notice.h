/* Notifications: what the sync noticed and a person should look at. Each thing is told once. */
#ifndef NOTICES_NOTICE_H
#define NOTICES_NOTICE_H

#include "core/store/store.h"

enum notice_kind { NOTICE_SYNC, NOTICE_LIMIT, NOTICE_ANOMALY, NOTICE_REPORT, NOTICE_KIND_COUNT };
extern const struct choices notice_kinds;

struct notice {
	const char *id, *key; /* the key tells things apart: the same key is told once */
	unsigned kind;
	const char *words, *campaign, *name, *address; /* campaign: our id, with its name; address: of the page behind it */
	struct moment at, read_at;
	const char *read_by;
	bool unread;
};
extern const struct record_type notice_record;
enum { NOTICES_SHOWN = 100 };

/* Nothing happens when the key is known. */
bool notice_tell(struct store *store, const struct notice *notice, struct arena *arena, struct error *err) MUST_CHECK;

/* Newest first. */
bool notice_list(struct store *store, int limit, struct arena *arena, struct rows *notices,
                 struct error *err) MUST_CHECK;
bool notice_count_unread(struct store *store, int64_t *count, struct error *err) MUST_CHECK;

/* One by its id, or all with NULL. *found is false when there is no such notice. */
bool notice_read(struct store *store, const char *id, const char *by, struct moment now, bool *found,
                 struct error *err) MUST_CHECK;

#endif
