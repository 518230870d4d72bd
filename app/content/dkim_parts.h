/* What a DKIM signature covers; private to the room. */
#ifndef CONTENT_DKIM_PARTS_H
#define CONTENT_DKIM_PARTS_H

#include "content/dkim.h"

enum { DKIM_FIELDS_MAX = 100 };

/* A message taken apart; points into it. */
struct dkim_message {
	struct dkim_field {
		const char *name, *value; /* the value with its folds, without the last line end */
		size_t name_size, value_size;
	} fields[DKIM_FIELDS_MAX];
	int count;
	const char *body;
	size_t body_size;
};

bool dkim_split(const char *message, size_t size, struct dkim_message *split, struct error *err) MUST_CHECK;

/* The digest of the body, relaxed. */
void dkim_body_digest(const char *body, size_t size, unsigned char out[DIGEST_BYTES]);

/* Adds the fields of these names, as "h=" lists them: a name that stands there again means the next one above. */
void dkim_add_fields(struct digest *digest, const struct dkim_message *split, const char *const *names, int count);

/* The digest that is signed: what was added, and the signature's own header, "DKIM-Signature: …; b=" without a value.
 */
void dkim_header_digest(const struct digest *added, const char *header, size_t size, unsigned char out[DIGEST_BYTES]);

#endif
