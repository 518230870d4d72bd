/* The log of a campaign. */
#include "dispatch/log.h"

#include <string.h>

#include "core/process/settings.h"

static const char *const level_names[] = {
	[CAMPAIGN_LOG_INFO] = "info", [CAMPAIGN_LOG_WARNING] = "warning", [CAMPAIGN_LOG_ERROR] = "error"
};
_Static_assert(sizeof level_names / sizeof *level_names == CAMPAIGN_LOG_LEVEL_COUNT, "a name a level");
const struct choices campaign_log_levels = CHOICES(level_names);

static const char LOGS[] = "campaign_logs";

static const struct field log_fields[] = {
	FIELD(struct campaign_log, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct campaign_log, campaign_id, .flags = FIELD_ID),
	FIELD(struct campaign_log, at),
	FIELD(struct campaign_log, level, .choices = &campaign_log_levels),
	FIELD(struct campaign_log, text),
	FIELD(struct campaign_log, by, .doc = "User; null: by itself"),
	FIELD(struct campaign_log, expires_at, .doc = "When the entry is deleted"),
};
const struct record_type campaign_log_record = RECORD_TYPE("CampaignLog", struct campaign_log, log_fields);

static int64_t kept_ms(void) {
	int64_t days = CAMPAIGN_LOG_DAYS;
	(void)text_to_int(settings_text("CAMPAIGN_LOG_RETENTION_DAYS"), 1, 3650, &days);
	return days * DAY_MS;
}

/* Its first bytes, but no part of a character. */
static const char *beginning_of(const char *text, struct arena *arena) {
	size_t size = strlen(text);
	if (size <= CAMPAIGN_LOG_TEXT)
		return text;
	for (size = CAMPAIGN_LOG_TEXT; size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80;)
		size--;
	return arena_copy_bytes(arena, text, size);
}

bool campaign_log(struct store *store, const char *campaign_id, enum campaign_log_level level, const char *text,
                  const char *by, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct campaign_log entry = {
		.id = store_new_id(arena),
		.campaign_id = campaign_id,
		.at = now,
		.level = level,
		.text = beginning_of(text, arena),
		.by = by,
		.expires_at = moment_add(now, kept_ms()),
	};
	return store_insert(store, LOGS, &campaign_log_record, &entry, err);
}

bool campaign_log_page(struct store *store, const char *campaign_id, const char *cursor, int limit, struct arena *arena,
                       struct page *page, struct error *err) {
	const struct page_query query = { .filter = FILTER(eq_id("campaign_id", campaign_id)),
		                              .by = "at",
		                              .descending = true,
		                              .cursor = cursor,
		                              .limit = limit };
	return store_page(store, LOGS, &query, &campaign_log_record, arena, page, err);
}
