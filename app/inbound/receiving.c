/* Keeping what came back, and acting on it. */
#include "inbound/receiving.h"

#include <glib.h>
#include <string.h>

#include "answering/answer.h"
#include "audience/contacts/suppressing.h"
#include "core/base/secret.h"
#include "core/store/clock.h"
#include "dispatch/block.h"
#include "dispatch/message.h"
#include "dispatch/reconcile.h"
#include "dispatch/returned.h"
#include "dispatch/warmed.h"
#include "inbound/softness.h"
#include "webhooks/telling.h"

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

/* Erased people are nobody. */
bool inbound_find_person(struct store *store, struct inbound_mail *mail, struct arena *arena, const char **email,
                         struct error *err) {
	struct recipient recipient;
	bool found;
	if (!block_find_recipient(store, mail->campaign_id, mail->block, (int)mail->index, arena, &recipient, &found, err))
		return false;
	mail->contact_id = found ? recipient.contact_id : NULL;
	*email = found ? recipient.email : NULL;
	return true;
}

static bool read_mail(struct store *store, const struct mac_ring *keys, const char *address, const struct bytes *bytes,
                      struct arena *arena, struct inbound_mail *mail, struct error *err) {
	struct mime_parts parts;
	struct inbound_report report;
	struct token token;
	const char *email, *text = inbound_token(address, arena);
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
	if (!inbound_find_person(store, mail, arena, &email, err))
		return false;
	mail->is_forwarded = report.recipient && email && g_ascii_strcasecmp(report.recipient, email);
	if (mail->is_forwarded && report.kind == INBOUND_HARD)
		mail->kind = INBOUND_SOFT;
	return true;
}

/* Whose address it is about: of an event the one that it names, else the one that the person has. */
static bool find_key(struct store *store, const struct inbound_mail *mail, struct arena *arena, const char **key,
                     struct error *err) {
	struct contact contact;
	bool found;
	*key = mail->is_forwarded ? NULL : mail->recipient;
	if (*key || !mail->contact_id)
		return true;
	if (!contact_find(store, mail->contact_id, arena, &contact, &found, err))
		return false;
	*key = found ? contact.email_norm : NULL;
	return true;
}

static const char *evidence_of(const struct inbound_mail *mail, struct arena *arena) {
	return arena_print(arena, "%s%s%s %s", mail->status ? mail->status : "", mail->status ? " " : "",
	                   mail->words ? mail->words : "a report",
	                   mail->waits || mail->recipient ? "as the mail provider reported it"
	                                                  : "in an email that came back");
}

static struct moment time_of(const struct inbound_mail *mail, struct moment now) {
	return moment_is_set(mail->occurred_at) && mail->occurred_at.ms < now.ms ? mail->occurred_at : now;
}

/* Whoever unsubscribed said so themselves; everything else was found out by mail. */
static bool suppress(struct store *store, const struct inbound_mail *mail, enum suppression_reason reason,
                     const char *evidence, struct moment now, struct arena *arena, struct error *err) {
	const char *key;
	if (!find_key(store, mail, arena, &key, err))
		return false;
	if (!key)
		return true;
	const struct suppression_entry entry = {
		.key = key,
		.reason = reason,
		.evidence = evidence,
		.source = reason == SUPPRESSION_UNSUBSCRIBED ? SUPPRESSED_BY_THEM : SUPPRESSED_BY_MAIL,
		.at = time_of(mail, now),
	};
	return contact_suppress(store, &entry, 1, arena, err);
}

static bool tell_webhooks(struct store *store, const struct inbound_mail *mail, struct moment now, struct error *err) {
	char name[MESSAGE_NAME];
	bool complained = mail->kind == INBOUND_COMPLAINT;
	const struct webhook_event event = {
		.type = complained ? WEBHOOK_COMPLAINED : WEBHOOK_BOUNCED,
		.key = mail->id,
		.campaign_id = mail->campaign_id,
		.contact_id = mail->contact_id,
		.email_id = mail->campaign_id ? message_name(mail->campaign_id, mail->block, mail->index, name) : NULL,
		.about = complained ? NULL : "bounce",
		.words = mail->kind == INBOUND_HARD ? "hard" : "soft",
		.at = mail->at,
	};
	return webhooks_tell(store, &event, 1, now, err);
}

/* This one, too, which may not be stored as theirs yet. */
static bool read_softs(struct store *store, const struct inbound_mail *mail, struct arena *arena,
                       struct soft_bounce **bounces, int *count, struct error *err) {
	struct inbound_mail *mails;
	if (!store_list(store, INBOUND,
	                FILTER(eq_id("contact_id", mail->contact_id), eq_choice("kind", &inbound_kinds, INBOUND_SOFT),
	                       ne_bool("is_forwarded", true), ne_text("_id", mail->id)),
	                SORT(desc("at"), desc("_id")), SOFT_MAX, &inbound_mail_record, arena, (void **)&mails, count, err))
		return false;
	*bounces = arena_array(arena, struct soft_bounce, *count + 1);
	for (int i = 0; i < *count; i++)
		(*bounces)[i] = (struct soft_bounce){ mails[i].campaign_id, mails[i].status, mails[i].at };
	(*bounces)[(*count)++] = (struct soft_bounce){ mail->campaign_id, mail->status, mail->at };
	return true;
}

