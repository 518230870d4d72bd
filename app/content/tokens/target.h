/* Where a tracked link leads, in the link's own address: `/click/TOKEN?to=SEALED`. So a click leads on while the
 * database is away, and nowhere but where we have said: what is sealed is the target with a MAC of 64 bits over it and
 * the token, in base64url, which no mail system spells in another way. Pure. */
#ifndef CONTENT_TOKENS_TARGET_H
#define CONTENT_TOKENS_TARGET_H

#include "core/base/mac.h"

enum {
	TARGET_MAX = 3000,         /* bytes of a target that may be redirected to: nginx takes 4 kB of headers from us */
	TARGET_CARRIED_MAX = 1000, /* of one that is carried: longer addresses are cut by some mail programs */
	TARGET_SEALED = 1347,      /* the longest sealed one, plus a NUL */
};

/* May it be redirected to? Only http and https, of at most TARGET_MAX bytes, without control characters. */
bool target_is_safe(const char *target);

/* Writes the sealed target for this token's text, with a NUL, and returns its length. 0 and "": it is not safe or too
 * long to be carried, or the ring has no key. */
size_t target_seal(const struct mac_ring *keys, const char *token, const char *target, char out[TARGET_SEALED]);

/* Reads what target_seal wrote for the same token with a key of the ring. False: `out` is "". */
bool target_open(const struct mac_ring *keys, const char *token, const char *sealed,
                 char out[TARGET_CARRIED_MAX + 1]) MUST_CHECK;

#endif
