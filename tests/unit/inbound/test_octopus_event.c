/* What EmailOctopus reports: its signature, and what of it is taken. */
#include <criterion/criterion.h>

#include <string.h>

#include "inbound/octopus_event.h"

#define FOX "The quick brown fox jumps over the lazy dog"
#define FOX_SIGNED "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"

static bool verified(const char *secret, const char *claimed, const char *body) {
	struct error err = ERROR_INIT;
	bool fine = octopus_verify(secret, claimed, body, strlen(body), &err);
	cr_expect(fine || (err.kind == ERROR_DENIED && !strstr(err.text, "f7bc")));
	return fine;
}

/* The well-known vector of HMAC-SHA-256; the secret is its text, also if it looks like hex. */
Test(octopus_event, a_request_is_signed_over_its_very_bytes) {
	char changed[] = FOX_SIGNED;
	cr_expect(verified("key", FOX_SIGNED, FOX));
	cr_expect(!verified("key", FOX_SIGNED, FOX " ") && !verified("Key", FOX_SIGNED, FOX) &&
	          !verified("6b6579", FOX_SIGNED, FOX));
	cr_expect(!verified("key", NULL, FOX) && !verified("key", "", FOX) && !verified("key", FOX_SIGNED "0", FOX));
	cr_expect(!verified("key", &FOX_SIGNED[7], FOX) && !verified("key", "sha256=", FOX));
	for (size_t i = 0; i < strlen(FOX_SIGNED); i++) {
		changed[i] = changed[i] == '0' ? '1' : '0';
		cr_expect(!verified("key", changed, FOX), "%zu", i);
		changed[i] = FOX_SIGNED[i];
	}
}

static bool read_all(const char *text, struct arena *arena, struct octopus_events *events) {
	struct error err = ERROR_INIT;
	bool fine = octopus_events_read(text, strlen(text), arena, events, &err);
	cr_expect(fine || err.kind == ERROR_INVALID);
	return fine;
}

Test(octopus_event, only_a_complaint_acts_by_itself) {
	ARENA_AUTO arena = arena_new();
	struct octopus_events events;
	cr_assert(read_all("[{\"id\":\"a\",\"type\":\"contact.complained\",\"contact_email_address\":\"Ada@A.example\","
	                   "\"occurred_at\":\"2026-11-18T15:20:23+01:00\"},"
	                   "{\"id\":\"b\",\"type\":\"contact.bounced\",\"contact_email_address\":\"b@a.example\","
	                   "\"campaign_id\":\"x\"},"
	                   "{\"id\":\"c\",\"type\":\"contact.unsubscribed\",\"contact_email_address\":\"c@a.example\"}]",
	                   arena, &events));
	const struct hook_event *items = events.events.items;
	cr_assert(events.events.count == 3 && events.tell_people && events.tell_figures && events.skipped == 0);
	cr_expect(items[0].kind == INBOUND_COMPLAINT && strcmp(items[0].recipient, "ada@a.example") == 0);
	cr_expect(moment_is_set(items[0].occurred_at));
	cr_expect_str_eq(items[0].id, "emailoctopus:a");
	for (int i = 1; i < 3; i++)
		cr_expect(items[i].kind == INBOUND_OTHER && !items[i].recipient, "a sync finds it out by itself");
}

Test(octopus_event, what_is_not_known_is_skipped_and_the_rest_taken) {
	ARENA_AUTO arena = arena_new();
	struct octopus_events events;
	cr_assert(read_all("[{\"type\":\"contact.opened\"},{\"id\":\"\",\"type\":\"contact.opened\"},{\"id\":\"x\","
	                   "\"type\":\"contact.subscribed\"},"
	                   "{\"id\":7,\"type\":\"contact.opened\"},{\"id\":\"y\"},3,null,[],\"z\",{\"id\":\"ok\",\"type\":"
	                   "\"contact.updated\",\"occurred_at\":\"soon\"}]",
	                   arena, &events));
	cr_expect(events.events.count == 1 && events.skipped == 9 && events.tell_people && !events.tell_figures);
	cr_expect(read_all("[]", arena, &events) && events.events.count == 0 && !events.tell_people);
	cr_expect(!read_all("{}", arena, &events) && !read_all("", arena, &events) && !read_all("[", arena, &events));
	cr_assert(read_all("[{\"id\":\"a\",\"type\":\"contact.complained\",\"contact_email_address\":\"no address\"}]",
	                   arena, &events));
	cr_expect(((const struct hook_event *)events.events.items)->kind == INBOUND_OTHER, "of nobody");
}
