/* Warm-ups of sending domains (senders/warming.h has the rules), one document of `warm_ups` for each mailbox provider
 * that a domain has sent to since its warm-up was begun. Names of providers: sending/destination.h. */
#ifndef SENDERS_WARM_UP_H
#define SENDERS_WARM_UP_H

#include "core/store/store.h"
#include "senders/warming.h"

enum { WARM_UPS_MAX = 600 }; /* read at once */

struct warm_up {
	const char *id, *key; /* key: "DOMAIN-ID:NAME" */
	const char *domain_id, *name;
	struct warming warming;
	int64_t rev;
};

/* Begins the warm-up of a domain anew, or ends it (`at` MOMENT_NONE). MISSING: there is no such domain. */
bool warm_up_set(struct store *store, const char *domain_id, struct moment at, struct error *err) MUST_CHECK;

/* The sending domain that mails of this domain belong to, if it is being warmed up, else NULL. */
bool warm_up_of(struct store *store, const char *domain, struct arena *arena, const char **domain_id,
                struct error *err) MUST_CHECK;

/* Those of some providers, at most WARM_UPS_MAX; or all, the largest first, at most `limit`. A provider that is not
 * among them has had nothing yet: WARMING_NEW. */
bool warm_up_find(struct store *store, const char *domain_id, const struct strings *names, struct arena *arena,
                  struct rows *found, struct error *err) MUST_CHECK;
bool warm_up_list(struct store *store, const char *domain_id, int limit, struct arena *arena, struct rows *found,
                  struct error *err) MUST_CHECK;

/* What a provider has answered. */
bool warm_up_tell(struct store *store, const char *domain_id, const char *name, const struct warming_replies *replies,
                  struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

#endif
