/* Who asks: by bearer token, session cookie or remembered browser. What a worker read once about a credential it keeps
 * for as long as the version of the rights stands (core/store: versions); whoever takes a right away raises it. */
#ifndef ACCESS_IDENTITY_H
#define ACCESS_IDENTITY_H

#include "core/store/store.h"

struct exchange;

/* A document that this worker has read under the present rights, by its kind and the digest of the credential. */
bool identity_cached(struct exchange *x, const char *kind, const char *digest, const struct record_type *record,
                     void *object);
void identity_cache(struct exchange *x, const char *kind, const char *digest, const struct record_type *record,
                    const void *object);

/* After a session, token or user lost its rights. */
bool identity_forget_all(struct store *store, struct error *err) MUST_CHECK;

#endif
