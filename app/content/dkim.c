/* Writing DKIM-Signature headers. */
#include "content/dkim.h"

#include <glib.h>
#include <string.h>
#include <strings.h>

#include "content/dkim_parts.h"

enum { LINE_COLUMNS = 76 };

/* All of them, whether they are there or not. */
static const char *const signed_names[] = {
	"From",         "To",
	"Subject",      "Date",
	"Message-ID",   "MIME-Version",
	"Content-Type", "Content-Transfer-Encoding",
	"Reply-To",     "Cc",
	"Sender",       "List-Unsubscribe",
	"List-ID",      "List-Unsubscribe-Post",
	"Feedback-ID",
};
enum { SIGNED_NAMES = sizeof signed_names / sizeof *signed_names, NAMES_MAX = SIGNED_NAMES + DKIM_FIELDS_MAX };

static int count_of(const struct dkim_message *split, const char *name) {
	int count = 0;
	for (int i = 0; i < split->count; i++)
		count += split->fields[i].name_size == strlen(name) &&
		         strncasecmp(split->fields[i].name, name, strlen(name)) == 0;
	return count;
}

/* Each once more than it is there. */
static int names_of(const struct dkim_message *split, const char **names) {
	int count = 0;
	for (int i = 0; i < SIGNED_NAMES; i++)
		for (int times = count_of(split, signed_names[i]) + 1; times > 0; times--)
			names[count++] = signed_names[i];
	return count;
}

static void write_names(struct buf *out, const char *const *names, int count) {
	size_t column = strlen(" h=");
	buf_text_add(out, " h=");
	for (int i = 0; i < count; i++) {
		size_t size = strlen(names[i]) + 1;
		if (column + size > LINE_COLUMNS) {
			buf_text_add(out, "\r\n ");
			column = 1;
		}
		buf_print(out, "%s%s", names[i], i + 1 < count ? ":" : ";\r\n");
		column += size;
	}
}

static void write_base64(struct buf *out, const unsigned char *bytes, size_t size) {
	g_autofree char *encoded = g_base64_encode(bytes, size);
	size_t rest = strlen(encoded), room = LINE_COLUMNS - strlen(" b=");
	for (const char *at = encoded; rest > 0; room = LINE_COLUMNS - 1) {
		size_t piece = rest < room ? rest : room;
		buf_add(out, at, piece);
		at += piece;
		rest -= piece;
		buf_text_add(out, rest > 0 ? "\r\n " : "");
	}
}

/* What all signatures of a mail have in common. */
struct common {
	const char *domain;
	struct moment at;
	unsigned char body[DIGEST_BYTES];
	struct digest fields;
	const char *names[NAMES_MAX];
	int count;
};

static void write_signature(const struct common *common, const struct dkim_key *key, struct buf *out) {
	unsigned char digest[DIGEST_BYTES], signature[SIGNATURE_MAX];
	size_t from = out->size;
	const char *algorithm = signature_kind_of(key->key) == SIGNATURE_RSA ? "rsa-sha256" : "ed25519-sha256";
	buf_print(out, "DKIM-Signature: v=1; a=%s; c=relaxed/relaxed; d=%s;\r\n s=%s; t=%lld;\r\n", algorithm,
	          common->domain, key->selector, (long long)(common->at.ms / SECOND_MS));
	write_names(out, common->names, common->count);
	buf_text_add(out, " bh=");
	write_base64(out, common->body, sizeof common->body);
	buf_text_add(out, ";\r\n b=");
	dkim_header_digest(&common->fields, out->bytes + from, out->size - from, digest);
	write_base64(out, signature, signature_sign(key->key, digest, signature));
	buf_text_add(out, "\r\n");
}

bool dkim_sign(const struct dkim_signer *signer, const char *message, size_t size, struct moment at, struct buf *out,
               struct error *err) {
	struct common common = { .domain = signer->domain, .at = at };
	struct dkim_message split;
	if (!dkim_split(message, size, &split, err))
		return false;
	if (count_of(&split, "From") != 1)
		return error_set(err, ERROR_INVALID, "The email has %d senders", count_of(&split, "From"));
	dkim_body_digest(split.body, split.body_size, common.body);
	common.count = names_of(&split, common.names);
	digest_begin(&common.fields);
	dkim_add_fields(&common.fields, &split, common.names, common.count);
	for (int i = 0; i < signer->count; i++)
		write_signature(&common, &signer->keys[i], out);
	return true;
}
