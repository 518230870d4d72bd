/* DKIM signatures of a mail (RFC 6376, RFC 8463), relaxed/relaxed. Pure.
 *
 * Each header that names the sender, the recipient, the content or how to unsubscribe is signed once more than it is
 * there, so that none can be added afterwards. No "l=", because anything could be appended; no "x=", because mail is
 * read years later. */
#ifndef CONTENT_DKIM_H
#define CONTENT_DKIM_H

#include "core/base/moment.h"
#include "core/base/signature.h"

enum { DKIM_KEYS_MAX = 2 };

/* A domain with its keys: RSA, which every receiver verifies, first. */
struct dkim_signer {
	const char *domain; /* in ASCII: that of From, or a parent of it */
	struct dkim_key {
		const char *selector;
		struct signature_key *key;
	} keys[DKIM_KEYS_MAX];
	int count; /* 0: nothing is signed */
};

/* Appends a DKIM-Signature header for each key, to be put before the message, which has CRLF line ends and must not
 * change afterwards. INVALID, with `out` unchanged, if it has no From or two, a line of its head is no header, or the
 * head does not end. */
bool dkim_sign(const struct dkim_signer *signer, const char *message, size_t size, struct moment at, struct buf *out,
               struct error *err) MUST_CHECK;

#endif
