/* Sending test mails. */
#include "sender/test_job.h"

#include "composing/attached.h"
#include "content/tokens/mail_links.h"
#include "core/formats/mail.h"
#include "dispatch/freeze.h"
#include "dispatch/letter.h"
#include "dispatch/test_mail.h"
#include "sender/letters.h"
#include "sender/posts.h"

enum { TURN_MS = 5 }; /* campaigns are being sent beside it */

struct testing;

/* One mail on its way. */
struct test_flight {
	struct testing *testing;
	struct test_copy *copy;
	struct buf mail;
};

struct testing {
	struct store *store;
	struct arena *arena;
	const struct settings *settings;
	struct moment now;
	struct test_mail test;
	struct dispatch dispatch;
	const struct letter *letter;
	struct posts posts;
	struct post *post;
	struct test_flight flights[TEST_MAIL_ADDRESSES];
	struct dkim_signer signer;
	bool failed;
	struct error error; /* if failed */
};

static void release(void *object) {
	struct testing *testing = object;
	if (testing->post)
		post_leave(&testing->posts, testing->post);
	posts_close(&testing->posts);
	for (int i = 0; i < TEST_MAIL_ADDRESSES; i++)
		buf_finish(&testing->flights[i].mail);
}

static bool save(struct testing *testing) {
	struct error err = ERROR_INIT;
	if (test_mail_save(testing->store, &testing->test, &err))
		return true;
	testing->failed = true;
	testing->error = err;
	return false;
}

/* The server waits for the body: if that cannot be stored, it must not be sent. */
static bool begin(void *context) {
	struct test_flight *flight = context;
	flight->copy->state = TEST_MAIL_HANDING;
	if (!flight->testing->failed && save(flight->testing))
		return true;
	flight->copy->state = TEST_MAIL_WAITING;
	return false;
}

static void done(void *context, const struct smtp_outcome *outcome) {
	struct test_flight *flight = context;
	char words[SMTP_WORDS];
	flight->copy->state = outcome->result == SMTP_ACCEPTED    ? TEST_MAIL_SENT
	                      : outcome->result == SMTP_UNCERTAIN ? TEST_MAIL_UNCERTAIN
	                                                          : TEST_MAIL_FAILED;
	flight->copy->words = outcome->result == SMTP_ACCEPTED
	                          ? NULL
	                          : arena_copy(flight->testing->arena, smtp_words(outcome, words));
}

/* As a made-up contact, or the one with this address, reads it. */
static bool values_for(struct testing *testing, const struct test_copy *copy, const char **values, struct error *err) {
	const struct strings one = { (const char *[]){ copy->address }, 1 };
	struct contact *contacts;
	struct names known;
	struct reader reader;
	int count;
	if (!contact_find_by_addresses(testing->store, &one, testing->arena, &contacts, &count, err) ||
	    !template_names(testing->store, testing->arena, &known, err))
		return false;
	reader = reader_made_up(READER_SAMPLE, &known, testing->now, testing->arena);
	if (count && !reader_of_contact(testing->store, &contacts[0], testing->now, testing->arena, &reader, err))
		return false;
	*values = freeze_values(&testing->dispatch.names, &reader, testing->arena);
	return true;
}

/* Nothing leads back to a person: the link says that it does not work. */
static struct letter_marks marks_of(const struct testing *testing) {
	static const struct message_header headers[] = { { "X-Telltale-Test", "yes" } };
	const char *nowhere = arena_print(testing->arena, "%s/unsubscribe/test", testing->settings->public_url);
	static const struct letter_code code = { .token = "TEST", .short_code = "TEST-TEST", .page = "" };
	return (struct letter_marks){ .code = &code,
		                          .unsubscribe_url = nowhere,
		                          .preferences_url = nowhere,
		                          .view_url = nowhere,
		                          .unsubscribe_id = "test",
		                          .pixel_id = "test",
		                          .headers = headers,
		                          .header_count = 1 };
}

static bool write_mail(struct testing *testing, struct test_flight *flight, struct letter_to *to, struct error *err) {
	const struct letter_marks marks = marks_of(testing);
	const char *id = arena_print(testing->arena, "test-%s-%d", testing->test.id, to->index);
	BUF_AUTO draft = { 0 };
	if (!values_for(testing, flight->copy, &to->values, err) ||
	    !letter_write(testing->letter, to, &marks, id, testing->now, testing->arena, &draft, err))
		return false;
	return signer_write(&testing->signer, &draft, testing->now, &flight->mail, err);
}

