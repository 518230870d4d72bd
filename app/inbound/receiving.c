/* Keeping what came back, and acting on it. */
#include "inbound/receiving.h"

#include <string.h>

#include "content/tokens/token.h"
#include "core/base/secret.h"
#include "core/store/clock.h"
#include "inbound/settling.h"

static const char INBOUND[] = "inbound_mails";

enum { SOURCE_KEPT = 16 * 1024, PATIENCE_MS = MINUTE_MS, LEFT_AT_ONCE = 100 };

static const struct field fields[] = {
	FIELD(struct inbound_mail, id, .stored = "_id"),
	FIELD(struct inbound_mail, kind, .choices = &inbound_kinds),
	FIELD(struct inbound_mail, campaign_id, .flags = FIELD_ID),
	FIELD(struct inbound_mail, block),
	FIELD(struct inbound_mail, index),
	FIELD(struct inbound_mail, contact_id, .flags = FIELD_ID),
	FIELD(struct inbound_mail, status),
	FIELD(struct inbound_mail, words),
	FIELD(struct inbound_mail, recipient),
	FIELD(struct inbound_mail, is_forwarded),
	FIELD(struct inbound_mail, waits),
	FIELD(struct inbound_mail, source),
	FIELD(struct inbound_mail, size),
	FIELD(struct inbound_mail, at),
	FIELD(struct inbound_mail, applied_at),
	FIELD(struct inbound_mail, expires_at),
	FIELD(struct inbound_mail, occurred_at),
};
const struct record_type inbound_mail_record = RECORD_TYPE("InboundMail", struct inbound_mail, fields);

static const char *digest_of(const char *address, const struct bytes *mail, struct arena *arena) {
	BUF_AUTO all = { 0 };
	char digest[SECRET_HEX];
	buf_text_add(&all, address);
	buf_char(&all, '\n');
	buf_add(&all, mail->data, mail->size);
	secret_digest_bytes(buf_text(&all), all.size, digest);
	return arena_copy(arena, digest);
}

static bool read_mail(struct store *store, const struct mac_ring *keys, const char *address, const struct bytes *bytes,
                      struct arena *arena, struct inbound_mail *mail, struct error *err) {
	struct mime_parts parts;
	struct inbound_report report;
	struct token token;
	const char *text = inbound_token(address, arena);
	if (!mime_read(bytes->data, bytes->size, arena, &parts))
		parts = (struct mime_parts){ 0 };
	inbound_judge(&parts, arena, &report);
	mail->kind = report.kind;
	mail->status = report.status;
	mail->words = report.words;
	if (!text || !token_read(keys, TOKEN_RETURN, text, strlen(text), &token))
		return true;
	mail->campaign_id = arena_copy(arena, token.campaign_id);
	mail->block = token.block;
	mail->index = token.index;
	mail->recipient = report.recipient; /* only to be compared: a mail may name anybody */
	bool fine = inbound_find_people(store, mail, 1, arena, err);
	mail->recipient = NULL;
	return fine;
}

/* Those of the last day. */
static bool finish(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct inbound_mail *left;
	struct moment now;
	int count;
	(void)context;
	if (!store_now(store, &now, err))
		return false;
	const struct moment newest = moment_add(now, INBOUND_KEPT_DAYS * DAY_MS - PATIENCE_MS);
	if (!store_list(store, INBOUND,
	                FILTER(gte_moment("expires_at", moment_add(newest, -DAY_MS)), lt_moment("expires_at", newest),
	                       is_absent("applied_at"), ne_bool("waits", true)),
	                SORT(asc("expires_at"), asc("_id")), LEFT_AT_ONCE, &inbound_mail_record, arena, (void **)&left,
	                &count, err))
		return false;
	return inbound_settle(store, left, count, now, err);
}

const struct job_kind inbound_job = { .name = "inbound", .adopt = finish };

bool inbound_receive(struct store *store, const struct mac_ring *keys, const char *address, const struct bytes *bytes,
                     struct moment now, struct arena *arena, struct inbound_mail *received, bool *was_there,
                     struct error *err) {
	const struct bytes kept = { .data = bytes->data, .size = bytes->size < SOURCE_KEPT ? bytes->size : SOURCE_KEPT };
	bool found;
	record_clear(&inbound_mail_record, received);
	received->id = digest_of(address, bytes, arena);
	received->source = kept;
	received->size = (int64_t)bytes->size;
	received->at = now;
	received->expires_at = moment_add(now, INBOUND_KEPT_DAYS * DAY_MS);
	if (!read_mail(store, keys, address, bytes, arena, received, err) ||
	    !store_insert_once(store, INBOUND, &inbound_mail_record, received, was_there, err) ||
	    (*was_there && !store_find(store, INBOUND, FILTER(eq_text("_id", received->id)), NULL, &inbound_mail_record,
	                               arena, received, &found, err)))
		return false;
	*was_there = *was_there && moment_is_set(received->applied_at);
	return *was_there || inbound_settle(store, received, 1, now, err);
}

bool inbound_page(struct store *store, const char *cursor, int limit, struct arena *arena, struct page *page,
                  struct error *err) {
	const struct page_query query = {
		.filter = &everything, .by = "expires_at", .descending = true, .cursor = cursor, .limit = limit
	};
	return store_page(store, INBOUND, &query, &inbound_mail_record, arena, page, err);
}

bool inbound_forget(struct store *store, const struct strings *contact_ids, const struct strings *norms,
                    struct error *err) {
	int64_t deleted;
	return store_delete(store, INBOUND, FILTER(ANY_OF(in_ids("contact_id", contact_ids), in_texts("recipient", norms))),
	                    &deleted, err);
}
