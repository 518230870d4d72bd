/* Parsing of the provider's answers. */
#include <criterion/criterion.h>
#include <string.h>

#include "observing/emailoctopus.h"

static enum verdict judge(int status, const char *body, int64_t retry_after, int64_t *wait_ms) {
	char why[160];
	struct http_answer answer = {
		.status = status, .problem = "", .body = body, .size = strlen(body), .remaining = -1, .retry_after = retry_after
	};
	return emailoctopus_judge(&answer, (struct moment){ 1700000000000 }, wait_ms, why);
}

static struct http_answer body(const char *text) {
	return (struct http_answer){ .status = 200, .body = text, .size = strlen(text) };
}

Test(provider, judges_answers) {
	int64_t wait;
	cr_expect_eq(judge(200, "{}", -1, &wait), VERDICT_GOOD);
	cr_expect_eq(judge(200, "<html>", -1, &wait), VERDICT_AGAIN);
	cr_expect_eq(judge(401, "{}", -1, &wait), VERDICT_STOP);
	cr_expect_eq(judge(403, "{}", -1, &wait), VERDICT_REFUSED);
	cr_expect_eq(judge(404, "{}", -1, &wait), VERDICT_REFUSED);
	cr_expect_eq(judge(502, "<html>", -1, &wait), VERDICT_AGAIN);
	cr_expect(judge(429, "{}", 7, &wait) == VERDICT_AGAIN && wait == 7000);
	cr_expect(judge(429, "{}", 1700000005, &wait) == VERDICT_AGAIN && wait == 5000);
	cr_expect(judge(429, "{}", -1, &wait) == VERDICT_AGAIN && wait == 1000);
	cr_expect(judge(429, "{}", 900000, &wait) == VERDICT_AGAIN && wait == 60000);
}

Test(provider, survives_nulls_and_every_end_of_paging) {
	ARENA_AUTO arena = arena_new();
	struct error err;
	struct campaign_page page;
	static const char *const ends[] = {
		"null", "{}", "[]", "\"\"", "{\"next\":null}", "{\"next\":{\"starting_after\":\"\"}}"
	};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct http_answer answer = body(arena_print(arena,
		                                             "{\"data\":[{\"id\":\"a\",\"status\":null,\"name\":null,\"from\":"
		                                             "null,\"to\":[],\"sent_at\":null}],\"paging\":%s}",
		                                             ends[i]));
		cr_assert(emailoctopus_campaigns(arena, &answer, &page, &err), "%s", ends[i]);
		cr_expect(page.count == 1 && !page.cursor && !page.campaigns[0].name, "%s", ends[i]);
	}
	struct list_page lists;
	struct http_answer answer = body(
		"{\"data\":[{\"id\":\"l\",\"counts\":[{\"subscribed\":5}]},{\"id\":\"m\",\"counts\":{\"subscribed\":6}}]}");
	cr_assert(emailoctopus_lists(arena, &answer, &lists, &err));
	cr_expect(lists.lists[0].counts.subscribed == 5 && lists.lists[1].counts.subscribed == 6);
	struct metrics metrics;
	answer = body("{\"data\":[]}");
	cr_expect(!emailoctopus_summary(arena, &answer, NULL, &metrics, &err));
	answer = body("{\"sent\":10,\"opened\":{\"unique\":null,\"total\":3},\"clicked\":{\"unique\":1,\"total\":1},"
	              "\"bounced\":{\"hard\":0,\"soft\":0},\"unsubscribed\":0,\"complained\":0}");
	cr_expect(!emailoctopus_summary(arena, &answer, NULL, &metrics, &err));
	cr_expect(strstr(err.text, "opened.unique"));
}

Test(provider, words_that_are_not_known_are_kept) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct campaign_page campaigns;
	struct contact_page contacts;
	struct http_answer answer = body("{\"data\":[{\"id\":\"a\",\"status\":\"paused\"}]}");
	cr_assert(emailoctopus_campaigns(arena, &answer, &campaigns, &err));
	cr_expect_eq(campaigns.campaigns[0].status, CAMPAIGN_UNKNOWN);
	cr_expect_str_eq(campaigns.campaigns[0].provider_status, "paused");
	answer = body(
		"{\"data\":[{\"id\":\"a\",\"status\":\"cleaned\"},{\"id\":\"b\"},{\"id\":\"c\",\"status\":\"PENDING\"}]}");
	cr_assert(emailoctopus_contacts(arena, &answer, &contacts, &err));
	cr_expect_eq(contacts.contacts[0].status, CONTACT_UNKNOWN);
	cr_expect_str_eq(contacts.contacts[0].provider_status, "cleaned");
	cr_expect(contacts.contacts[1].status == CONTACT_UNKNOWN && !contacts.contacts[1].provider_status);
	cr_expect(contacts.contacts[2].status == CONTACT_PENDING && !contacts.contacts[2].provider_status);
}

