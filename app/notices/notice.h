/* Notifications: what a sync, delivery or campaign noticed and somebody should look at. Each thing is reported once,
 * and told at once to whoever listens (core/process/push.h). */
#ifndef NOTICES_NOTICE_H
#define NOTICES_NOTICE_H

#include "core/store/store.h"

enum notice_kind { NOTICE_SYNC, NOTICE_LIMIT, NOTICE_ANOMALY, NOTICE_REPORT, NOTICE_CAMPAIGN, NOTICE_KIND_COUNT };
extern const struct choices notice_kinds;

struct notice {
	const char *id, *key; /* key: identifies the thing; a known key is not reported again */
	unsigned kind;
	const char *words, *campaign, *name, *address; /* campaign: our id; name: its name; address: of the page about it */
	struct moment at, read_at;
	const char *read_by;
	bool unread;
};
extern const struct record_type notice_record;
enum { NOTICES_SHOWN = 100 };

/* A no-op if the key is known. */
bool notice_tell(struct store *store, const struct notice *notice, struct arena *arena, struct error *err) MUST_CHECK;

/* Newest first. */
bool notice_list(struct store *store, int limit, struct arena *arena, struct rows *notices,
                 struct error *err) MUST_CHECK;
bool notice_count_unread(struct store *store, int64_t *count, struct error *err) MUST_CHECK;

/* Marks as read one by id, or all for NULL. *found is false if there is no such notice. */
bool notice_read(struct store *store, const char *id, const char *by, struct moment now, bool *found,
                 struct error *err) MUST_CHECK;

#endif
