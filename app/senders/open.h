/* For whoever sends: the keys that sign for an address. */
#ifndef SENDERS_OPEN_H
#define SENDERS_OPEN_H

#include "content/dkim.h"
#include "core/base/sealed.h"
#include "senders/domain.h"

/* The sending domain that mails of `domain` belong to: itself, or else the nearest one above it. */
bool sending_domain_nearest(struct store *store, const char *domain, struct arena *arena,
                            struct sending_domain *nearest, bool *found, struct error *err) MUST_CHECK;

/* The domain of From, or else the nearest one above it that is a sending domain: a signature of a parent is
 * aligned (RFC 9989). *found: false if none is, and then, or if no record of its keys has been found yet, signer->count
 * is 0: mails go unsigned. Texts and keys end with the arena. CONFLICT, in words, if a key does not open. */
bool sending_domain_open(struct store *store, const struct keyring *ring, const char *domain, struct arena *arena,
                         struct dkim_signer *signer, bool *found, struct error *err) MUST_CHECK;

/* The selector under which mails of this very domain are signed by RSA, or will be once its record is found; NULL: it
 * is no sending domain. */
bool sending_domain_selector(struct store *store, const char *domain, struct arena *arena, const char **selector,
                             struct error *err) MUST_CHECK;

#endif
