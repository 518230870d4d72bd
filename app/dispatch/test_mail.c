/* Test mails: what was asked for, and what became of it. */
#include "dispatch/test_mail.h"

#include "audience/contacts/membership.h"
#include "composing/draft.h"
#include "core/formats/mail.h"
#include "core/jobs/queue.h"
#include "core/store/clock.h"
#include "core/store/rate_limit.h"
#include "core/store/version.h"
#include "dispatch/ready.h"
#include "dispatch/verdict.h"

enum { A_MINUTE = 10, KEPT_DAYS = 30, ADOPTED_AT_ONCE = 100 };

static const char TESTS[] = "test_mails";

static const char *const state_names[] = { "waiting", "handing", "sent", "failed", "uncertain" };
_Static_assert(sizeof state_names / sizeof *state_names == TEST_MAIL_STATES, "a name a state");
const struct choices test_mail_states = CHOICES(state_names);

static const struct field copy_fields[] = {
	FIELD(struct test_copy, address),
	FIELD(struct test_copy, state, .choices = &test_mail_states),
	FIELD(struct test_copy, words),
};
static const struct record_type copy_record = RECORD_TYPE("TestCopy", struct test_copy, copy_fields);

static const struct field fields[] = {
	FIELD(struct test_mail, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct test_mail, campaign_id, .flags = FIELD_ID),
	FIELD(struct test_mail, asked_by),
	FIELD(struct test_mail, asked_at),
	FIELD(struct test_mail, expires_at, .doc = "When it is deleted"),
	FIELD_LIST(struct test_mail, copies, copy_record),
	FIELD(struct test_mail, is_over),
};
const struct record_type test_mail_record = RECORD_TYPE("TestMail", struct test_mail, fields);

bool test_mail_find(struct store *store, const char *id, struct arena *arena, struct test_mail *test, bool *found,
                    struct error *err) {
	return store_find(store, TESTS, FILTER(by_id(id)), NULL, &test_mail_record, arena, test, found, err);
}

bool test_mail_save(struct store *store, const struct test_mail *test, struct error *err) {
	bool found;
	return store_save(store, TESTS, FILTER(by_id(test->id)), &test_mail_record, test, ONLY("copies", "is_over"), &found,
	                  err);
}

bool test_mail_list(struct store *store, const char *campaign_id, struct arena *arena, struct rows *tests,
                    struct error *err) {
	return store_list(store, TESTS, FILTER(eq_id("campaign_id", campaign_id)), SORT(desc("asked_at"), desc("_id")),
	                  TEST_MAILS_SHOWN, &test_mail_record, arena, &tests->items, &tests->count, err);
}

/* The addresses, each once. */
static bool read_addresses(const struct acting *acting, const struct strings *to, struct strings *norms,
                           struct error *err) {
	*norms = (struct strings){ arena_array(acting->arena, const char *, to->count + 1), 0 };
	for (int i = 0; i < to->count; i++) {
		const char *norm = contact_norm(acting->arena, to->items[i]);
		struct error ignored;
		if (!norm || !mail_check_address(to->items[i], "to", &ignored))
			return error_field(err, "to", "“%.80s” is not an email address. Write it in full, like bob@acme.example",
			                   to->items[i]);
		if (!strings_have(norms, norm))
			norms->items[norms->count++] = norm;
	}
	return (norms->count >= 1 && norms->count <= TEST_MAIL_ADDRESSES) ||
	       error_field(err, "to", "Write 1 to %d addresses", TEST_MAIL_ADDRESSES);
}

/* Whoever has complained, or was suppressed for another reason, gets no test either. */
static bool check_suppressed(const struct acting *acting, const struct strings *norms, struct error *err) {
	const struct mailable_question question = { .suppression_list = acting->settings->suppression_list };
	struct contact *contacts;
	int count;
	if (!contact_find_by_addresses(acting->store, norms, acting->arena, &contacts, &count, err))
		return false;
	enum mailable *verdicts = arena_array(acting->arena, enum mailable, count + 1);
	if (!verdict_read(acting->store, contacts, count, &question, acting->arena, verdicts, err))
		return false;
	for (int i = 0; i < count; i++)
		if (verdicts[i] == MAILABLE_SUPPRESSED)
			return error_field(err, "to", "%.100s is suppressed: nothing is sent there", contacts[i].email);
	return true;
}

