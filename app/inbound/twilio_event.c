/* Events of Twilio. */
#include "inbound/twilio_event.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "audience/contacts/phone.h"
#include "core/base/foreign_signature.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/formats/json.h"

enum { SID_MAX = 64, WORD_MAX = 16 };

static int by_name(const void *a, const void *b) {
	const struct param *one = a, *other = b;
	int order = strcmp(one->name, other->name);
	return order ? order : strcmp(one->value, other->value);
}

/* Every name and value by name; of a name that comes twice each different value once. */
static void add_members(const struct params *form, struct arena *arena, struct buf *out) {
	struct param *sorted = arena_array(arena, struct param, form->count + 1);
	for (int i = 0; i < form->count; i++)
		sorted[i] = form->items[i];
	if (form->count)
		qsort(sorted, (size_t)form->count, sizeof *sorted, by_name);
	for (int i = 0; i < form->count; i++) {
		if (i && by_name(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		buf_text_add(out, sorted[i].name);
		buf_text_add(out, sorted[i].value);
	}
}

static bool is_signed(const struct twilio_claim *claim, const char *url, const struct params *form,
                      struct arena *arena) {
	char right[HMAC_SHA1_BASE64];
	BUF_AUTO signed_text = { 0 };
	buf_text_add(&signed_text, url);
	add_members(form, arena, &signed_text);
	hmac_sha1(claim->token, buf_text(&signed_text), signed_text.size, right);
	return strlen(claim->signature) == HMAC_SHA1_BASE64 - 1 &&
	       secret_equal_bytes(claim->signature, right, HMAC_SHA1_BASE64 - 1);
}

/* "https://host/x" as "https://host:443/x"; NULL if it names a port, or is none of https. */
static const char *with_port(const char *url, struct arena *arena) {
	const char *host = text_after(url, "https://");
	size_t size = strcspn(host, "/?");
	return host == url || memchr(host, ':', size)
	           ? NULL
	           : arena_print(arena, "https://%.*s:443%s", (int)size, host, host + size);
}

bool twilio_verify(const struct twilio_claim *claim, struct arena *arena, struct params *form, struct error *err) {
	struct error ignored = ERROR_INIT;
	const char *other = with_port(claim->url, arena);
	if (text_is_empty(claim->signature))
		return error_set(err, ERROR_DENIED, "The request is not signed: X-Twilio-Signature is missing");
	if (claim->is_sha256)
		return error_set(err, ERROR_DENIED, "Only X-Twilio-Signature by HMAC-SHA-1 is understood here");
	if (!params_read(arena, claim->body, form, &ignored))
		return error_set(err, ERROR_DENIED, "The body is not a form that can be read");
	bool plain = is_signed(claim, claim->url, form, arena);
	bool ported = other && is_signed(claim, other, form, arena);
	if (!plain && !ported)
		return error_set(err, ERROR_DENIED, "The signature is not one of this address and form with TWILIO_AUTH_TOKEN");
	return text_same(params_get(form, "AccountSid"), claim->account) ||
	       error_set(err, ERROR_DENIED, "The request is of another account than TWILIO_ACCOUNT_SID");
}

/* The first word in capitals. *is_alone: only marks stand around it. */
static void first_word(const char *body, char word[WORD_MAX], bool *is_alone) {
	size_t size = 0;
	while (*body && !isalpha((unsigned char)*body))
		body++;
	for (; isalpha((unsigned char)*body) && size < WORD_MAX - 1; body++)
		word[size++] = (char)toupper((unsigned char)*body);
	word[size] = '\0';
	*is_alone = true;
	for (; *body; body++)
		*is_alone = *is_alone && !isalnum((unsigned char)*body) && (unsigned char)*body < 0x80;
}

/* The words that Twilio itself takes for an end, or for the end of that, if they stand alone; STOP and UNSUBSCRIBE also
 * as the first word of more. */
static const char *const stop_words[] = {
	"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"
};
static const struct choices stops = CHOICES(stop_words);
static const char *const start_words[] = { "START", "UNSTOP", "YES" };
static const struct choices starts = CHOICES(start_words);

static enum inbound_kind kind_of(const char *type, const char *body) {
	char word[WORD_MAX] = "";
	bool is_alone;
	int which;
	first_word(body ? body : "", word, &is_alone);
	bool is_stop = choice_find(&stops, word, &which);
	if (text_same(type, "STOP") ||
	    (is_stop && (is_alone || strcmp(word, "STOP") == 0 || strcmp(word, "UNSUBSCRIBE") == 0)))
		return INBOUND_STOP;
	return text_same(type, "START") || (is_alone && choice_find(&starts, word, &which)) ? INBOUND_START : INBOUND_OTHER;
}

/* What a code says of the number for good. */
static const struct {
	const char *code;
	enum inbound_kind kind;
	const char *words;
} codes[] = {
	{ "21211", INBOUND_HARD, "the number is not valid" },
	{ "21610", INBOUND_STOP, "answered STOP" },
	{ "21614", INBOUND_HARD, "not a mobile number" },
	{ "21635", INBOUND_HARD, "a landline" },
	{ "30004", INBOUND_HARD, "blocked by the recipient or a registry" },
	{ "30005", INBOUND_HARD, "nobody has this number" },
	{ "30006", INBOUND_HARD, "a landline, or a carrier that cannot be reached" },
	{ "30640", INBOUND_HARD, "must not be written to" },
};

static const char *sid_of(const struct params *form) {
	const char *sid = params_get(form, "MessageSid");
	return text_is_empty(sid) || strlen(sid) > SID_MAX ? NULL : sid;
}

/* The number as contacts have it; NULL: it is none, such as a short code. */
static const char *number_of(const struct params *form, const char *name, struct arena *arena) {
	const char *typed = params_get(form, name);
	char *number = arena_array(arena, char, PHONE_SIZE);
	return typed && *typed == '+' && phone_read(typed, "", number) == PHONE_READ ? number : NULL;
}

/* A message that was sent after all may still have the code of an earlier try. */
static bool read_status(const struct params *form, struct arena *arena, struct hook_event *event) {
	const char *status = params_get(form, "MessageStatus"), *code = params_get(form, "ErrorCode");
	if (!text_same(status, "failed") && !text_same(status, "undelivered"))
		return false;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (text_same(code, codes[i].code)) {
			event->kind = codes[i].kind;
			event->words = arena_print(arena, "Twilio %s: %s", codes[i].code, codes[i].words);
			event->recipient = number_of(form, "To", arena);
			event->id = arena_print(arena, "twilio:%s:%s", sid_of(form), status);
		}
	return event->recipient != NULL;
}

static bool read_inbound(const struct params *form, struct arena *arena, struct hook_event *event) {
	event->kind = kind_of(params_get(form, "OptOutType"), params_get(form, "Body"));
	if (event->kind == INBOUND_OTHER)
		return false;
	event->words = event->kind == INBOUND_STOP ? "answered STOP to a text message" : "answered START to a text message";
	event->recipient = number_of(form, "From", arena);
	event->id = arena_print(arena, "twilio:%s:received", sid_of(form));
	return event->recipient != NULL;
}

/* Which members evidence needs; what was written is nobody's business once it was understood. */
static void keep(const struct params *form, struct arena *arena, struct hook_event *event) {
	static const char *const names[] = { "MessageSid", "MessageStatus", "ErrorCode", "OptOutType", "To", "From" };
	struct value *map = value_map(arena);
	BUF_AUTO out = { 0 };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (params_get(form, names[i]))
			value_put_text(map, names[i], params_get(form, names[i]));
	json_write(&out, map);
	event->source = (struct bytes){ arena_copy_bytes(arena, buf_text(&out), out.size), out.size };
}

void twilio_read(const struct params *form, struct moment now, struct arena *arena, struct twilio_said *said) {
	*said = (struct twilio_said){ .is_inbound = text_same(params_get(form, "SmsStatus"), "received"),
		                          .event = { .occurred_at = now } };
	if (!sid_of(form))
		return;
	said->has_event = said->is_inbound ? read_inbound(form, arena, &said->event)
	                                   : read_status(form, arena, &said->event);
	if (said->has_event)
		keep(form, arena, &said->event);
}
