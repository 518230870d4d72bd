/* Events of mail providers. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "inbound/hook_event.h"

static struct arena *arena;
static struct error err;
static void open_all(void) {
	arena = arena_new();
	err = ERROR_INIT;
}
static void close_all(void) {
	arena_free(arena);
}
TestSuite(hook_event, .init = open_all, .fini = close_all);

static bool reads(const char *json, struct rows *events) {
	err = ERROR_INIT;
	return hook_events_read(json, strlen(json), "msg_1", arena, events, &err);
}

static struct hook_event one(const char *json) {
	struct rows events;
	cr_assert(reads(json, &events), "%s: %s", json, err.text);
	cr_assert_eq(events.count, 1);
	return *(const struct hook_event *)events.items;
}

Test(hook_event, says_what_happened_to_whom) {
	struct hook_event event = one(
		"{\"id\": \"evt_1\", \"type\": \"bounce\", \"email\": \" Ada@A.Example\", \"return_path\": \"b-x@b.example\", "
		"\"email_id\": \"email_x\", \"status\": \"5.1.1 (gone)\", \"reason\": \"550 5.1.1\\u0007 no such user\", "
		"\"occurred_at\": \"2026-11-28T09:00:00Z\", \"unknown\": [1]}");
	cr_expect_str_eq(event.id, "evt_1");
	cr_expect_eq(event.kind, INBOUND_HARD);
	cr_expect_str_eq(event.recipient, "ada@a.example");
	cr_expect_str_eq(event.return_path, "b-x@b.example");
	cr_expect_str_eq(event.email_id, "email_x");
	cr_expect_str_eq(event.status, "5.1.1");
	cr_expect(strstr(event.words, "no such user") && !strchr(event.words, 7));
	cr_expect_eq(event.occurred_at.ms, 1795856400000);
	cr_expect(strstr(event.source.data, "evt_1") && event.source.size == strlen(event.source.data));
}

Test(hook_event, is_for_good_only_if_the_status_says_so) {
	static const struct {
		const char *type, *status;
		enum inbound_kind kind;
	} rows[] = {
		{ "bounce", "5.1.1", INBOUND_HARD },      { "bounced", "5.2.2", INBOUND_SOFT },
		{ "bounce", "4.4.7", INBOUND_SOFT },      { "bounce", "", INBOUND_SOFT },
		{ "bounce", "2.0.0", INBOUND_SOFT },      { "hard_bounce", "", INBOUND_HARD },
		{ "hard_bounce", "5.1.1", INBOUND_HARD }, { "soft_bounce", "5.1.1", INBOUND_SOFT },
		{ "complaint", "", INBOUND_COMPLAINT },   { "complained", "", INBOUND_COMPLAINT },
		{ "delayed", "4.2.2", INBOUND_DELAYED },  { "deferred", "", INBOUND_DELAYED },
		{ "delivered", "2.0.0", INBOUND_OTHER },  { "Hard_Bounce!", "5.1.1", INBOUND_OTHER },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct hook_event event = one(
			arena_print(arena, "{\"type\": \"%s\", \"status\": \"%s\", \"email\": \"a@b.example\"}", rows[i].type,
		                rows[i].status));
		cr_expect_eq(event.kind, rows[i].kind, "%s %s", rows[i].type, rows[i].status);
	}
}

Test(hook_event, a_single_one_may_have_the_requests_id) {
	struct rows events;
	cr_expect_str_eq(one("{\"type\": \"x\", \"email\": \"a@b.example\"}").id, "msg_1");
	cr_expect(!reads("[{\"type\": \"x\", \"email\": \"a@b.example\"}]", &events) && strcmp(err.field, "[0].id") == 0);
	cr_expect(reads("[]", &events) && events.count == 0);
}

Test(hook_event, what_is_wrong_is_named_and_nothing_of_it_counts) {
	static const char fine[] = "{\"id\": \"a\", \"type\": \"bounce\", \"email\": \"a@b.example\"}";
	static const char *const rows[][2] = {
		{ "3", "[1]" },
		{ "{\"id\": 3, \"type\": \"bounce\", \"email\": \"a@b.example\"}", "[1].id" },
		{ "{\"id\": \"b\", \"email\": \"a@b.example\"}", "[1].type" },
		{ "{\"id\": \"b\", \"type\": {}, \"email\": \"a@b.example\"}", "[1].type" },
		{ "{\"id\": \"b\", \"type\": \"bounce\"}", "[1].email" },
		{ "{\"id\": \"b\", \"type\": \"bounce\", \"email\": \"nobody\"}", "[1].email" },
		{ "{\"id\": \"b\", \"type\": \"bounce\", \"email\": [\"a@b.example\"]}", "[1].email" },
		{ "{\"id\": \"b\", \"type\": \"bounce\", \"email\": \"a@b.example\", \"status\": 511}", "[1].status" },
		{ "{\"id\": \"b\", \"type\": \"bounce\", \"email\": \"a@b.example\", \"occurred_at\": \"today\"}",
		  "[1].occurred_at" },
		{ "{\"id\": \"b\", \"type\": \"bounce\", \"email\": \"a@b.example\", \"occurred_at\": -1}", "[1].occurred_at" },
	};
	struct rows events;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cr_expect(!reads(arena_print(arena, "[%s,%s]", fine, rows[i][0]), &events), "%s", rows[i][0]);
		cr_expect(err.kind == ERROR_INVALID && strcmp(err.field, rows[i][1]) == 0, "%s: %s", err.field, err.text);
	}
	cr_expect(!reads("", &events) && !reads("[", &events) && !reads("7", &events) && !reads("[] x", &events));
}

Test(hook_event, a_thousand_and_no_more) {
	struct rows events;
	for (int count = HOOK_EVENTS_MAX; count <= HOOK_EVENTS_MAX + 1; count++) {
		BUF_AUTO all = { 0 };
		buf_char(&all, '[');
		for (int i = 0; i < count; i++)
			buf_print(&all, "%s{\"id\":\"%d\",\"type\":\"bounce\",\"email\":\"p%d@b.example\"}", i ? "," : "", i, i);
		buf_char(&all, ']');
		cr_expect_eq(reads(buf_text(&all), &events), count == HOOK_EVENTS_MAX);
	}
	cr_expect(strstr(err.text, "several requests"));
}
