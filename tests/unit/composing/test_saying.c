/* What requests say of compositions. */
#include <criterion/criterion.h>

#include "composing/check.h"
#include "composing/content_check.h"
#include "composing/draft.h"
#include "composing/missing.h"

static struct arena *arena;
static struct composition fresh;

static void begin(void) {
	arena = arena_new();
	fresh = composition_fresh("6748d0c1a2b3c4d5e6f70809", "Europe/Berlin", "Acme", "news@acme.example", arena);
}

static void end(void) {
	arena_free(arena);
}

TestSuite(saying, .init = begin, .fini = end);

static struct composition say(const struct composition *before, const struct composition *request,
                              const struct strings *given) {
	const struct composing composing = { *given, "admin", { 1000 } };
	return composition_say(before, request, &composing, arena);
}

#define GIVEN(...)                                       \
	(&(struct strings){ (const char *[]){ __VA_ARGS__ }, \
	                    (int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)) })

static struct composition nothing(void) {
	struct composition request;
	record_clear(&composition_request_record, &request);
	return request;
}

Test(saying, a_fresh_one_has_the_usual_settings) {
	cr_expect(fresh.settings.track_opens && fresh.settings.unsubscribe_link && fresh.settings.suppress_duplicates);
	cr_expect_eq(fresh.send_rate_limit_emails, 100);
	cr_expect_eq(fresh.send_rate_limit_sms, 10);
	cr_expect_eq(fresh.qr.expiration_days, 30);
	cr_expect_eq(fresh.qr.max_usage, 1);
	cr_expect_str_eq(fresh.froms.items[0], "Acme <news@acme.example>");
}

Test(saying, what_is_not_given_stays) {
	struct composition request = nothing();
	request.name = "New";
	struct composition after = say(&fresh, &request, GIVEN("name"));
	cr_expect_str_eq(after.name, "New");
	cr_expect_str_eq(after.from_email, "news@acme.example");
	cr_expect(after.settings.track_opens);
	request.settings.track_opens = false;
	after = say(&after, &request, GIVEN("settings", "settings.track_opens"));
	cr_expect_not(after.settings.track_opens);
	cr_expect(after.settings.track_clicks, "only one member of the object was given");
}

Test(saying, a_first_subject_replaces_only_the_first) {
	struct composition request = nothing();
	const char *two = "One\nTwo";
	request.subjects = (struct strings){ &two, 1 };
	struct composition after = say(&fresh, &request, GIVEN("subjects"));
	cr_assert_eq(after.subjects.count, 2);
	request.subject = "Uno";
	after = say(&after, &request, GIVEN("subject"));
	cr_expect_str_eq(after.subjects.items[0], "Uno");
	cr_expect_str_eq(after.subjects.items[1], "Two");
	request.subject = "";
	after = say(&after, &request, GIVEN("subject"));
	cr_expect_eq(after.subjects.count, 1);
}

Test(saying, senders_are_told_apart) {
	const char *both[] = { "Jones, Ann <ann@x.example>", "a@x.example, b@x.example" };
	struct composition request = nothing();
	request.froms = (struct strings){ both, 2 };
	struct composition after = say(&fresh, &request, GIVEN("froms"));
	cr_assert_eq(after.froms.count, 3, "%s", strings_join(arena, &after.froms, "|"));
	cr_expect_str_eq(after.from_name, "Jones, Ann");
	cr_expect_str_eq(after.from_email, "ann@x.example");
	cr_expect_str_eq(sender_read("\"Acme, Inc\" <n@acme.example>", arena).name, "Acme, Inc");
	cr_expect_null(sender_read("", arena).email);
}

Test(saying, tracking_nothing_is_off_said_in_two_ways) {
	struct composition request = nothing();
	request.settings.tracking = COUNTING_OFF;
	struct composition after = say(&fresh, &request, GIVEN("settings.tracking"));
	cr_expect_not(after.settings.track_opens || after.settings.track_clicks);
	request.settings.track_clicks = true;
	after = say(&after, &request, GIVEN("settings.track_clicks"));
	cr_expect_eq(after.settings.tracking, COUNTING_NAMED);
	request.settings.track_clicks = false;
	after = say(&after, &request, GIVEN("settings.track_clicks"));
	cr_expect_eq(after.settings.tracking, COUNTING_OFF);
}

static struct composing_known known_of(struct list *lists, int count) {
	return (struct composing_known){ .lists = lists, .list_count = count };
}

