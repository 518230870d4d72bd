/* Parsing of the provider's answers. */
#include <criterion/criterion.h>
#include <string.h>

#include "events/event.h"
#include "observing/emailoctopus.h"

static enum verdict judge(int status, const char *body, int64_t retry_after, int64_t *wait_ms) {
	char why[160];
	struct http_answer answer = {
		.status = status, .problem = "", .body = body, .size = strlen(body), .remaining = -1, .retry_after = retry_after
	};
	return emailoctopus_judge(&answer, (struct moment){ 1700000000000 }, wait_ms, why);
}

static bool is_last(const struct following *next) {
	return !next->cursor && !next->url && !next->unread;
}

static bool tells(const struct unreadable *unreadable, const char *words) {
	for (int i = 0; i < unreadable->count && i < UNREADABLE_TOLD; i++)
		if (strstr(unreadable->items[i], words))
			return true;
	return false;
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
	cr_expect_eq(judge(404, "{}", -1, &wait), VERDICT_GONE);
	cr_expect_eq(judge(502, "<html>", -1, &wait), VERDICT_AGAIN);
	cr_expect(judge(429, "{}", 7, &wait) == VERDICT_AGAIN && wait == 7000);
	cr_expect(judge(429, "{}", 1700000005, &wait) == VERDICT_AGAIN && wait == 5000);
	cr_expect(judge(429, "{}", -1, &wait) == VERDICT_AGAIN && wait == 1000);
	cr_expect(judge(429, "{}", 900000, &wait) == VERDICT_AGAIN && wait == 60000);
}

/* What stands before the API answers in HTML: it says nothing about what the API has. */
Test(provider, judges_answers_that_are_not_the_apis) {
	static const int passing[] = { 204, 206, 304, 403, 404, 408, 500, 520 };
	int64_t wait;
	for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
		cr_expect_eq(judge(passing[i], "<html>", -1, &wait), VERDICT_AGAIN, "%d", passing[i]);
	cr_expect_eq(judge(408, "{}", -1, &wait), VERDICT_AGAIN);
	cr_expect_eq(judge(400, "{}", -1, &wait), VERDICT_REFUSED);
	cr_expect_eq(judge(203, "{}", -1, &wait), VERDICT_GOOD);
	cr_expect_eq(judge(200, "\xef\xbb\xbf {}", -1, &wait), VERDICT_GOOD);
	cr_expect_eq(judge(308, "", -1, &wait), VERDICT_MOVED);
	cr_expect(judge(503, "<html>", 3, &wait) == VERDICT_AGAIN && wait == 3000);
	cr_expect(judge(503, "{}", 120, &wait) == VERDICT_AGAIN && wait == 120000);
	cr_expect(judge(502, "{}", 0, &wait) == VERDICT_AGAIN && wait == 1000);
	cr_expect(judge(503, "{}", -1, &wait) == VERDICT_AGAIN && wait == 0);
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
		cr_expect(page.count == 1 && is_last(&page.next) && !page.campaigns[0].name, "%s", ends[i]);
	}
	struct list_page lists;
	struct http_answer answer = body(
		"{\"data\":[{\"id\":\"l\",\"counts\":[{\"subscribed\":5}]},{\"id\":\"m\",\"counts\":{\"subscribed\":6}}]}");
	cr_assert(emailoctopus_lists(arena, &answer, &lists, &err));
	cr_expect(lists.lists[0].counts.subscribed == 5 && lists.lists[1].counts.subscribed == 6);
	struct metrics metrics;
	struct unreadable unreadable;
	answer = body("{\"data\":[]}");
	cr_expect(!emailoctopus_summary(arena, &answer, NULL, &metrics, &unreadable, &err));
}

