/* What mail providers report is signed, and still written by others. Whatever it is, an event that is read has an id
 * and somebody it is about, is valid UTF-8 and within its limits; the same bytes give the same events. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "inbound/hook_event.h"
#include "inbound/hook_signature.h"
#include "inbound/octopus_event.h"
#include "inbound/sendgrid_event.h"
#include "inbound/twilio_event.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static void check(const struct hook_event *event) {
	if (!event->id || !*event->id || strlen(event->id) > 200 ||
	    !(event->recipient || event->return_path || event->email_id))
		abort();
	if ((event->words && (strlen(event->words) > 300 || !g_utf8_validate(event->words, -1, NULL))) ||
	    (event->recipient && !strchr(event->recipient, '@')) || event->kind >= INBOUND_KIND_COUNT)
		abort();
}

/* The first bytes as headers: nobody has the key. */
static void claim(const char *text, size_t size, struct arena *arena) {
	const char *head = arena_copy_bytes(arena, text, size < 300 ? size : 300);
	const struct hook_claim claim = { head, "1800000000", arena_print(arena, "v1,%s", head) };
	struct mac_ring ring = { .count = 1 };
	struct error err = ERROR_INIT;
	mac_key_set(&ring.keys[0], "0123456789abcdef0123456789abcdef", MAC_KEY);
	if (hook_verify(&ring, &claim, text, size, (struct moment){ 1800000000000 }, &err))
		abort();
}

/* The same as EmailOctopus writes it. */
static void read_octopus(const char *bytes, size_t size, struct arena *arena) {
	struct octopus_events events;
	struct error err = ERROR_INIT;
	if (octopus_verify("0123456789abcdef", arena_copy_bytes(arena, bytes, size < 100 ? size : 100), bytes, size, &err))
		abort();
	if (!octopus_events_read(bytes, size, arena, &events, &err)) {
		if (err.kind != ERROR_INVALID && err.kind != ERROR_DENIED)
			abort();
		return;
	}
	for (int i = 0; i < events.events.count; i++) {
		const struct hook_event *event = &((const struct hook_event *)events.events.items)[i];
		if (!event->id || event->kind == INBOUND_HARD || (event->kind == INBOUND_COMPLAINT) != !!event->recipient)
			abort();
	}
}

static void read_sendgrid(const char *bytes, size_t size, struct arena *arena) {
	static const char
		key[] = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEseXIr/SzllFEfmeNEkr2oKt0wTksqVxUBHX6E2Uq+6KoE9Ky60iO9+"
				"9uTEwDm+TS1bQXOggs8pK6J1i2n+2otg==";
	const char *head = arena_copy_bytes(arena, bytes, size < 200 ? size : 200);
	struct sendgrid_events events;
	struct error err = ERROR_INIT;
	if (sendgrid_verify(key, "1800000000", head, bytes, size, (struct moment){ 1800000000000 }, &err))
		abort();
	if (!sendgrid_events_read(bytes, size, arena, &events, &err)) {
		if (err.kind != ERROR_INVALID)
			abort();
		return;
	}
	for (int i = 0; i < events.events.count; i++) {
		const struct hook_event *event = &((const struct hook_event *)events.events.items)[i];
		if (!event->id || strlen(event->id) > 200 || !(event->recipient || event->message_id || event->email_id) ||
		    (event->words && !g_utf8_validate(event->words, -1, NULL)))
			abort();
	}
}

/* As a form: nobody has the token, and what follows from one is of a number. */
static void read_twilio(const char *bytes, size_t size, struct arena *arena) {
	const char *body = arena_copy_bytes(arena, bytes, size);
	const struct twilio_claim claim = { "0123456789abcdef",
		                                "AC1",
		                                "https://t.example/hooks/twilio?a=1",
		                                body,
		                                arena_copy_bytes(arena, bytes, size < 28 ? size : 28),
		                                false };
	struct params form;
	struct twilio_said said;
	struct error err = ERROR_INIT;
	if (twilio_verify(&claim, arena, &form, &err) || err.kind != ERROR_DENIED)
		abort();
	if (!params_read(arena, body, &form, &err))
		return;
	twilio_read(&form, (struct moment){ 1800000000000 }, arena, &said);
	if (said.has_event && (*said.event.recipient != '+' || strlen(said.event.id) > 200))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct rows events;
	claim((const char *)bytes, size, arena);
	read_octopus((const char *)bytes, size, arena);
	read_sendgrid((const char *)bytes, size, arena);
	read_twilio((const char *)bytes, size, arena);
	if (!hook_events_read((const char *)bytes, size, "msg_1", arena, &events, &err)) {
		if (err.kind != ERROR_INVALID)
			abort();
		return 0;
	}
	for (int i = 0; i < events.count; i++)
		check(&((const struct hook_event *)events.items)[i]);
	return 0;
}
