/* The signature of a web request. */
#include "inbound/hook_signature.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "webhooks/signature.h"

enum { DIGITS_MAX = 12, SIGNATURES_MAX = 1000 };

static bool is_visible(const char *text, size_t most) {
	size_t size = strlen(text);
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return size > 0 && size <= most;
}

static bool check_time(const char *timestamp, struct moment now, struct error *err) {
	size_t size = strlen(timestamp);
	if (size == 0 || size > DIGITS_MAX || strspn(timestamp, "0123456789") != size)
		return error_set(err, ERROR_DENIED, "webhook-timestamp must be seconds since 1970");
	int64_t away = now.ms - strtoll(timestamp, NULL, 10) * SECOND_MS;
	return (away <= HOOK_SKEW_MS && away >= -HOOK_SKEW_MS) ||
	       error_set(err, ERROR_DENIED,
	                 "webhook-timestamp is more than 5 minutes away from now: sign the request anew");
}

/* One of those that are claimed; all are looked at. */
static bool is_claimed(const char *signatures, const char *right) {
	bool is_it = false;
	for (const char *at = signatures; *at;) {
		size_t size = strcspn(at, " ");
		bool fits = size == 3 + strlen(right) && strncmp(at, "v1,", 3) == 0;
		is_it = (fits && secret_equal_bytes(at + 3, right, size - 3)) || is_it;
		at += size;
		at += strspn(at, " ");
	}
	return is_it;
}

bool hook_verify(const struct mac_ring *keys, const struct hook_claim *claim, const char *body, size_t size,
                 struct moment now, struct error *err) {
	bool is_signed = false;
	if (text_is_empty(claim->id) || text_is_empty(claim->timestamp) || text_is_empty(claim->signature))
		return error_set(err, ERROR_DENIED,
		                 "The request is not signed: send webhook-id, webhook-timestamp and "
		                 "webhook-signature");
	if (!is_visible(claim->id, HOOK_ID_MAX) || strlen(claim->signature) > SIGNATURES_MAX)
		return error_set(err, ERROR_DENIED, "webhook-id or webhook-signature is malformed");
	if (!check_time(claim->timestamp, now, err))
		return false;
	for (int i = 0; i < keys->count; i++) {
		BUF_AUTO right = { 0 };
		webhook_sign(&keys->keys[i], claim->id, claim->timestamp, body, size, &right);
		is_signed = is_claimed(claim->signature, buf_text(&right)) || is_signed;
	}
	return is_signed || error_set(err, ERROR_DENIED, "The signature is not one of these bytes with a key of ours");
}