/* One counter of another shape costs that counter. */
Test(provider, a_counter_that_is_none_is_unknown) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct metrics metrics;
	struct unreadable unreadable;
	struct http_answer answer = body("{\"id\":\"x\",\"sent\":1000,\"bounced\":[],\"opened\":{\"total\":600,\"unique\":"
	                                 "300},\"clicked\":{\"total\":\"50\",\"unique\":40},\"complained\":null,"
	                                 "\"unsubscribed\":2}");
	cr_assert(emailoctopus_summary(arena, &answer, NULL, &metrics, &unreadable, &err), "%s", err.text);
	cr_expect(metrics.sent == 1000 && metrics.opened == 300 && metrics.clicked == 40 && metrics.unsubscribed == 2);
	cr_expect(metrics.bounced_hard == COUNT_NONE && metrics.bounced == COUNT_NONE);
	cr_expect(metrics.clicked_total == COUNT_NONE && metrics.spam_complaints == COUNT_NONE);
	cr_expect(unreadable.count == 4 && tells(&unreadable, "bounced.hard") && tells(&unreadable, "clicked.total"));
	const struct metrics before = {
		.sent = 900, .bounced_hard = 3, .bounced_soft = 4, .clicked_total = 49, .spam_complaints = 1
	};
	metrics_complete(&metrics, &before);
	cr_expect(metrics.sent == 1000 && metrics.bounced == 7 && metrics.clicked_total == 49);
	cr_expect_null(metrics_decreased(&before, &metrics));
}

Test(provider, words_that_are_not_known_are_kept) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct campaign_page campaigns;
	struct contact_page contacts;
	struct http_answer answer = body("{\"data\":[{\"id\":\"a\",\"status\":\"held\"}]}");
	cr_assert(emailoctopus_campaigns(arena, &answer, &campaigns, &err));
	cr_expect_eq(campaigns.campaigns[0].status, CAMPAIGN_UNKNOWN);
	cr_expect_str_eq(campaigns.campaigns[0].provider_status, "held");
	answer = body(
		"{\"data\":[{\"id\":\"a\",\"status\":\"cleaned\"},{\"id\":\"b\"},{\"id\":\"c\",\"status\":\"PENDING\"}]}");
	cr_assert(emailoctopus_contacts(arena, &answer, &contacts, &err));
	cr_expect_eq(contacts.contacts[0].status, CONTACT_UNKNOWN);
	cr_expect_str_eq(contacts.contacts[0].provider_status, "cleaned");
	cr_expect(contacts.contacts[1].status == CONTACT_UNKNOWN && !contacts.contacts[1].provider_status);
	cr_expect(contacts.contacts[2].status == CONTACT_PENDING && !contacts.contacts[2].provider_status);
}

/* Rows that cannot be identified are told, never left out in silence; what else cannot be read costs that value. */
Test(provider, counts_what_it_could_not_read) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct campaign_page campaigns;
	struct list_page lists;
	struct contact_page contacts;
	struct event_page events;
	struct link_page links;
	struct http_answer answer = body("{\"data\":[{\"id\":null},{\"id\":\"a\",\"to\":[\"l\",null]},{\"id\":7},"
	                                 "{\"id\":\"b\",\"to\":[\"l\"],\"from\":[7],\"sent_at\":\"soon\"}]}");
	cr_assert(emailoctopus_campaigns(arena, &answer, &campaigns, &err));
	cr_expect(campaigns.count == 2 && campaigns.unread == 2 && campaigns.unreadable.count == 3);
	cr_expect(campaigns.campaigns[0].list_ids.count == 1 && strings_have(&campaigns.campaigns[0].unread, "list_ids"));
	cr_expect(strings_have(&campaigns.campaigns[1].unread, "sent_at") && tells(&campaigns.unreadable, "b sent_at"));
	cr_expect(strings_have(&campaigns.campaigns[1].unread, "from_email"));
	answer = body("{\"data\":[{\"id\":\"k\",\"counts\":null},{\"id\":\"l\",\"counts\":{\"subscribed\":null,"
	              "\"pending\":2}},{\"id\":\"m\",\"counts\":[]},{\"counts\":{}}]}");
	cr_assert(emailoctopus_lists(arena, &answer, &lists, &err));
	cr_expect(lists.count == 3 && lists.unread == 1 && lists.unreadable.count == 2);
	cr_expect(lists.lists[0].counts.pending == COUNT_NONE && lists.lists[2].counts.pending == 0);
	cr_expect(lists.lists[1].counts.subscribed == COUNT_NONE && lists.lists[1].counts.pending == 2);
	answer = body("{\"data\":[{\"id\":\"a\",\"tags\":[null]},{\"id\":\"\"},{\"id\":\"c\"}]}");
	cr_assert(emailoctopus_contacts(arena, &answer, &contacts, &err));
	cr_expect(contacts.count == 2 && contacts.unread == 1 && contacts.unreadable.count == 1);
	answer = body("{\"data\":[{\"contact_id\":null},{\"contact_id\":\"c\",\"occurred_at\":7},{}]}");
	cr_assert(emailoctopus_events(arena, &answer, NULL, &events, &err));
	cr_expect(events.count == 1 && events.unread == 2 && tells(&events.unreadable, "c occurred_at"));
	answer = body("{\"data\":[{\"url\":\"u\",\"clicked_total\":1,\"clicked_unique\":1},{\"url\":\"v\","
	              "\"clicked_total\":1},{\"clicked_total\":1,\"clicked_unique\":1}]}");
	cr_assert(emailoctopus_links(arena, &answer, &links, &err));
	cr_expect(links.count == 2 && links.unread == 1 && links.links[1].clicked_unique == COUNT_NONE);
}

