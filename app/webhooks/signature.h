/* The signature of a webhook, as the public specification Standard Webhooks has it: HMAC-SHA-256 over id, time and the
 * exact bytes of the body. Pure. */
#ifndef WEBHOOKS_SIGNATURE_H
#define WEBHOOKS_SIGNATURE_H

#include "core/base/buf.h"
#include "core/base/mac.h"

/* Appends it in base64, without "v1,". `timestamp`: seconds since 1970. */
void webhook_sign(const struct mac_key *key, const char *id, const char *timestamp, const char *body, size_t size,
                  struct buf *out);

#endif
