/* Test mails of a draft: it goes to a few addresses as it would to recipients, by a job of telltale-sender
 * (sender/test_job.h). Nothing of it is tracked, and its unsubscribe link unsubscribes nobody. */
#ifndef DISPATCH_TEST_MAIL_H
#define DISPATCH_TEST_MAIL_H

#include "dispatch/acting.h"

#define TEST_MAIL_JOB "test_mail"
enum { TEST_MAIL_ADDRESSES = 5, TEST_MAILS_SHOWN = 5 };

enum test_mail_state {
	TEST_MAIL_WAITING,
	TEST_MAIL_HANDING,
	TEST_MAIL_SENT,
	TEST_MAIL_FAILED,
	TEST_MAIL_UNCERTAIN,
	TEST_MAIL_STATES
};
extern const struct choices test_mail_states;

struct test_copy {
	const char *address;
	unsigned state;    /* enum test_mail_state */
	const char *words; /* why it failed, in the mail server's words or ours; NULL: nothing to say */
};

struct test_mail {
	const char *id, *campaign_id, *asked_by;
	struct moment asked_at, expires_at;
	struct rows copies; /* struct test_copy */
	bool is_over;
};
extern const struct record_type test_mail_record;

/* `id`: exchange_new_id; if there is one of this id already, it is *test, and no second one is sent. INVALID names
 * `to`, or what of the content keeps it from being sent; LIMITED: too many in a minute. */
bool test_mail_ask(const struct acting *acting, const char *campaign_id, const struct strings *to, const char *id,
                   struct problems *problems, struct test_mail *test, struct error *err) MUST_CHECK;

/* Of the last day's, those without a job, which a crash has left out, get one (`adopt` of a job kind). */
bool test_mails_adopt(struct store *store, void *context, struct error *err) MUST_CHECK;

/* The newest first. */
bool test_mail_list(struct store *store, const char *campaign_id, struct arena *arena, struct rows *tests,
                    struct error *err) MUST_CHECK;

bool test_mail_find(struct store *store, const char *id, struct arena *arena, struct test_mail *test, bool *found,
                    struct error *err) MUST_CHECK;
bool test_mail_save(struct store *store, const struct test_mail *test, struct error *err) MUST_CHECK;

#endif
