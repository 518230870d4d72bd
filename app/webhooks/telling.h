/* Telling webhooks that something has happened: what is to be delivered is stored, telltale-report delivers it
 * (delivering.h). The same event told again is one event, so whoever is killed in between may repeat it. */
#ifndef WEBHOOKS_TELLING_H
#define WEBHOOKS_TELLING_H

#include "webhooks/webhook.h"

enum { WEBHOOK_TOLD_DAYS = 14 }; /* what happened longer ago is not told any more */

struct webhook_event {
	enum webhook_type type;
	const char *key; /* identifies it among those of its type */
	const char *campaign_id;
	const char *contact_id, *email_id; /* NULL: of nobody in particular; of an erased person */
	const char *about, *words;         /* one more member of the data, and what it says; NULL: none */
	struct moment at;                  /* when it happened */
};

/* Nothing happens without a webhook that wants one of them and is older than the event, or with ENABLE_WEBHOOKS=false.
 */
bool webhooks_tell(struct store *store, const struct webhook_event *events, int count, struct moment now,
                   struct error *err) MUST_CHECK;

/* Tells this one a test event. */
bool webhook_tell_test(struct store *store, const struct webhook *webhook, struct moment now, struct arena *arena,
                       struct error *err) MUST_CHECK;

#endif
