/* Events of EmailOctopus. */
#include "inbound/octopus_event.h"

#include <string.h>

#include "audience/contacts/membership.h"
#include "core/base/mac.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/formats/json.h"
#include "core/formats/mail.h"

enum { ID_MAX = 200, HEX = 2 * MAC_BYTES };

bool octopus_verify(const char *secret, const char *claimed, const char *body, size_t size, struct error *err) {
	static const char digits[] = "0123456789abcdef";
	static const char prefix[] = "sha256=";
	unsigned char mac[MAC_BYTES];
	char right[HEX + 1] = "";
	struct mac_key key;
	if (text_is_empty(claimed))
		return error_set(err, ERROR_DENIED, "The request is not signed: EmailOctopus-Signature is missing");
	mac_key_set(&key, secret, strlen(secret));
	mac_sign(&key, body, size, mac);
	secret_wipe(&key, sizeof key);
	for (int i = 0; i < MAC_BYTES; i++) {
		right[2 * i] = digits[mac[i] >> 4];
		right[2 * i + 1] = digits[mac[i] & 15];
	}
	return (text_starts(claimed, prefix) && strlen(claimed) == strlen(prefix) + HEX &&
	        secret_equal_bytes(claimed + strlen(prefix), right, HEX)) ||
	       error_set(err, ERROR_DENIED, "The signature is not one of these bytes with EMAILOCTOPUS_WEBHOOK_SECRET");
}

static const struct {
	const char *name;
	bool figures; /* a campaign's figures have changed, too */
} types[] = {
	{ "contact.created", false },     { "contact.updated", false }, { "contact.deleted", false },
	{ "contact.unsubscribed", true }, { "contact.bounced", true },  { "contact.complained", true },
	{ "contact.opened", true },       { "contact.clicked", true },
};

static bool note_type(const char *type, struct octopus_events *events) {
	for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
		if (strcmp(type, types[i].name) == 0) {
			events->tell_people = true;
			events->tell_figures = events->tell_figures || types[i].figures;
			return true;
		}
	return false;
}

static const char *address_of(const struct value *one, struct arena *arena) {
	struct error ignored;
	const char *email = contact_norm(arena, value_get_text(one, "contact_email_address"));
	return email && mail_check_address(email, "email", &ignored) ? email : NULL;
}

/* Only a complaint has an effect of its own: whoever makes one is to get nothing more from anywhere, at once. */
static bool read_event(const struct value *one, struct arena *arena, struct octopus_events *events,
                       struct hook_event *event) {
	const char *id = value_get_text(one, "id"), *type = value_get_text(one, "type");
	const char *at = value_get_text(one, "occurred_at");
	BUF_AUTO source = { 0 };
	if (text_is_empty(id) || strlen(id) > ID_MAX || !note_type(type, events))
		return false;
	*event = (struct hook_event){ .id = arena_print(arena, "emailoctopus:%s", id),
		                          .kind = INBOUND_OTHER,
		                          .occurred_at = MOMENT_NONE };
	if (strcmp(type, "contact.complained") == 0 && (event->recipient = address_of(one, arena))) {
		event->kind = INBOUND_COMPLAINT;
		event->words = "a complaint to EmailOctopus";
	}
	if (at && !moment_parse(at, &event->occurred_at))
		event->occurred_at = MOMENT_NONE;
	json_write(&source, one);
	event->source = (struct bytes){ arena_copy_bytes(arena, buf_text(&source), source.size), source.size };
	return true;
}

bool octopus_events_read(const char *bytes, size_t size, struct arena *arena, struct octopus_events *events,
                         struct error *err) {
	struct value *all;
	int count = 0;
	*events = (struct octopus_events){ 0 };
	if (!json_read(arena, bytes, size, &all, err))
		return false;
	if (all->kind != VALUE_LIST || all->count > HOOK_EVENTS_MAX)
		return error_field(err, "body", "Send an array of at most %d events", HOOK_EVENTS_MAX);
	struct hook_event *items = arena_array(arena, struct hook_event, all->count + 1);
	for (const struct value *one = all->first; one; one = one->next) {
		if (read_event(one, arena, events, &items[count]))
			count++;
		else
			events->skipped++;
	}
	events->events = (struct rows){ items, count };
	return true;
}
