/* The signature of a web request that reports what became of mails, as the public specification Standard Webhooks has
 * it: HMAC-SHA-256 over id, time and the exact bytes of the body. Pure. */
#ifndef INBOUND_HOOK_SIGNATURE_H
#define INBOUND_HOOK_SIGNATURE_H

#include "core/base/mac.h"
#include "core/base/moment.h"

enum { HOOK_ID_MAX = 200, HOOK_SKEW_MS = 5 * MINUTE_MS };

/* As the headers have it; NULL: there is none. */
struct hook_claim {
	const char *id;        /* webhook-id */
	const char *timestamp; /* webhook-timestamp: seconds since 1970 */
	const char *signature; /* webhook-signature: "v1,BASE64", several separated by spaces */
};

/* Did somebody with a key of the ring sign these bytes, within HOOK_SKEW_MS of `now`? DENIED says what is wrong, and
 * quotes nothing. Compared in constant time. */
bool hook_verify(const struct mac_ring *keys, const struct hook_claim *claim, const char *body, size_t size,
                 struct moment now, struct error *err) MUST_CHECK;

#endif