/* Rows that cannot be read are told, never left out in silence. */
Test(provider, counts_what_it_could_not_read) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct campaign_page campaigns;
	struct list_page lists;
	struct contact_page contacts;
	struct event_page events;
	struct link_page links;
	struct http_answer answer = body("{\"data\":[{\"id\":null},{\"id\":\"a\",\"to\":[\"l\",null]},{\"id\":7},"
	                                 "{\"id\":\"b\",\"to\":[\"l\"]}]}");
	cr_assert(emailoctopus_campaigns(arena, &answer, &campaigns, &err));
	cr_expect(campaigns.count == 1 && campaigns.unread == 3);
	cr_expect_str_eq(campaigns.campaigns[0].external.id, "b");
	answer = body("{\"data\":[{\"id\":\"k\",\"counts\":null},{\"id\":\"l\",\"counts\":{\"subscribed\":null}},"
	              "{\"id\":\"m\",\"counts\":[]},{\"counts\":{}}]}");
	cr_assert(emailoctopus_lists(arena, &answer, &lists, &err));
	cr_expect(lists.count == 1 && lists.unread == 3);
	answer = body("{\"data\":[{\"id\":\"a\",\"tags\":[null]},{\"id\":\"\"},{\"id\":\"c\"}]}");
	cr_assert(emailoctopus_contacts(arena, &answer, &contacts, &err));
	cr_expect(contacts.count == 1 && contacts.unread == 2);
	answer = body("{\"data\":[{\"contact_id\":null},{\"contact_id\":\"c\"},{}]}");
	cr_assert(emailoctopus_events(arena, &answer, NULL, &events, &err));
	cr_expect(events.count == 1 && events.unread == 2);
	answer = body(
		"{\"data\":[{\"url\":\"u\",\"clicked_total\":1,\"clicked_unique\":1},{\"url\":\"v\",\"clicked_total\":1},"
		"{\"clicked_total\":1,\"clicked_unique\":1}]}");
	cr_assert(emailoctopus_links(arena, &answer, &links, &err));
	cr_expect(links.count == 1 && links.unread == 2);
}

Test(provider, an_answer_about_something_else_is_refused) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct event_page events;
	struct metrics metrics;
	struct http_answer answer = body("{\"id\":\"B\",\"sent\":10,\"opened\":{\"unique\":1,\"total\":3},\"clicked\":"
	                                 "{\"unique\":1,\"total\":1},\"bounced\":{\"hard\":0,\"soft\":0},"
	                                 "\"unsubscribed\":0,\"complained\":0}");
	cr_expect(emailoctopus_summary(arena, &answer, "b", &metrics, &err), "%s", err.text);
	cr_expect_not(emailoctopus_summary(arena, &answer, "a", &metrics, &err));
	answer = body("{\"status\":\"clicked\",\"data\":[]}");
	cr_expect(emailoctopus_events(arena, &answer, "clicked", &events, &err), "%s", err.text);
	cr_expect_not(emailoctopus_events(arena, &answer, "opened", &events, &err));
}

Test(provider, a_time_that_cannot_be_read_is_not_no_time) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct event_page page;
	static const char *const times[] = { "\"x\"",
		                                 "7",
		                                 "true",
		                                 "[1]",
		                                 "\"9999-12-31T23:59:59+00:00\"",
		                                 "\"0001-01-01T00:00:00+00:00\"",
		                                 "\"2015-13-45T99:99:99+00:00\"" };
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct http_answer answer = body(
			arena_print(arena, "{\"data\":[{\"contact_id\":\"c\",\"occurred_at\":%s}]}", times[i]));
		cr_assert(emailoctopus_events(arena, &answer, NULL, &page, &err));
		cr_expect(page.count == 0 && page.unread == 1, "%s", times[i]);
	}
	struct http_answer answer = body("{\"data\":[{\"contact_id\":\"c\"},{\"contact_id\":\"d\",\"occurred_at\":null},"
	                                 "{\"contact_id\":\"e\",\"occurred_at\":\"2026-01-31T08:00:00+00:00\"}]}");
	cr_assert(emailoctopus_events(arena, &answer, NULL, &page, &err));
	cr_expect(page.count == 3 && page.unread == 0);
}

