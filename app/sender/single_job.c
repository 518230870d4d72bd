/* Sending single emails. */
#include "sender/single_job.h"

#include "core/base/text.h"
#include "core/formats/mail.h"
#include "dispatch/letter.h"
#include "dispatch/single_mail.h"
#include "sender/letters.h"
#include "sender/limits.h"
#include "sender/posts.h"
#include "sending/refusal.h"

enum { TURN_MS = 2, ATTEMPTS = 12, COPIES_MAX = 3 }; /* campaigns are being sent beside it */

/* So many at once through one connection: a mail server that does not answer holds up no emails through others. Those
 * that would be more come again soon, or, if it takes its time, later. */
enum { AT_ONCE = 4, SLOW_MS = 3 * SECOND_MS, IDLE_MS = 5 * SECOND_MS, SOON_MS = 100, LATER_MS = 20 * SECOND_MS };

struct going {
	struct job_run *run;
	const struct settings *settings;
	struct single_mail mail;
	struct posts posts;
	struct post *post;
	struct buf bytes;
	int64_t began_ms;
	bool is_over;
	struct smtp_outcome outcome; /* if it is over */
};

static void release(void *object) {
	struct going *going = object;
	if (going->post) {
		(void)smtp_drop(going->post->pool, going);
		post_leave(&going->posts, going->post);
	}
	posts_close(&going->posts);
	buf_finish(&going->bytes);
}

static bool settle(struct going *going, enum single_mail_state status, const char *words, struct error *err) {
	going->mail.status = status;
	going->mail.error = words;
	if (status == SINGLE_MAIL_SENT)
		going->mail.sent_at = job_now(going->run);
	return single_mail_save(going->run->store, &going->mail, err);
}

/* It is tried again, later. */
static bool put_off(struct going *going, const char *words, struct error *err) {
	if (!settle(going, SINGLE_MAIL_PENDING, words, err))
		return false;
	return error_set(err, ERROR_UNAVAILABLE, "%.400s", words);
}

static bool end(struct going *going, struct error *err) {
	const struct smtp_outcome *outcome = &going->outcome;
	char words[SMTP_WORDS];
	going->mail.attempts++;
	if (outcome->result == SMTP_ACCEPTED)
		return settle(going, SINGLE_MAIL_SENT, NULL, err);
	(void)smtp_words(outcome, words);
	bool refused = outcome->result == SMTP_REFUSED || outcome->result == SMTP_DEFERRED;
	const struct refusal refusal = refused ? refusal_of(outcome) : (struct refusal){ REFUSAL_NONE, false };
	const char *said = arena_copy(going->run->arena, words);
	bool may_have_come = outcome->result == SMTP_UNCERTAIN && going->mail.attempts >= COPIES_MAX;
	if (may_have_come) /* whoever reads only that it failed would ask for another copy */
		said = arena_print(going->run->arena, "It may have arrived, so it is not tried again: %s", words);
	return refusal.is_final || may_have_come ? settle(going, SINGLE_MAIL_FAILED, said, err) : put_off(going, said, err);
}

static void done(void *context, const struct smtp_outcome *outcome) {
	struct going *going = context;
	going->is_over = true;
	going->outcome = *outcome;
}

/* The same bytes each time, but for a key that was changed meanwhile. */
static bool write_mail(struct going *going, const char **from, const char **to, struct error *err) {
	static const struct message_header headers[] = { { "Auto-Submitted", "auto-generated" } };
	static const struct letter_settings none = { 0 };
	static const struct letter_marks marks = { .headers = headers, .header_count = 1 };
	struct arena *arena = going->run->arena;
	const struct dispatch dispatch = single_mail_dispatch(&going->mail, arena);
	const struct letter_to person = { .email = mail_ascii_address(going->mail.to, arena),
		                              .values = going->mail.values };
	const char *id = arena_print(arena, "single-%s", going->mail.id);
	const struct letter *letter;
	struct dkim_signer signer;
	BUF_AUTO draft = { 0 };
	if (!letter_compile(&dispatch, &none, arena, &letter, err) ||
	    !letter_write(letter, &person, &marks, id, going->mail.created_at, arena, &draft, err))
		return false;
	*from = letter_from(letter, &person);
	*to = person.email;
	return signer_open(going->run->store, going->settings, *from, arena, &signer, err) &&
	       signer_write(&signer, &draft, going->mail.created_at, &going->bytes, err);
}

