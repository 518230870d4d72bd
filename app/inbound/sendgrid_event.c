/* Events of SendGrid. */
#include "inbound/sendgrid_event.h"

#include <stdlib.h>
#include <string.h>

#include "audience/contacts/membership.h"
#include "core/base/foreign_signature.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/formats/json.h"
#include "core/formats/mail.h"

enum { DIGITS_MAX = 12, ID_MAX = 150, MEMBER_MAX = 320 };
enum { OLDEST_MS = 25 * HOUR_MS, AHEAD_MS = 5 * MINUTE_MS };

bool sendgrid_verify(const char *keys, const char *timestamp, const char *signature, const char *body, size_t size,
                     struct moment now, struct error *err) {
	if (text_is_empty(timestamp) || text_is_empty(signature))
		return error_set(err, ERROR_DENIED,
		                 "The request is not signed: turn on the signed event webhook in SendGrid's settings");
	size_t digits = strlen(timestamp);
	if (digits > DIGITS_MAX || strspn(timestamp, "0123456789") != digits)
		return error_set(err, ERROR_DENIED, "The timestamp of the signature must be seconds since 1970");
	int64_t age = now.ms - strtoll(timestamp, NULL, 10) * SECOND_MS;
	if (age > OLDEST_MS || age < -AHEAD_MS)
		return error_set(err, ERROR_DENIED, "The request was signed more than a day ago, or later than now");
	return ecdsa_verify(keys, signature, timestamp, body, size) ||
	       error_set(err, ERROR_DENIED, "The signature is not one of these bytes by a key of SENDGRID_WEBHOOK_KEY");
}

/* What each event means; the first row that fits. What SendGrid dropped it had known before: whoever complained or
 * unsubscribed there did not do so because of this email, so it is not named. */
static const struct {
	const char *event, *member, *value; /* member NULL: whatever else it says */
	enum inbound_kind kind;
	bool is_of_this_email;
} meanings[] = {
	{ "bounce", "type", "bounce", INBOUND_HARD, true },
	{ "bounce", NULL, NULL, INBOUND_SOFT, true },
	{ "dropped", "reason", "Bounced Address", INBOUND_HARD, true },
	{ "dropped", "reason", "Invalid", INBOUND_HARD, true },
	{ "dropped", "reason", "Unsubscribed Address", INBOUND_UNSUBSCRIBED, false },
	{ "dropped", "reason", "Spam Reporting Address", INBOUND_COMPLAINT, false },
	{ "dropped", NULL, NULL, INBOUND_OTHER, true },
	{ "deferred", NULL, NULL, INBOUND_DELAYED, true },
	{ "spamreport", NULL, NULL, INBOUND_COMPLAINT, true },
	{ "unsubscribe", NULL, NULL, INBOUND_UNSUBSCRIBED, true },
	{ "group_unsubscribe", NULL, NULL, INBOUND_UNSUBSCRIBED, true },
};
enum { MEANINGS = sizeof meanings / sizeof *meanings };

static int meaning_of(const struct value *one) {
	const char *event = value_get_text(one, "event");
	for (int i = 0; event && i < MEANINGS; i++)
		if (strcmp(event, meanings[i].event) == 0 &&
		    (!meanings[i].member || text_same(value_get_text(one, meanings[i].member), meanings[i].value)))
			return i;
	return -1;
}

static const char *short_text(const struct value *one, const char *name) {
	const char *text = value_get_text(one, name);
	return text_is_empty(text) || strlen(text) > MEMBER_MAX ? NULL : text;
}

static const char *address_of(const struct value *one, struct arena *arena) {
	struct error ignored;
	const char *email = contact_norm(arena, short_text(one, "email"));
	return email && mail_check_address(email, "email", &ignored) ? email : NULL;
}

/* Without an id of SendGrid's: of what it says. */
static const char *id_of(const struct value *one, const struct bytes *source, struct arena *arena) {
	const char *id = value_get_text(one, "sg_event_id");
	char digest[SECRET_HEX];
	if (!text_is_empty(id) && strlen(id) <= ID_MAX)
		return arena_print(arena, "sendgrid:%s", id);
	secret_digest_bytes(source->data, source->size, digest);
	return arena_print(arena, "sendgrid:%s", digest);
}

static bool read_event(const struct value *one, struct arena *arena, struct hook_event *event) {
	const struct value *at = value_get(one, "timestamp");
	int meaning = one->kind == VALUE_MAP ? meaning_of(one) : -1;
	BUF_AUTO source = { 0 };
	if (meaning < 0)
		return false;
	*event = (struct hook_event){ .kind = meanings[meaning].kind, .recipient = address_of(one, arena) };
	if (meanings[meaning].is_of_this_email) {
		event->message_id = short_text(one, "smtp-id");
		event->email_id = short_text(one, "email_id");
	}
	if (!event->recipient && !event->message_id && !event->email_id)
		return false;
	json_write(&source, one);
	event->source = (struct bytes){ arena_copy_bytes(arena, buf_text(&source), source.size), source.size };
	event->id = id_of(one, &event->source, arena);
	event->status = inbound_status(short_text(one, "status"), arena);
	const char *words = value_get_text(one, "reason");
	words = words ? words : value_get_text(one, "response");
	event->words = words ? inbound_cut(text_clean(arena, words), arena) : value_get_text(one, "event");
	event->occurred_at = at && at->kind == VALUE_INT && at->integer >= 0 && at->integer < 253402300800
	                         ? (struct moment){ at->integer * SECOND_MS }
	                         : MOMENT_NONE;
	return true;
}

/* Its first event comes when a recipient's server has taken it. */
static bool read_delivered(const struct value *one, struct hook_event *event) {
	if (one->kind != VALUE_MAP || !text_same(value_get_text(one, "event"), "delivered"))
		return false;
	*event = (struct hook_event){ .message_id = short_text(one, "smtp-id"), .email_id = short_text(one, "email_id") };
	return event->message_id || event->email_id;
}

bool sendgrid_events_read(const char *bytes, size_t size, struct arena *arena, struct sendgrid_events *events,
                          struct error *err) {
	struct value *all;
	int count = 0, arrived = 0;
	*events = (struct sendgrid_events){ 0 };
	if (!json_read(arena, bytes, size, &all, err))
		return false;
	if (all->kind != VALUE_LIST || all->count > SENDGRID_EVENTS_MAX)
		return error_field(err, "body", "Send an array of at most %d events", SENDGRID_EVENTS_MAX);
	struct hook_event *items = arena_array(arena, struct hook_event, all->count + 1);
	struct hook_event *delivered = arena_array(arena, struct hook_event, all->count + 1);
	for (const struct value *one = all->first; one; one = one->next) {
		if (read_event(one, arena, &items[count]))
			count++;
		else
			events->skipped++;
		arrived += read_delivered(one, &delivered[arrived]);
	}
	events->events = (struct rows){ items, count };
	events->delivered = (struct rows){ delivered, arrived };
	return true;
}
