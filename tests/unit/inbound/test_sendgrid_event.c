/* What SendGrid reports: the signature of examples that were made for this, and what its events mean. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "core/base/foreign_signature.h"
#include "inbound/sendgrid_event.h"

#define KEY                                                                                      \
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEseXIr/SzllFEfmeNEkr2oKt0wTksqVxUBHX6E2Uq+6KoE9Ky60iO9+" \
	"9uTEwDm+TS1bQXOggs8pK6J1i2n+2otg=="
#define OTHER                                                                                    \
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4Ho8KYb00b0zTynOki4kM68EMp9PWVkpeLxoaszKaDer2XDeP4xm0V" \
	"/vu2uIx7mXx2TNyoVE0iEgfYlx17Ttkg=="
#define ONE                                                                                                          \
	"[{\"email\":\"ada@example.com\",\"event\":\"delivered\",\"ip\":\"192.0.2.25\",\"msg\":\"email_0001\","          \
	"\"response\":\"250 2.0.0 OK\",\"sg_event_id\":\"ZGVsaXZlcmVkLTAtMTIzNDU2NzgtQUFFQ0F3UUZCZ2NJQ1FvTERBME9Edy0w\"" \
	",\"sg_message_id\":\"AAECAwQFBgcICQoLDA0ODw.recvd-6d5b-1-69D759AA-14.0\","                                      \
	"\"smtp-id\":\"<AAECAwQFBgcICQoLDA0ODw@geopod-ismtpd-51>\",\"timestamp\":1800000001,\"tls\":1}]"
#define TWO_A                                                                                              \
	"[{\"email\":\"zo\xC3\xAB@example.com\",\"event\":\"processed\",\"msg\":\"email_0002\",\"send_at\":0," \
	"\"sg_event_id\":\"cHJvY2Vzc2VkLTEyMzQ1Njc4LUFBRUNBd1FGQmdjSUNRb0xEQTBPRHctMA\",\"sg_message_id\":"    \
	"\"AAECAwQFBgcICQoLDA0ODw.recvd-6d5b-1-69D759AA-15.0\",\"timestamp\":1800000100},"
#define TWO_B                                                                                                     \
	"{\"email\":\"zo\xC3\xAB@example.com\",\"event\":\"bounce\",\"msg\":\"email_0002\",\"reason\":"               \
	"\"550 5.1.1 no such user\",\"sg_event_id\":\"Ym91bmNlLTAtMTIzNDU2NzgtQUFFQ0F3UUZCZ2NJQ1FvTERBME9Edy0w\","    \
	"\"sg_message_id\":\"AAECAwQFBgcICQoLDA0ODw.recvd-6d5b-1-69D759AA-15.0\",\"status\":\"5.1.1\",\"timestamp\":" \
	"1800000103,\"type\":\"bounce\"}]"
#define SIGNED_ONE "MEUCIQCiz6U+Dun0+UbWqvLDRDJw3KNB7bs6YUtydd/ZLS6wJAIgMiFbSEwZAzH4S2TVYb6y4SS9qxulRv0VKO6TKOXn/zw="
#define SIGNED_TWO "MEUCIG3W49xRGTKNIQBkBEyy24k96pIgQxbQm0aIK82eNEx8AiEAnxxeEJp0JfvrrUdYXW4Cdrlen0ykNRzhxBGNHKDcHKc="

static const struct moment then = { 1800000060000 };

static bool verified(const char *keys, const char *timestamp, const char *signature, const char *body,
                     struct moment now) {
	struct error err = ERROR_INIT;
	bool fine = sendgrid_verify(keys, timestamp, signature, body, strlen(body), now, &err);
	cr_expect(fine || (err.kind == ERROR_DENIED && *err.text && !strstr(err.text, "MEUC")), "%s", err.text);
	return fine;
}

Test(sendgrid_event, the_signature_is_of_these_bytes_by_a_key_of_ours) {
	cr_assert_eq(strlen(ONE "\r\n"), 344);
	cr_assert_eq(strlen(TWO_A "\r\n" TWO_B "\r\n"), 547);
	cr_expect(verified(KEY, "1800000030", SIGNED_ONE, ONE "\r\n", then));
	cr_expect(verified(KEY, "1800000130", SIGNED_TWO, TWO_A "\r\n" TWO_B "\r\n", then));
	cr_expect(verified(OTHER "," KEY, "1800000030", SIGNED_ONE, ONE "\r\n", then), "while one is changed");
	cr_expect(!verified(KEY, "1800000030", SIGNED_ONE, ONE, then), "without the last line's end");
	cr_expect(!verified(KEY, "1800000031", SIGNED_ONE, ONE "\r\n", then));
	cr_expect(!verified(KEY, "1800000130", SIGNED_TWO, TWO_A TWO_B "\r\n", then));
	cr_expect(!verified(OTHER, "1800000030", SIGNED_ONE, ONE "\r\n", then));
	cr_expect(!verified(KEY, "1800000030", SIGNED_TWO, ONE "\r\n", then));
	cr_expect(!verified("", "1800000030", SIGNED_ONE, ONE "\r\n", then), "without a key nobody");
	cr_expect(!verified(KEY, "1800000030", SIGNED_ONE "," SIGNED_ONE, ONE "\r\n", then), "a header that came twice");
	cr_expect(!verified(KEY, "1800000030", " " SIGNED_ONE, ONE "\r\n", then));
	cr_expect(!verified(KEY, "1800000030", NULL, ONE "\r\n", then));
	cr_expect(!verified(KEY, NULL, SIGNED_ONE, ONE "\r\n", then));
	cr_expect(!verified(KEY, "1800000030x", SIGNED_ONE, ONE "\r\n", then));
}

Test(sendgrid_event, a_signature_lasts_a_day_and_is_not_of_tomorrow) {
	const int64_t at = 1800000030000;
	cr_expect(verified(KEY, "1800000030", SIGNED_ONE, ONE "\r\n", (struct moment){ at + 25 * HOUR_MS }));
	cr_expect(!verified(KEY, "1800000030", SIGNED_ONE, ONE "\r\n", (struct moment){ at + 25 * HOUR_MS + 1 }));
	cr_expect(verified(KEY, "1800000030", SIGNED_ONE, ONE "\r\n", (struct moment){ at - 5 * MINUTE_MS }));
	cr_expect(!verified(KEY, "1800000030", SIGNED_ONE, ONE "\r\n", (struct moment){ at - 5 * MINUTE_MS - 1 }));
}

Test(sendgrid_event, every_changed_bit_breaks_it) {
	char body[] = ONE "\r\n", signature[] = SIGNED_ONE;
	for (size_t i = 0; i < strlen(ONE); i++) {
		body[i] ^= 1;
		cr_expect(!verified(KEY, "1800000030", SIGNED_ONE, body, then), "%zu", i);
		body[i] ^= 1;
	}
	for (size_t i = 0; i < strlen(SIGNED_ONE); i++) {
		signature[i] = (char)(SIGNED_ONE[i] == 'A' ? 'B' : 'A');
		cr_expect(!verified(KEY, "1800000030", signature, ONE "\r\n", then), "%zu", i);
		signature[i] = SIGNED_ONE[i];
	}
}

Test(sendgrid_event, keys_are_of_the_right_curve) {
	struct error err = ERROR_INIT;
	cr_expect(ecdsa_keys_check("", "K", &err) && ecdsa_keys_check(KEY, "K", &err) &&
	          ecdsa_keys_check(KEY "," OTHER, "K", &err));
	cr_expect(!ecdsa_keys_check(KEY "," OTHER "," KEY, "K", &err), "three");
	cr_expect(!ecdsa_keys_check("," KEY, "K", &err) && !ecdsa_keys_check("nonsense", "K", &err));
	cr_expect(!ecdsa_keys_check("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", "K", &err), "Ed25519");
	cr_expect(err.kind == ERROR_INVALID && strcmp(err.field, "K") == 0 && !strstr(err.text, "MC"));
}

static const struct hook_event *one_of(const char *json, struct arena *arena) {
	struct sendgrid_events events;
	struct error err = ERROR_INIT;
	cr_assert(sendgrid_events_read(json, strlen(json), arena, &events, &err), "%s", err.text);
	cr_expect(events.events.count + events.skipped == 1, "%s", json);
	return events.events.count ? events.events.items : NULL;
}

Test(sendgrid_event, what_each_means) {
	static const struct {
		const char *json;
		int kind; /* -1: nothing follows */
		bool is_named;
	} rows[] = {
		{ "\"event\":\"bounce\",\"type\":\"bounce\",\"status\":\"5.1.1\"", INBOUND_HARD, true },
		{ "\"event\":\"bounce\",\"type\":\"blocked\",\"status\":\"5.1.1\"", INBOUND_SOFT, true },
		{ "\"event\":\"bounce\",\"type\":\"expired\"", INBOUND_SOFT, true },
		{ "\"event\":\"bounce\"", INBOUND_SOFT, true },
		{ "\"event\":\"dropped\",\"reason\":\"Bounced Address\"", INBOUND_HARD, true },
		{ "\"event\":\"dropped\",\"reason\":\"Invalid\"", INBOUND_HARD, true },
		{ "\"event\":\"dropped\",\"reason\":\"Unsubscribed Address\"", INBOUND_UNSUBSCRIBED, false },
		{ "\"event\":\"dropped\",\"reason\":\"Spam Reporting Address\"", INBOUND_COMPLAINT, false },
		{ "\"event\":\"dropped\",\"reason\":\"Spam Content\"", INBOUND_OTHER, true },
		{ "\"event\":\"deferred\",\"response\":\"451 later\",\"attempt\":\"3\"", INBOUND_DELAYED, true },
		{ "\"event\":\"spamreport\"", INBOUND_COMPLAINT, true },
		{ "\"event\":\"unsubscribe\"", INBOUND_UNSUBSCRIBED, true },
		{ "\"event\":\"group_unsubscribe\",\"asm_group_id\":7", INBOUND_UNSUBSCRIBED, true },
		{ "\"event\":\"group_resubscribe\"", -1, false },
		{ "\"event\":\"delivered\"", -1, false },
		{ "\"event\":\"processed\"", -1, false },
		{ "\"event\":\"open\"", -1, false },
		{ "\"event\":\"click\",\"url\":\"https://a.example\"", -1, false },
		{ "\"event\":\"account_status_change\"", -1, false },
		{ "\"event\":\"tomorrow\"", -1, false },
		{ "\"event\":[1]", -1, false },
	};
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct hook_event
			*event = one_of(arena_print(arena,
		                                "[{\"email\":\"Ada@Example.com\",\"sg_event_id\":\"e%zu\",\"timestamp\":"
		                                "1800000001,\"category\":[\"a\"],"
		                                "\"smtp-id\":\"<aaaaaaaaaaaaaaaaaaaaaaaa.0.1@x.example>\",%s}]",
		                                i, rows[i].json),
		                    arena);
		cr_assert(!event == (rows[i].kind < 0), "%s", rows[i].json);
		if (!event)
			continue;
		cr_expect(event->kind == (enum inbound_kind)rows[i].kind, "%s", rows[i].json);
		cr_expect_str_eq(event->recipient, "ada@example.com");
		cr_expect(!event->message_id == !rows[i].is_named, "%s", rows[i].json);
		cr_expect_str_eq(event->id, arena_print(arena, "sendgrid:e%zu", i));
		cr_expect_eq(event->occurred_at.ms, 1800000001000);
	}
}