/* All that keeps it from being sent, but for who gets it. */
static bool check_content(const struct acting *acting, const struct composition *said, struct problems *problems,
                          struct error *err) {
	struct rows hindrances, kept;
	if (!ready_check(acting->store, acting->settings, said, true, acting->now, acting->arena, &hindrances, err))
		return false;
	struct missing *items = arena_array(acting->arena, struct missing, hindrances.count + 1);
	const struct missing *all = hindrances.items;
	kept = (struct rows){ items, 0 };
	for (int i = 0; i < hindrances.count; i++)
		if (!text_same(all[i].step, choice_name(&steps, STEP_AUDIENCE)))
			items[kept.count++] = all[i];
	return ready_refuse(&kept, acting->arena, problems, err);
}

static bool take_turn(const struct acting *acting, struct error *err) {
	const struct rate_limit limit = { arena_print(acting->arena, "test_mail:%.80s", acting->by), A_MINUTE,
		                              (double)A_MINUTE / 60 };
	int taken;
	int64_t wait_ms;
	return rate_limit_take(acting->store, &limit, 1, &taken, &wait_ms, err) &&
	       (taken || error_limited(err, wait_ms, "More than %d tests a minute: wait a moment", A_MINUTE));
}

static bool ask_job(struct store *store, const char *test_id, struct arena *arena, struct error *err) {
	const struct job_request request = { TEST_MAIL_JOB, arena_print(arena, "test:%s", test_id), test_id, 0 };
	const char *id;
	bool already;
	return queue_ask(store, &request, arena, &id, &already, err);
}

bool test_mails_adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct test_mail *open;
	struct moment now;
	int count;
	(void)context;
	if (!store_now(store, &now, err) ||
	    !store_list(store, TESTS,
	                FILTER(gte_moment("expires_at", moment_add(now, (KEPT_DAYS - 1) * DAY_MS)),
	                       ne_bool("is_over", true)),
	                SORT(asc("expires_at"), asc("_id")), ADOPTED_AT_ONCE, &test_mail_record, arena, (void **)&open,
	                &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!ask_job(store, open[i].id, arena, err))
			return false;
	return true;
}

static bool ask_for_it(const struct acting *acting, struct test_mail *test, const struct strings *norms,
                       struct error *err) {
	struct test_copy *copies = arena_array(acting->arena, struct test_copy, norms->count);
	bool was_there;
	for (int i = 0; i < norms->count; i++)
		copies[i] = (struct test_copy){ norms->items[i], TEST_MAIL_WAITING, NULL };
	test->copies = (struct rows){ copies, norms->count };
	test->asked_by = acting->by;
	test->asked_at = acting->now;
	test->expires_at = moment_add(acting->now, KEPT_DAYS * DAY_MS);
	return store_create(acting->store, TESTS, &test_mail_record, test, test->id, &was_there, err) &&
	       ask_job(acting->store, test->id, acting->arena, err) && version_bump(acting->store, REALM_CAMPAIGNS, err);
}

bool test_mail_ask(const struct acting *acting, const char *campaign_id, const struct strings *to, const char *id,
                   struct problems *problems, struct test_mail *test, struct error *err) {
	struct draft draft;
	struct strings norms;
	bool is_there; /* whoever asked for it was killed before the answer */
	if (!test_mail_find(acting->store, id, acting->arena, test, &is_there, err))
		return false;
	if (is_there)
		return ask_job(acting->store, test->id, acting->arena, err);
	*test = (struct test_mail){ .id = id };
	if (!draft_find(acting->store, campaign_id, acting->arena, &draft, err) ||
	    !read_addresses(acting, to, &norms, err) || !check_suppressed(acting, &norms, err) ||
	    !check_content(acting, &draft.composition, problems, err) || !take_turn(acting, err))
		return false;
	test->campaign_id = draft.campaign.id;
	return ask_for_it(acting, test, &norms, err);
}