/* *wait_ms > 0: no token before that. */
static bool take_token(struct going *going, int64_t *wait_ms, struct error *err) {
	struct arena *arena = going->run->arena;
	const struct connection *connection = &going->post->connection;
	const struct send_limit limits[] = {
		{ "system", limits_of_settings(going->settings) },
		{ arena_print(arena, "connection:%s", connection->id), limits_of_connection(connection) },
	};
	struct pace_grant grant;
	if (!limits_take(going->run->store, limits, sizeof limits / sizeof *limits, 1, arena, &grant, err))
		return false;
	*wait_ms = grant.count > 0 ? 0 : grant.valid_ms;
	return true;
}

static bool go_on(struct job_run *run, struct error *err) {
	struct going *going = run->state;
	bool is_idle = going->post && smtp_silent_ms(going->post->pool) >= IDLE_MS;
	posts_turn(&going->posts, is_idle ? 0 : TURN_MS);
	if (going->is_over)
		return end(going, err);
	if (is_idle)
		job_idle(run);
	else
		job_keep(run);
	return job_beat(run, NULL, err);
}

static bool hand_over(struct going *going, struct error *err) {
	const char *from, *to;
	if (!write_mail(going, &from, &to, err))
		return false;
	smtp_start(going->post->pool, &(struct smtp_mail){ .envelope = { .from = from,
	                                                                 .to = to,
	                                                                 .message = buf_text(&going->bytes),
	                                                                 .size = going->bytes.size },
	                                                   .done = done,
	                                                   .context = going });
	return go_on(going->run, err);
}

/* How long it is to wait for others of its connection. */
static int64_t wait_for_others(const struct going *going) {
	const struct job_run *run = going->run;
	int count = 0;
	bool is_slow = true;
	for (const struct job_run *other = run->jobs->kept; other; other = other->next) {
		const struct going *one = other->kind == run->kind ? other->state : NULL;
		if (!one || !text_same(one->mail.account_id, going->mail.account_id))
			continue;
		count++;
		is_slow = is_slow && monotonic_ms() - one->began_ms >= SLOW_MS;
	}
	return count < AT_ONCE ? 0 : is_slow ? LATER_MS : SOON_MS;
}

static bool start(struct going *going, struct error *err) {
	struct job_run *run = going->run;
	struct error why = ERROR_INIT;
	const char *suppressed;
	int64_t wait_ms = wait_for_others(going);
	if (wait_ms > 0) {
		job_again(run, wait_ms);
		return true;
	}
	if (!single_mail_check(run->store, going->mail.to, run->arena, &suppressed, err))
		return false;
	if (suppressed)
		return settle(going, SINGLE_MAIL_SUPPRESSED, suppressed, err);
	if (!posts_take(&going->posts, going->mail.account_id, &going->post, &why))
		return why.kind == ERROR_CONFLICT ? put_off(going, arena_copy(run->arena, why.text), err) : (*err = why, false);
	if (!take_token(going, &wait_ms, err))
		return false;
	if (wait_ms > 0) {
		job_again(run, wait_ms);
		return true;
	}
	return hand_over(going, err);
}

static bool run_it(struct job_run *run, struct error *err) {
	struct going *going = arena_new_of(run->arena, struct going);
	bool found;
	*going = (struct going){ .run = run, .settings = run->context, .began_ms = monotonic_ms() };
	if (!single_mail_find(run->store, run->job.subject, run->arena, &going->mail, &found, err))
		return false;
	if (!found || going->mail.status != SINGLE_MAIL_PENDING)
		return true;
	posts_open(&going->posts, run->store, going->settings);
	arena_defer(run->arena, release, going);
	run->state = going;
	return start(going, err);
}

static bool give_up(struct job_run *run, const char *why, struct error *err) {
	struct single_mail mail;
	bool found;
	if (!single_mail_find(run->store, run->job.subject, run->arena, &mail, &found, err))
		return false;
	if (!found || mail.status != SINGLE_MAIL_PENDING)
		return true;
	mail.status = SINGLE_MAIL_FAILED;
	mail.error = why ? why : mail.error;
	return single_mail_save(run->store, &mail, err);
}

const struct job_kind single_mail_job = { .name = SINGLE_MAIL_JOB,
	                                      .run = run_it,
	                                      .go_on = go_on,
	                                      .give_up = give_up,
	                                      .adopt = single_mails_adopt,
	                                      .lease_ms = 60 * SECOND_MS,
	                                      .attempts_max = ATTEMPTS,
	                                      .priority = 9,
	                                      .backoff = { 15 * SECOND_MS, HOUR_MS } };