Test(sendgrid_event, what_is_missing_or_odd_does_no_harm) {
	ARENA_AUTO arena = arena_new();
	const struct hook_event *bare = one_of("[{\"event\":\"bounce\",\"type\":\"bounce\",\"email\":\"a@b.example\"}]",
	                                       arena);
	cr_assert(bare && bare->id && strlen(bare->id) > 20, "an event without an id has one of what it says");
	const struct hook_event *same = one_of("[{\"event\":\"bounce\",\"type\":\"bounce\",\"email\":\"a@b.example\"}]",
	                                       arena);
	const struct hook_event *other = one_of("[{\"event\":\"bounce\",\"type\":\"bounce\",\"email\":\"c@b.example\"}]",
	                                        arena);
	cr_expect_str_eq(bare->id, same->id);
	cr_expect_str_neq(bare->id, other->id);
	cr_expect(!moment_is_set(bare->occurred_at));
	cr_expect(!one_of("[{\"event\":\"bounce\",\"type\":\"bounce\",\"email\":\"\"}]", arena), "of nobody");
	cr_expect(!one_of("[7]", arena) && !one_of("[{\"email\":\"a@b.example\"}]", arena));
	struct sendgrid_events events;
	struct error err = ERROR_INIT;
	cr_expect(sendgrid_events_read("[]", 2, arena, &events, &err) && events.events.count == 0);
	cr_expect(!sendgrid_events_read("{}", 2, arena, &events, &err) && err.kind == ERROR_INVALID);
}
