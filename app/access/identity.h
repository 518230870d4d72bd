/* Identifies the requester by bearer token, session cookie or remembered browser. A worker caches credentials for as
 * long as the version of the rights is unchanged (core/store/version.h), and for half a minute at most; whoever revokes
 * a right bumps it. */
#ifndef ACCESS_IDENTITY_H
#define ACCESS_IDENTITY_H

#include "core/store/store.h"

struct exchange;

/* Reads a document from the cache if this worker has read it under the present rights, by kind and digest of the
 * credential. */
bool identity_cached(struct exchange *x, const char *kind, const char *digest, const struct record_type *record,
                     void *object);
void identity_cache(struct exchange *x, const char *kind, const char *digest, const struct record_type *record,
                    const void *object);

/* Call it after a session, token or user has lost rights. */
bool identity_forget_all(struct store *store, struct error *err) MUST_CHECK;

#endif