/* A text with a NUL cost the page, with everything after it, for ever. */
Test(provider, a_value_that_is_no_text_costs_that_value) {
	static const char *const texts[] = { "Bo\\u0000b", "\\ud800", "\\udc00x", "\\x", "\\u12", "\xff", "\xc3" };
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct campaign_page campaigns;
	struct contact_page contacts;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct http_answer answer = body(
			arena_print(arena,
		                "{\"data\":[{\"id\":\"p1\",\"email_address\":\"p1@example.org\",\"fields\":{\"FirstName\":\"%"
		                "s\","
		                "\"Pets\":2}},{\"id\":\"p2\",\"email_address\":\"%s\"},{\"id\":\"p3\"}],\"paging\":{\"next\":{"
		                "\"starting_after\":\"WzJd\"}}}",
		                texts[i], texts[i]));
		cr_assert(emailoctopus_contacts(arena, &answer, &contacts, &err), "%s: %s", texts[i], err.text);
		cr_expect(contacts.count == 3 && contacts.unread == 0 && contacts.unreadable.count == 2, "%s", texts[i]);
		cr_expect_str_eq(contacts.next.cursor, "WzJd");
		cr_expect_str_eq(contacts.contacts[0].fields, "{\"FirstName\":null,\"Pets\":2}");
		cr_expect(tells(&contacts.unreadable, "p1 fields.FirstName"), "%s", contacts.unreadable.items[0]);
		cr_expect(!contacts.contacts[1].email && strings_have(&contacts.contacts[1].unread, "email"));
		cr_expect(contacts.contacts[2].unread.count == 0);
		answer = body(
			arena_print(arena,
		                "{\"data\":[{\"id\":\"a\",\"name\":\"%s\",\"content\":{\"html\":\"%s\"}}],\"paging\":[]}",
		                texts[i], texts[i]));
		cr_assert(emailoctopus_campaigns(arena, &answer, &campaigns, &err), "%s: %s", texts[i], err.text);
		cr_expect(campaigns.count == 1 && is_last(&campaigns.next) && campaigns.unreadable.count == 2);
		cr_expect(strings_have(&campaigns.campaigns[0].unread, "name"));
		cr_expect(strings_have(&campaigns.campaigns[0].unread, "content_bytes"));
	}
}