Test(provider, an_id_of_any_length_is_none) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct campaign_page page;
	struct http_answer answer = body(arena_print(arena, "{\"data\":[{\"id\":\"%0201d\"},{\"id\":\"%0200d\"}]}", 1, 1));
	cr_assert(emailoctopus_campaigns(arena, &answer, &page, &err));
	cr_expect(page.count == 1 && page.unread == 1);
}

Test(provider, a_link_that_is_repeated_counts_once) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct link_page page;
	struct http_answer answer = body("{\"data\":[{\"url\":\"u\",\"clicked_total\":2,\"clicked_unique\":1},"
	                                 "{\"url\":\"a\",\"clicked_total\":2,\"clicked_unique\":1},"
	                                 "{\"url\":\"u\",\"clicked_total\":2,\"clicked_unique\":1},"
	                                 "{\"url\":\"u\",\"clicked_total\":2,\"clicked_unique\":2}]}");
	cr_assert(emailoctopus_links(arena, &answer, &page, &err));
	cr_assert(page.count == 3 && page.unread == 0);
	cr_expect_str_eq(page.links[0].url, "u");
	cr_expect_str_eq(page.links[1].url, "a");
	cr_expect_eq(page.links[2].clicked_unique, 2);
}

Test(provider, a_cursor_that_cannot_be_asked_for_is_no_end) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct event_page page;
	static const char *const cursors[] = {
		"7", "true", "[1]", "\"x\"", "{\"next\":\"x\"}", "{\"next\":[1]}", "{\"next\":{\"starting_after\":7}}"
	};
	for (size_t i = 0; i < sizeof cursors / sizeof *cursors; i++) {
		struct http_answer answer = body(arena_print(arena, "{\"data\":[],\"paging\":%s}", cursors[i]));
		cr_expect_not(emailoctopus_events(arena, &answer, NULL, &page, &err), "%s", cursors[i]);
	}
}

Test(provider, a_count_that_cannot_be_is_no_count) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct list_page lists;
	struct link_page links;
	struct metrics metrics;
	static const char *const counts[] = {
		"4611686018427387904", "9223372036854775807", "1000000000001", "1e300", "1e15", "-1"
	};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct http_answer answer = body(arena_print(arena,
		                                             "{\"sent\":10,\"opened\":{\"unique\":%s,\"total\":3},\"clicked\":"
		                                             "{\"unique\":1,\"total\":1},\"bounced\":{\"hard\":0,\"soft\":0},"
		                                             "\"unsubscribed\":0,\"complained\":0}",
		                                             counts[i]));
		cr_expect_not(emailoctopus_summary(arena, &answer, NULL, &metrics, &err), "%s", counts[i]);
		answer = body(arena_print(arena, "{\"data\":[{\"id\":\"l\",\"counts\":{\"subscribed\":%s}}]}", counts[i]));
		cr_assert(emailoctopus_lists(arena, &answer, &lists, &err));
		cr_expect(lists.count == 0 && lists.unread == 1, "%s", counts[i]);
		answer = body(
			arena_print(arena, "{\"data\":[{\"url\":\"u\",\"clicked_total\":%s,\"clicked_unique\":0}]}", counts[i]));
		cr_assert(emailoctopus_links(arena, &answer, &links, &err));
		cr_expect(links.count == 0 && links.unread == 1, "%s", counts[i]);
	}
	struct http_answer answer = body("{\"sent\":1000000000000,\"opened\":{\"unique\":1,\"total\":3},\"clicked\":{"
	                                 "\"unique\":1,\"total\":1},\"bounced\":{\"hard\":1000000000000,\"soft\":"
	                                 "1000000000000},\"unsubscribed\":0,\"complained\":0}");
	cr_expect(emailoctopus_summary(arena, &answer, NULL, &metrics, &err));
}
