/* Signing whatever calls itself a mail: it is refused, or gets a header of which no line is long; and the digest of a
 * body is that of the body written out without the white space that does not count. */
#include <stdlib.h>
#include <string.h>

#include "content/dkim_parts.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

enum { LINE_MAX_HERE = 300 };

static struct signature_key *key_once(void) {
	static struct signature_key *key;
	struct error err = ERROR_INIT;
	BUF_AUTO secret = { 0 };
	if (key)
		return key;
	signature_make(SIGNATURE_ED25519, &secret);
	if (!signature_key_read(secret.bytes, secret.size, &key, &err))
		abort();
	return key;
}

/* Line by line: blanks at the end go, runs of them are one space; empty lines at the end go. */
static void write_out(const char *body, size_t size, struct buf *out) {
	size_t kept = 0;
	for (const char *at = body, *end = body + size; at < end;) {
		const char *stop = at;
		while (stop < end && !(stop[0] == '\r' && stop + 1 < end && stop[1] == '\n'))
			stop++;
		size_t from = out->size;
		for (const char *c = at; c < stop; c++) {
			bool blank = *c == ' ' || *c == '\t';
			if (!blank)
				buf_char(out, *c);
			else if (out->size == from || out->bytes[out->size - 1] != ' ')
				buf_char(out, ' ');
		}
		if (out->size > from && out->bytes[out->size - 1] == ' ')
			out->size--;
		bool has_text = out->size > from;
		buf_add(out, "\r\n", 2);
		kept = has_text ? out->size : kept;
		at = stop + 2 < end ? stop + 2 : end;
	}
	out->size = kept;
}

static void check_body(const char *body, size_t size) {
	unsigned char ours[DIGEST_BYTES], theirs[DIGEST_BYTES];
	struct digest digest;
	BUF_AUTO out = { 0 };
	write_out(body, size, &out);
	dkim_body_digest(body, size, ours);
	digest_begin(&digest);
	digest_add(&digest, buf_text(&out), out.size);
	digest_end(&digest, theirs);
	if (memcmp(ours, theirs, sizeof ours) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	struct dkim_signer signer = { "example.org", { { "one", key_once() } }, 1 };
	struct error err = ERROR_INIT;
	BUF_AUTO out = { 0 };
	check_body((const char *)bytes, size);
	if (!dkim_sign(&signer, (const char *)bytes, size, (struct moment){ 1793000000000 }, &out, &err)) {
		if (out.size || err.kind != ERROR_INVALID)
			abort();
		return 0;
	}
	for (const char *line = out.bytes, *end; *line; line = end + 2) {
		end = strstr(line, "\r\n");
		if (!end || end - line > LINE_MAX_HERE)
			abort();
	}
	return 0;
}
