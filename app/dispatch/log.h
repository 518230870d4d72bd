/* The log of a campaign: what happened to it, in words for people, append-only. An entry goes after
 * CAMPAIGN_LOG_RETENTION_DAYS. It is about the campaign, not about one message: what became of each of these is in the
 * journal. */
#ifndef DISPATCH_LOG_H
#define DISPATCH_LOG_H

#include "core/store/page.h"

enum campaign_log_level { CAMPAIGN_LOG_INFO, CAMPAIGN_LOG_WARNING, CAMPAIGN_LOG_ERROR, CAMPAIGN_LOG_LEVEL_COUNT };
extern const struct choices campaign_log_levels;

enum { CAMPAIGN_LOG_TEXT = 500, CAMPAIGN_LOG_DAYS = 90 };

struct campaign_log {
	const char *id, *campaign_id;
	struct moment at;
	unsigned level;   /* enum campaign_log_level */
	const char *text; /* one sentence without a full stop: "Paused"; never an address or a secret */
	const char *by;   /* user; NULL: by itself */
	struct moment expires_at;
};
extern const struct record_type campaign_log_record;

/* Appends an entry. Of a text longer than CAMPAIGN_LOG_TEXT bytes the rest is left out. It is no part of what it tells
 * of: whoever cannot log goes on. */
bool campaign_log(struct store *store, const char *campaign_id, enum campaign_log_level level, const char *text,
                  const char *by, struct moment now, struct error *err) MUST_CHECK;

/* Newest first. INVALID names "cursor". */
bool campaign_log_page(struct store *store, const char *campaign_id, const char *cursor, int limit, struct arena *arena,
                       struct page *page, struct error *err) MUST_CHECK;

#endif