/* A list's own fields are shown as other texts are, so they are cleaned as those are. */
Test(provider, fields_hold_no_control_characters) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct contact_page page;
	struct http_answer answer = body(
		"{\"data\":[{\"id\":\"a\",\"fields\":{\"Na\\u001bme\":\"x\\u009b31m\",\"B\":[\"\\ufffe\",{\"c\":\"\\u0085\"}],"
		"\"N\":-2,\"R\":1.5,\"T\":true,\"Z\":null}}],\"paging\":[]}");
	cr_assert(emailoctopus_contacts(arena, &answer, &page, &err), "%s", err.text);
	cr_expect_str_eq(page.contacts[0].fields, "{\"Na me\":\"x 31m\",\"B\":[\"\xef\xbf\xbd\",{\"c\":\" "
	                                          "\"}],\"N\":-2,\"R\":1.5,\"T\":true,\"Z\":null}");
}

/* PHP makes an object of a list with holes, and [] of an object without members. */
Test(provider, lists_may_be_objects_and_objects_lists) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct contact_page page;
	struct http_answer answer = body(
		"{\"data\":{\"0\":{\"id\":\"a\",\"tags\":{\"1\":\"vip\"},\"fields\":[]},\"2\":{\"id\":"
		"\"b\",\"tags\":[{\"tag\":\"new\"}]}},\"paging\":[]}");
	cr_assert(emailoctopus_contacts(arena, &answer, &page, &err), "%s", err.text);
	cr_expect(page.count == 2 && page.unreadable.count == 0 && !page.contacts[0].fields);
	cr_expect_str_eq(page.contacts[0].tags.items[0], "vip");
	cr_expect_str_eq(page.contacts[1].tags.items[0], "new");
}

Test(provider, what_leads_to_the_next_page) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct event_page page;
	static const struct {
		const char *paging, *cursor, *url;
	} cases[] = {
		{ "{\"next\":{\"url\":\"https://h/x?y\",\"starting_after\":\"c\"}}", "c", NULL },
		{ "{\"next\":{\"starting_after\":7}}", "7", NULL },
		{ "{\"next\":{\"url\":\"https://h/x?y\"}}", NULL, "https://h/x?y" },
		{ "{\"next\":{\"url\":\"https://h/x?y\",\"starting_after\":null}}", NULL, "https://h/x?y" },
		{ "{\"next\":\"/x?y\"}", NULL, "/x?y" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_answer answer = body(arena_print(arena, "{\"data\":[],\"paging\":%s}", cases[i].paging));
		cr_assert(emailoctopus_events(arena, &answer, NULL, &page, &err), "%s", err.text);
		cr_expect(text_same(page.next.cursor, cases[i].cursor), "%s", cases[i].paging);
		cr_expect(text_same(page.next.url, cases[i].url), "%s", cases[i].paging);
	}
}

Test(provider, an_answer_about_something_else_is_refused) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct event_page events;
	struct metrics metrics;
	struct unreadable unreadable;
	struct list list;
	struct http_answer answer = body("{\"id\":\"B\",\"sent\":10,\"opened\":{\"unique\":1,\"total\":3},\"clicked\":"
	                                 "{\"unique\":1,\"total\":1},\"bounced\":{\"hard\":0,\"soft\":0},"
	                                 "\"unsubscribed\":0,\"complained\":0}");
	cr_expect(emailoctopus_summary(arena, &answer, "b", &metrics, &unreadable, &err), "%s", err.text);
	cr_expect_not(emailoctopus_summary(arena, &answer, "a", &metrics, &unreadable, &err));
	answer = body("{\"status\":\"clicked\",\"data\":[]}");
	cr_expect(emailoctopus_events(arena, &answer, "clicked", &events, &err), "%s", err.text);
	cr_expect_not(emailoctopus_events(arena, &answer, "opened", &events, &err));
	answer = body("{\"id\":\"B\",\"counts\":{\"subscribed\":1}}");
	cr_expect(emailoctopus_list(arena, &answer, "b", &list, &unreadable, &err), "%s", err.text);
	cr_expect_not(emailoctopus_list(arena, &answer, "a", &list, &unreadable, &err));
}