/* What is not for good, but comes again and again. A click of theirs clears it. */
static bool suppress_too_soft(struct store *store, const struct inbound_mail *mail, struct moment now,
                              struct arena *arena, struct error *err) {
	struct soft_bounce *bounces;
	struct contact contact;
	bool found;
	int count, points;
	if (!mail->contact_id || !mail->campaign_id || mail->is_forwarded)
		return true;
	if (!contact_find(store, mail->contact_id, arena, &contact, &found, err) ||
	    !read_softs(store, mail, arena, &bounces, &count, err))
		return false;
	if (!found || !soft_is_too_often(bounces, count, contact.engagement.last_clicked_at, &points))
		return true;
	const char *evidence = arena_print(arena, "%d points for bounces that are not for good, the newest: %s", points,
	                                   evidence_of(mail, arena));
	return suppress(store, mail, SUPPRESSION_BOUNCED, evidence, now, arena, err);
}

/* What comes back has arrived. */
static bool reconcile(struct store *store, const struct inbound_mail *mail, struct moment now, struct error *err) {
	const int index = (int)mail->index;
	const struct arrivals arrivals = {
		mail->campaign_id, mail->block, &index, 1, ARRIVAL_RETURNED, NULL, now,
	};
	int64_t asked;
	return reconcile_block(store, &arrivals, &asked, err);
}

static bool complain(struct store *store, const struct inbound_mail *mail, struct moment now, struct arena *arena,
                     struct error *err) {
	return suppress(store, mail, SUPPRESSION_COMPLAINED, evidence_of(mail, arena), now, arena, err) &&
	       (!mail->campaign_id ||
	        warmed_note_complaint(store, mail->campaign_id, mail->block, mail->index, now, arena, err));
}

/* STOP or START in answer to a text message. */
static bool answer_text(struct store *store, const struct inbound_mail *mail, struct moment now, struct arena *arena,
                        struct error *err) {
	const struct suppression_note why = { .at = time_of(mail, now),
		                                  .evidence = evidence_of(mail, arena),
		                                  .source = SUPPRESSED_BY_TEXT };
	if (!mail->recipient)
		return true;
	return mail->kind == INBOUND_STOP ? contact_stop(store, mail->recipient, &why, arena, err)
	                                  : contact_start(store, mail->recipient, &why, arena, err);
}

static bool act(struct store *store, const struct inbound_mail *mail, struct moment now, struct arena *arena,
                struct error *err) {
	static const enum returned_as as[] = { RETURNED_HARD, RETURNED_SOFT, RETURNED_COUNT, RETURNED_COMPLAINED };
	if (mail->kind == INBOUND_STOP || mail->kind == INBOUND_START)
		return answer_text(store, mail, now, arena, err);
	if (mail->kind == INBOUND_UNSUBSCRIBED)
		return suppress(store, mail, SUPPRESSION_UNSUBSCRIBED, evidence_of(mail, arena), now, arena, err);
	if (!(mail->campaign_id || mail->recipient) || mail->kind > INBOUND_COMPLAINT || mail->kind == INBOUND_DELAYED)
		return true;
	if ((mail->kind == INBOUND_HARD &&
	     !suppress(store, mail, SUPPRESSION_BOUNCED, evidence_of(mail, arena), now, arena, err)) ||
	    (mail->kind == INBOUND_SOFT && !suppress_too_soft(store, mail, now, arena, err)) ||
	    (mail->kind == INBOUND_COMPLAINT && !complain(store, mail, now, arena, err)))
		return false;
	if (mail->campaign_id &&
	    (!returned_note(store, mail->campaign_id, mail->block, mail->index, as[mail->kind], now, err) ||
	     !reconcile(store, mail, now, err) || !answers_note_due(store, mail->campaign_id, err)))
		return false;
	return tell_webhooks(store, mail, now, err);
}

bool inbound_apply(struct store *store, const struct inbound_mail *mail, struct moment now, struct arena *arena,
                   struct error *err) {
	bool matched;
	return act(store, mail, now, arena, err) && store_update(store, INBOUND, FILTER(eq_text("_id", mail->id)),
	                                                         UPDATE(set_moment("applied_at", now)), &matched, err);
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
	for (int i = 0; i < count; i++)
		if (!inbound_apply(store, &left[i], now, arena, err))
			return false;
	return true;
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
	return *was_there || inbound_apply(store, received, now, arena, err);
}

bool inbound_forget(struct store *store, const struct strings *contact_ids, const struct strings *norms,
                    struct error *err) {
	int64_t deleted;
	return store_delete(store, INBOUND, FILTER(ANY_OF(in_ids("contact_id", contact_ids), in_texts("recipient", norms))),
	                    &deleted, err);
}
