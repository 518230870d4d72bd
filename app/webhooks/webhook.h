/* Webhooks: addresses of others that are told what happens to campaigns, by signed requests. A secret is stored sealed
 * under CREDENTIALS_KEY, bound to its webhook, and shown once. */
#ifndef WEBHOOKS_WEBHOOK_H
#define WEBHOOKS_WEBHOOK_H

#include "connections/secrets.h"

enum { WEBHOOKS_MAX = 20, WEBHOOK_NAME_MAX = 100, WEBHOOK_BEFORE_MS = DAY_MS };

enum webhook_type {
	WEBHOOK_STARTED,
	WEBHOOK_SENT,
	WEBHOOK_PAUSED,
	WEBHOOK_RESUMED,
	WEBHOOK_CANCELLED,
	WEBHOOK_FAILED,
	WEBHOOK_OPENED,
	WEBHOOK_CLICKED,
	WEBHOOK_UNSUBSCRIBED,
	WEBHOOK_BOUNCED,
	WEBHOOK_COMPLAINED,
	WEBHOOK_REDEEMED,
	WEBHOOK_UNREDEEMED,
	WEBHOOK_TEST, /* somebody asked for it; nobody subscribes to it */
	WEBHOOK_TYPE_COUNT,
};
extern const struct choices webhook_types;              /* "campaign_started" … */
const char *webhook_type_label(enum webhook_type type); /* for people */

struct webhook {
	const char *id, *name, *url;
	struct strings events; /* names of webhook_types */
	bool is_active;
	struct bytes secret, before; /* sealed; before: the one that was replaced, which signs, too, until before_until */
	struct moment before_until;
	const char *problem; /* of the newest delivery, or why it was turned off; NULL: none */
	struct moment last_ok_at, last_failed_at;
	const char *created_by;
	struct moment created_at, updated_at;
	int64_t rev, fence;
};
extern const struct record_type webhook_record;

/* By name. *webhooks: struct webhook. */
bool webhook_list(struct store *store, struct arena *arena, struct rows *webhooks, struct error *err) MUST_CHECK;
bool webhook_find(struct store *store, const char *id, struct arena *arena, struct webhook *webhook, bool *found,
                  struct error *err) MUST_CHECK;
/* Is it to be told of this? */
bool webhook_wants(const struct webhook *webhook, enum webhook_type type);

/* CONFLICT: there are WEBHOOKS_MAX; or it was changed meanwhile (store_is_stale). */
bool webhook_insert(struct store *store, const struct webhook *webhook, struct error *err) MUST_CHECK;
bool webhook_save(struct store *store, const struct webhook *webhook, struct error *err) MUST_CHECK;
/* With what was to be told to it. */
bool webhook_drop(struct store *store, const struct webhook *webhook, struct error *err) MUST_CHECK;

/* How a delivery went; `problem` NULL: well. `off`: it is turned off because of that. Leaves its revision alone. */
bool webhook_note(struct store *store, const char *id, const char *problem, bool off, struct moment now,
                  struct error *err) MUST_CHECK;

/* Seals a new secret; the one it had becomes `before`. *secret: "whsec_…", for its owner, once. CONFLICT without a
 * key. */
bool webhook_new_secret(const struct keyring *ring, struct webhook *webhook, struct moment now, struct arena *arena,
                        const char **secret, struct error *err) MUST_CHECK;

/* Appends the bytes that sign; CONFLICT, in words for people, if it does not open. Wipe them. */
bool webhook_open_secret(const struct keyring *ring, const struct webhook *webhook, const struct bytes *sealed,
                         struct buf *out, struct error *err) MUST_CHECK;

/* For secrets_rotate. */
bool webhooks_reseal(struct store *store, const struct keyring *ring, struct arena *arena, struct rotation *rotation,
                     struct error *err) MUST_CHECK;

#endif