/* It costs the time, which is told; a time that is absent is not told. */
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
		cr_assert(page.count == 1 && page.unread == 0, "%s", times[i]);
		cr_expect_not(moment_is_set(page.events[0].occurred_at), "%s", times[i]);
		cr_expect(page.unreadable.count == 1 && tells(&page.unreadable, "c occurred_at"), "%s", times[i]);
	}
	struct http_answer answer = body("{\"data\":[{\"contact_id\":\"c\"},{\"contact_id\":\"d\",\"occurred_at\":null},"
	                                 "{\"contact_id\":\"e\",\"occurred_at\":\"2026-01-31T08:00:00+00:00\"}]}");
	cr_assert(emailoctopus_events(arena, &answer, NULL, &page, &err));
	cr_expect(page.count == 3 && page.unread == 0 && page.unreadable.count == 0);
}

/* By the provider's own clock, because ours may differ. */
Test(provider, a_time_in_the_future_of_an_event_is_none) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct event_page page;
	struct http_answer answer = body("{\"data\":[{\"contact_id\":\"c\",\"occurred_at\":\"2026-03-01T13:00:00+00:00\"},"
	                                 "{\"contact_id\":\"d\",\"occurred_at\":\"2026-03-01T13:00:01+00:00\"}]}");
	cr_assert(moment_parse("2026-03-01T12:00:00+00:00", &answer.date));
	cr_assert(emailoctopus_events(arena, &answer, NULL, &page, &err));
	cr_expect(moment_is_set(page.events[0].occurred_at) && !moment_is_set(page.events[1].occurred_at));
	cr_expect(page.ahead == 1 && page.unreadable.count == 1 && tells(&page.unreadable, "d occurred_at"));
	answer.date = MOMENT_NONE;
	cr_assert(emailoctopus_events(arena, &answer, NULL, &page, &err));
	cr_expect(moment_is_set(page.events[1].occurred_at) && page.ahead == 0 && page.unreadable.count == 0);
}

Test(provider, a_date_outside_all_bounds_is_none) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct campaign_page campaigns;
	struct contact_page contacts;
	struct list_page lists;
	static const char *const dates[] = { "0001-01-01T00:00:00+00:00", "1999-12-31T23:59:59+00:00",
		                                 "2037-03-01T12:00:00+00:00", "9999-12-31T23:59:59+00:00" };
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		struct http_answer answer = body(arena_print(arena,
		                                             "{\"data\":[{\"id\":\"a\",\"sent_at\":\"%s\",\"created_at\":\"%"
		                                             "s\",\"last_updated_at\":\"%s\"}]}",
		                                             dates[i], dates[i], dates[i]));
		cr_assert(moment_parse("2026-03-01T12:00:00+00:00", &answer.date));
		cr_assert(emailoctopus_campaigns(arena, &answer, &campaigns, &err));
		const struct campaign *one = &campaigns.campaigns[0];
		cr_expect(!moment_is_set(one->sent_at) && !moment_is_set(one->created_at), "%s", dates[i]);
		cr_expect(strings_have(&one->unread, "sent_at") && tells(&campaigns.unreadable, "a sent_at"), "%s", dates[i]);
		cr_assert(emailoctopus_contacts(arena, &answer, &contacts, &err));
		cr_expect(strings_have(&contacts.contacts[0].unread, "last_updated_at"), "%s", dates[i]);
		cr_assert(emailoctopus_lists(arena, &answer, &lists, &err));
		cr_expect(strings_have(&lists.lists[0].unread, "created_at"), "%s", dates[i]);
	}
	struct http_answer answer = body(
		"{\"data\":[{\"id\":\"a\",\"sent_at\":\"2036-03-01T12:00:00+00:00\",\"created_at\":"
		"\"2000-01-01T00:00:00+00:00\"}]}");
	cr_assert(moment_parse("2026-03-01T12:00:00+00:00", &answer.date));
	cr_assert(emailoctopus_campaigns(arena, &answer, &campaigns, &err));
	cr_expect(campaigns.unreadable.count == 0);
}