static bool hand_over(struct testing *testing, int index, struct error *err) {
	struct test_flight *flight = &testing->flights[index];
	struct letter_to to = { .index = index, .email = mail_ascii_address(flight->copy->address, testing->arena) };
	if (!write_mail(testing, flight, &to, err))
		return false;
	smtp_start(testing->post->pool, &(struct smtp_mail){ .envelope = { .from = letter_from(testing->letter, &to),
	                                                                   .to = to.email,
	                                                                   .message = flight->mail.bytes,
	                                                                   .size = flight->mail.size },
	                                                     .begin = begin,
	                                                     .done = done,
	                                                     .context = flight });
	return true;
}

static bool start(struct testing *testing, struct error *err) {
	struct letter_settings settings = { .postal_address = settings_text("POSTAL_ADDRESS") };
	const struct letter_to first = { .index = 0 };
	struct test_copy *copies = testing->test.copies.items;
	if (!dispatch_read_draft(testing->store, testing->test.campaign_id, testing->arena, &testing->dispatch, err) ||
	    !attached_open(testing->store, &testing->dispatch.said.attachment_ids, testing->arena, &settings.attachments,
	                   err) ||
	    !letter_compile(&testing->dispatch, &settings, testing->arena, &testing->letter, err) ||
	    !signer_open(testing->store, testing->settings, letter_from(testing->letter, &first), testing->arena,
	                 &testing->signer, err) ||
	    !posts_take(&testing->posts, testing->dispatch.connection_id, &testing->post, err))
		return false;
	for (int i = 0; i < testing->test.copies.count && i < TEST_MAIL_ADDRESSES; i++) {
		testing->flights[i] = (struct test_flight){ .testing = testing, .copy = &copies[i] };
		if (copies[i].state == TEST_MAIL_WAITING && !hand_over(testing, i, err))
			return false;
	}
	return true;
}

/* Those that a dead sender had in its hands. */
static void settle_begun(struct test_mail *test) {
	struct test_copy *copies = test->copies.items;
	for (int i = 0; i < test->copies.count; i++)
		if (copies[i].state == TEST_MAIL_HANDING)
			copies[i].state = TEST_MAIL_UNCERTAIN;
}

static void fail_waiting(struct test_mail *test, const char *why) {
	struct test_copy *copies = test->copies.items;
	for (int i = 0; i < test->copies.count; i++)
		if (copies[i].state == TEST_MAIL_WAITING)
			copies[i] = (struct test_copy){ copies[i].address, TEST_MAIL_FAILED, why };
	test->is_over = true;
}

static bool go_on(struct job_run *run, struct error *err) {
	struct testing *testing = run->state;
	posts_turn(&testing->posts, TURN_MS);
	if (testing->failed) {
		*err = testing->error;
		return false;
	}
	if (smtp_in_flight(testing->post->pool) > 0) {
		job_keep(run);
		return job_beat(run, NULL, err);
	}
	testing->test.is_over = true;
	return test_mail_save(run->store, &testing->test, err);
}

static bool run_it(struct job_run *run, struct error *err) {
	struct testing *testing = arena_new_of(run->arena, struct testing);
	struct error why = ERROR_INIT;
	bool found;
	*testing = (struct testing){ .store = run->store, .arena = run->arena, .settings = run->context, .now = run->now };
	if (!test_mail_find(run->store, run->job.subject, run->arena, &testing->test, &found, err))
		return false;
	if (!found || testing->test.is_over)
		return true;
	posts_open(&testing->posts, run->store, testing->settings);
	arena_defer(run->arena, release, testing);
	run->state = testing;
	settle_begun(&testing->test);
	if (start(testing, &why))
		return go_on(run, err);
	*err = why;
	if (why.kind == ERROR_FAULT || why.kind == ERROR_UNAVAILABLE || why.kind == ERROR_FULL)
		return false;
	fail_waiting(&testing->test, why.text);
	return test_mail_save(run->store, &testing->test, err);
}

static bool give_up(struct job_run *run, const char *why, struct error *err) {
	struct test_mail test;
	bool found;
	if (!test_mail_find(run->store, run->job.subject, run->arena, &test, &found, err) || !found)
		return !found;
	settle_begun(&test);
	fail_waiting(&test, arena_print(run->arena, "It was interrupted: %s", why ? why : "try again"));
	return test_mail_save(run->store, &test, err);
}

const struct job_kind test_mail_job = { .name = TEST_MAIL_JOB,
	                                    .run = run_it,
	                                    .go_on = go_on,
	                                    .give_up = give_up,
	                                    .adopt = test_mails_adopt,
	                                    .lease_ms = 60 * SECOND_MS,
	                                    .attempts_max = 3,
	                                    .priority = 8,
	                                    .backoff = { SECOND_MS, 10 * SECOND_MS } };