Test(saying, lists_are_found_by_id_and_by_names_with_commas) {
	struct list lists[] = { { .id = "a", .name = "News" }, { .id = "b", .name = "News, weekly" } };
	struct composing_known known = known_of(lists, 2);
	const char *parts[] = { "news", "weekly", "list_a", "gone" };
	struct strings all = known_lists_split(&known, &(struct strings){ parts, 4 }, arena);
	cr_assert_eq(all.count, 3);
	cr_expect_str_eq(known_list(&known, all.items[0])->id, "b");
	cr_expect_str_eq(known_list(&known, all.items[1])->id, "a");
	cr_expect_null(known_list(&known, all.items[2]));
}

Test(saying, every_problem_is_told_by_its_field) {
	struct composing_known known = known_of(NULL, 0);
	struct problems *problems = arena_new_of(arena, struct problems);
	struct error err = ERROR_INIT;
	const char *wrong[] = { "x" }, *typed[] = { "x" };
	struct composition said = fresh;
	said.name = "";
	said.from_email = "bob";
	said.list_ids = (struct strings){ wrong, 1 };
	said.recipients = (struct strings){ typed, 1 };
	said.qr.max_usage = 0;
	said.time_zone = "Mars";
	said.scheduled_time = (struct moment){ 5 };
	cr_expect_not(composition_check(&said, &known, &fresh, (struct moment){ 10 }, arena, problems, &err));
	static const char *const fields[] = { "name",         "from_email", "list_ids",      "recipients",
		                                  "qr.max_usage", "time_zone",  "scheduled_time" };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		cr_expect(problems_of(problems, fields[i]), "%s", fields[i]);
	said = fresh;
	said.name = "Fine";
	said.scheduled_time = (struct moment){ 5 };
	const struct composition before = said;
	cr_expect(composition_check(&said, &known, &before, (struct moment){ 10 }, arena, problems, &err),
	          "a time that was kept before may pass: %s", err.text);
}

Test(saying, a_copy_has_its_own_name_and_no_time) {
	fresh.name = "Spring";
	fresh.scheduled_time = (struct moment){ 5 };
	struct composition copy = draft_copy(&fresh, "b", arena);
	cr_expect_str_eq(copy.name, "Copy of Spring");
	cr_expect_not(moment_is_set(copy.scheduled_time));
	cr_expect_str_eq(copy.id, "b");
}

Test(saying, what_is_missing_depends_on_the_channel) {
	struct missing missing[MISSING_MAX];
	struct wording wording = { .said = fresh };
	cr_expect_eq(composition_missing(&wording, missing), 3); /* subject, email, people */
	wording.said.channel = BY_SMS;
	cr_expect_eq(composition_missing(&wording, missing), 2);
	cr_expect_str_eq(missing[0].field, "sms_content");
	wording.said.qr.enabled = true;
	cr_expect_eq(composition_missing(&wording, missing), 3);
}

Test(saying, content_is_checked_by_channel_with_lines) {
	struct rule_names names = { 0 };
	struct rows remarks;
	fresh.html_content = "<p>\n{% if first_name %}</p>";
	cr_expect_eq(content_check(&fresh, &names, arena, &remarks), 1);
	const struct content_remark *items = remarks.items;
	cr_expect_str_eq(items[0].field, "html_content");
	cr_expect_eq(items[0].line, 2);
	fresh.channel = BY_SMS;
	cr_expect_eq(content_check(&fresh, &names, arena, &remarks), 0);
}

/* old: list names were put together from all parts of the text, which held a worker until it was ended after 30 s. */
Test(saying, a_text_of_any_number_of_names_is_refused_at_once, .timeout = 30) {
	enum { MANY = 100000 };
	struct list list = { .id = "a", .name = "News" };
	struct composing_known known = known_of(&list, 1);
	struct error err = ERROR_INIT;
	BUF_AUTO text = { 0 };
	for (int i = 0; i < MANY; i++)
		buf_print(&text, "n%d@b.example,", i);
	const char *all = buf_text(&text);
	static const char *const fields[] = { "list_ids", "target_segments", "recipients", "exclude.list_ids",
		                                  "exclude.segments" };
	for (int i = 0; i < 5; i++) {
		struct composition request = nothing(), said;
		struct problems problems = { 0 };
		struct strings *texts[] = { &request.list_ids, &request.target_segments, &request.recipients,
			                        &request.exclude.list_ids, &request.exclude.segments };
		*texts[i] = (struct strings){ &all, 1 };
		request.name = "X";
		said = say(&fresh, &request,
		           GIVEN("name", "list_ids", "target_segments", "recipients", "exclude.list_ids", "exclude.segments"));
		cr_expect_not(composition_check(&said, &known, &fresh, (struct moment){ 10 }, arena, &problems, &err));
		cr_expect_str_eq(err.field, fields[i]);
		cr_expect(text_starts(err.text, "At most "), "%s", err.text);
	}
}