Test(provider, a_link_that_more_people_clicked_than_clicks) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct link_page page;
	struct http_answer answer = body("{\"data\":[{\"url\":\"u\",\"clicked_total\":2,\"clicked_unique\":3}]}");
	cr_assert(emailoctopus_links(arena, &answer, &page, &err));
	cr_expect(page.links[0].clicked_total == 2 && page.links[0].clicked_unique == COUNT_NONE);
	cr_expect(tells(&page.unreadable, "u clicked_unique"));
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

Test(provider, an_answer_with_far_more_rows_than_were_asked_for_is_refused) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct event_page page;
	BUF_AUTO text = { 0 };
	buf_text_add(&text, "{\"data\":[{}");
	for (int i = 1; i < 10000; i++)
		buf_text_add(&text, ",{}");
	size_t size = text.size;
	buf_text_add(&text, "]}");
	struct http_answer answer = body(buf_text(&text));
	cr_expect(emailoctopus_events(arena, &answer, NULL, &page, &err));
	text.size = size;
	buf_text_add(&text, ",{}]}");
	answer = body(buf_text(&text));
	cr_expect_not(emailoctopus_events(arena, &answer, NULL, &page, &err));
}

/* The rows are read; only the next page is lost, and that is told. */
Test(provider, a_cursor_that_cannot_be_asked_for_is_no_end) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct event_page page;
	static const char *const cursors[] = { "7",
		                                   "true",
		                                   "[1]",
		                                   "\"x\"",
		                                   "{\"next\":[1]}",
		                                   "{\"next\":{\"starting_after\":true}}",
		                                   "{\"next\":{\"starting_after\":\"\\u0000\"}}" };
	for (size_t i = 0; i < sizeof cursors / sizeof *cursors; i++) {
		struct http_answer answer = body(
			arena_print(arena, "{\"data\":[{\"contact_id\":\"c\"}],\"paging\":%s}", cursors[i]));
		cr_assert(emailoctopus_events(arena, &answer, NULL, &page, &err), "%s", cursors[i]);
		cr_expect(page.count == 1 && page.next.unread && !page.next.cursor, "%s", cursors[i]);
	}
}

Test(provider, a_count_that_cannot_be_is_no_count) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct list_page lists;
	struct link_page links;
	struct metrics metrics;
	struct unreadable unreadable;
	static const char *const counts[] = { "4611686018427387904",
		                                  "9223372036854775807",
		                                  "1000000000001",
		                                  "1e300",
		                                  "1e15",
		                                  "-1",
		                                  "99999999999999999999",
		                                  "1e999",
		                                  "NaN",
		                                  "007" };
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct http_answer answer = body(
			arena_print(arena, "{\"sent\":10,\"opened\":{\"unique\":%s,\"total\":3}}", counts[i]));
		cr_assert(emailoctopus_summary(arena, &answer, NULL, &metrics, &unreadable, &err), "%s", counts[i]);
		cr_expect(metrics.sent == 10 && metrics.opened == COUNT_NONE && metrics.opened_total == 3, "%s", counts[i]);
		cr_expect(tells(&unreadable, "opened.unique"));
		answer = body(arena_print(arena, "{\"data\":[{\"id\":\"l\",\"counts\":{\"subscribed\":%s}}]}", counts[i]));
		cr_assert(emailoctopus_lists(arena, &answer, &lists, &err));
		cr_expect(lists.count == 1 && lists.lists[0].counts.subscribed == COUNT_NONE, "%s", counts[i]);
		answer = body(
			arena_print(arena, "{\"data\":[{\"url\":\"u\",\"clicked_total\":%s,\"clicked_unique\":0}]}", counts[i]));
		cr_assert(emailoctopus_links(arena, &answer, &links, &err));
		cr_expect(links.count == 1 && links.links[0].clicked_total == COUNT_NONE, "%s", counts[i]);
	}
	struct http_answer answer = body("{\"sent\":1000000000000,\"bounced\":{\"hard\":1000000000000,\"soft\":"
	                                 "1000000000000}}");
	cr_expect(emailoctopus_summary(arena, &answer, NULL, &metrics, &unreadable, &err) &&
	          metrics.bounced == 2 * COUNT_MAX);
}
