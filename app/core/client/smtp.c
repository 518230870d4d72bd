/* The pool of sessions. */
#include "core/client/smtp.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/moment.h"
#include "core/base/text.h"
#include "core/client/smtp_session.h"

/* Poll entries: an open session has one, one that is being opened may have several. */
enum {
	ROWS_A_SESSION = 4,
	STALE_MAX = 3,
	PAUSE_MS = 10 * SECOND_MS,
	SIGN_IN_MS = 10 * SECOND_MS,
	LEARNT_MS = 600 * SECOND_MS,
	TOOK_OF = 4
};

const struct smtp_times smtp_times = {
	.connect = 30 * SECOND_MS,
	.open = 60 * SECOND_MS,
	.command = 120 * SECOND_MS,
	.block = 180 * SECOND_MS,
	.body = 1800 * SECOND_MS,
	.dot = 600 * SECOND_MS,
	.quit = 5 * SECOND_MS,
	.idle = 30 * SECOND_MS,
	.age = 300 * SECOND_MS,
};

struct smtp_times smtp_times_of(int64_t reply_ms, int64_t dot_ms) {
	struct smtp_times times = smtp_times;
	times.connect = reply_ms / 4;
	times.open = reply_ms / 2;
	times.command = reply_ms;
	times.block = reply_ms * 3 / 2;
	times.dot = dot_ms;
	return times;
}

const struct smtp_limits smtp_limits = { .sessions = 8, .mails = 100 };

struct smtp_pool {
	struct smtp_account account;
	const struct smtp_times *times;
	struct smtp_limits limits;
	int mails_wanted;     /* per session, as configured; limits.mails may be what the server allows */
	int64_t learnt_until; /* monotonic */
	struct smtp_item *queue, **last;
	int queued, in_flight;
	struct smtp_session *sessions;
	int session_count, opening;
	int64_t took_ms;    /* smtp_took_ms */
	int64_t not_before; /* monotonic: open no more sessions until then, as the server refused one */
	bool proved;        /* the server has opened a session, so it accepts the user and password */
	bool denied;        /* it does not: they are not tried again; denial tells why */
	struct smtp_outcome denial;
	struct pollfd *polled;
};

struct smtp_pool *smtp_pool_new(const struct smtp_account *account, const struct smtp_times *times,
                                const struct smtp_limits *limits) {
	struct smtp_pool *pool = calloc(1, sizeof *pool);
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	if (!pool)
		abort();
	pool->account = *account;
	pool->times = times ? times : &smtp_times;
	pool->limits = limits ? *limits : smtp_limits;
	pool->mails_wanted = pool->limits.mails;
	pool->last = &pool->queue;
	pool->polled = calloc((size_t)pool->limits.sessions * ROWS_A_SESSION, sizeof *pool->polled);
	if (!pool->polled)
		abort();
	return pool;
}

static void push(struct smtp_pool *pool, struct smtp_item *item) {
	item->next = NULL;
	*pool->last = item;
	pool->last = &item->next;
	pool->queued++;
}

/* A mail whose session ended goes before those that have not started. */
static void push_front(struct smtp_pool *pool, struct smtp_item *item) {
	if (!pool->queue)
		pool->last = &item->next;
	item->next = pool->queue;
	pool->queue = item;
	pool->queued++;
}

static struct smtp_item *pop(struct smtp_pool *pool) {
	struct smtp_item *item = pool->queue;
	pool->queue = item->next;
	if (!pool->queue)
		pool->last = &pool->queue;
	pool->queued--;
	return item;
}

void smtp_start(struct smtp_pool *pool, const struct smtp_mail *mail) {
	struct smtp_item *item = calloc(1, sizeof *item);
	if (!item)
		abort();
	item->mail = *mail;
	pool->in_flight++;
	push(pool, item);
}

int smtp_in_flight(const struct smtp_pool *pool) {
	return pool->in_flight;
}

/* As it is, and as the two ways of signing in send it. */
static void hide_password(const struct smtp_account *account, char *text) {
	BUF_AUTO plain = { 0 };
	buf_char(&plain, '\0');
	buf_add(&plain, account->user, strlen(account->user) + 1);
	buf_text_add(&plain, account->password);
	g_autofree gchar *both = g_base64_encode((const guchar *)plain.bytes, plain.size);
	g_autofree gchar *alone = g_base64_encode((const guchar *)account->password, strlen(account->password));
	smtp_text_hide(text, account->password);
	smtp_text_hide(text, both);
	smtp_text_hide(text, alone);
}

void smtp_hide_secrets(const struct smtp_account *account, char *text) {
	if (!text_is_empty(account->password))
		hide_password(account, text);
	smtp_text_hide_keys(text);
}

static void finish(struct smtp_pool *pool, struct smtp_item *item, const struct smtp_outcome *outcome) {
	const struct smtp_mail mail = item->mail;
	struct smtp_outcome kept = *outcome;
	smtp_hide_secrets(&pool->account, kept.reply.text);
	free(item);
	pool->in_flight--;
	mail.done(mail.context, &kept);
}

/* A server that ends sessions after so many mails would cost each following mail a try: take no more for a while. */
static void learn(struct smtp_pool *pool, const struct smtp_session *session) {
	if (session->mails <= 1 || session->mails > pool->limits.mails)
		return;
	pool->limits.mails = session->mails - 1;
	pool->learnt_until = monotonic_ms() + LEARNT_MS;
}

static void forget(struct smtp_pool *pool) {
	if (monotonic_ms() >= pool->learnt_until)
		pool->limits.mails = pool->mails_wanted;
}

static void note_time(struct smtp_pool *pool, const struct smtp_session *session) {
	int64_t took = monotonic_ms() - session->item_began - session->ours_ms;
	pool->took_ms = (pool->took_ms * (TOOK_OF - 1) + took) / TOOK_OF;
}

/* Finishes the mail of a session, or moves it to another session. */
static void settle(struct smtp_pool *pool, struct smtp_session *session) {
	const struct smtp_outcome *outcome = smtp_session_outcome(session);
	struct smtp_item *item = session->item;
	if (!outcome)
		return;
	session->item = NULL;
	note_time(pool, session);
	if (outcome->stale)
		learn(pool, session);
	pool->limits.singly |= outcome->unheeded;
	bool moves = (outcome->stale || outcome->unheeded) && !session->asked;
	if (moves && outcome->stage < SMTP_AT_BODY && ++item->stale < STALE_MAX)
		push_front(pool, item);
	else
		finish(pool, item, outcome);
}

void smtp_fail_queued(struct smtp_pool *pool, const struct smtp_outcome *outcome) {
	for (int left = pool->queued; left > 0; left--)
		finish(pool, pop(pool), outcome);
}

/* While other sessions work, the server may simply allow no more of them. If this was the last one, its failure is that
 * of all queued mails. */
static void could_not_open(struct smtp_pool *pool, const struct smtp_outcome *failure) {
	pool->not_before = monotonic_ms() + PAUSE_MS;
	if (pool->session_count > 0)
		return;
	pool->not_before = 0;
	smtp_fail_queued(pool, failure);
}

static void drop(struct smtp_pool *pool, struct smtp_session **at) {
	struct smtp_session *session = *at;
	const struct smtp_outcome failure = session->failure;
	bool never_opened = session->failed;
	if (session->denied) {
		pool->denied = true;
		pool->denial = failure;
	}
	*at = session->next;
	pool->session_count--;
	smtp_session_free(session);
	if (never_opened)
		could_not_open(pool, &failure);
}

static void open_session(struct smtp_pool *pool) {
	struct smtp_session *session = smtp_session_new(&pool->account, pool->times, &pool->limits);
	session->next = pool->sessions;
	pool->sessions = session;
	pool->session_count++;
	pool->opening++;
}

/* A wrong password is tried once, and not by each session: servers lock accounts after a few tries. One that takes long
 * over its answer holds up the others for a while only. */
static bool waits_for_sign_in(const struct smtp_pool *pool) {
	if (!*pool->account.user || pool->proved)
		return false;
	for (const struct smtp_session *session = pool->sessions; session; session = session->next)
		if (session->state == SMTP_OPENING && monotonic_ms() - session->began < SIGN_IN_MS)
			return true;
	return false;
}

static void open_sessions(struct smtp_pool *pool) {
	pool->opening = 0;
	forget(pool);
	for (struct smtp_session *session = pool->sessions; session; session = session->next) {
		pool->opening += session->state == SMTP_OPENING;
		pool->proved |= session->state == SMTP_OPEN;
	}
	if (pool->denied && pool->session_count == 0)
		smtp_fail_queued(pool, &pool->denial);
	if (pool->denied || (pool->session_count > 0 && monotonic_ms() < pool->not_before))
		return;
	while (pool->opening < pool->queued && pool->session_count < pool->limits.sessions && !waits_for_sign_in(pool))
		open_session(pool);
}

/* Gives mails to free sessions. A mail that the server cannot take has its outcome at once and leaves the session free.
 */
static void deal(struct smtp_pool *pool) {
	for (struct smtp_session *session = pool->sessions; session; session = session->next)
		while (pool->queued > 0 && smtp_session_is_free(session)) {
			smtp_session_begin(session, pop(pool));
			settle(pool, session);
		}
	open_sessions(pool);
}

static int wait_for_something(struct smtp_pool *pool, int ms) {
	int count = 0, room = pool->limits.sessions * ROWS_A_SESSION;
	int64_t now = monotonic_ms(), patience = ms;
	for (struct smtp_session *session = pool->sessions; session; session = session->next) {
		count += smtp_session_poll(session, pool->polled + count, room - count);
		int64_t left = smtp_session_patience(session, now);
		if (left < patience)
			patience = left;
	}
	return poll(pool->polled, (nfds_t)count, (int)patience);
}

static void drop_gone(struct smtp_pool *pool) {
	for (struct smtp_session **at = &pool->sessions; *at;)
		if ((*at)->state == SMTP_GONE)
			drop(pool, at);
		else
			at = &(*at)->next;
}

/* Returns whether anything was heard of the server. */
static bool turn(struct smtp_pool *pool, int ms) {
	deal(pool);
	bool heard = wait_for_something(pool, ms) > 0;
	for (struct smtp_session *session = pool->sessions; session; session = session->next) {
		smtp_session_turn(session);
		settle(pool, session);
	}
	drop_gone(pool);
	deal(pool);
	return heard;
}

void smtp_turn(struct smtp_pool *pool, int ms) {
	(void)turn(pool, ms);
}

static bool waits_for_server(const struct smtp_pool *pool) {
	for (const struct smtp_session *session = pool->sessions; session; session = session->next)
		if (session->item && session->dialog.phase != SMTP_GRANTED)
			return true;
	return false;
}

void smtp_gather(struct smtp_pool *pool, int ms) {
	int64_t end = monotonic_ms() + ms;
	while (waits_for_server(pool) && monotonic_ms() < end && turn(pool, 1))
		continue;
}

int64_t smtp_silent_ms(const struct smtp_pool *pool) {
	const int64_t now = monotonic_ms();
	int64_t silent = INT64_MAX;
	for (const struct smtp_session *session = pool->sessions; session; session = session->next) {
		int64_t waited = session->dialog.phase == SMTP_GRANTED ? 0 : now - session->since;
		if (session->item && waited < silent)
			silent = waited;
	}
	return silent == INT64_MAX ? 0 : silent;
}

int64_t smtp_took_ms(const struct smtp_pool *pool) {
	return pool->took_ms;
}

static struct smtp_session *session_with(struct smtp_pool *pool, const void *context) {
	for (struct smtp_session *session = pool->sessions; session; session = session->next)
		if (session->item && session->item->mail.context == context)
			return session;
	return NULL;
}

bool smtp_allow(struct smtp_pool *pool, const void *context) {
	struct smtp_session *session = session_with(pool, context);
	return session && smtp_session_allow(session);
}

static struct smtp_item *take_queued(struct smtp_pool *pool, const void *context) {
	for (struct smtp_item **at = &pool->queue; *at; at = &(*at)->next) {
		struct smtp_item *item = *at;
		if (item->mail.context != context)
			continue;
		*at = item->next;
		if (pool->last == &item->next)
			pool->last = at;
		pool->queued--;
		return item;
	}
	return NULL;
}

bool smtp_drop(struct smtp_pool *pool, const void *context) {
	struct smtp_session *session = session_with(pool, context);
	struct smtp_item *item = session ? session->item : take_queued(pool, context);
	if (!item)
		return false;
	if (session)
		smtp_session_abandon(session);
	free(item);
	pool->in_flight--;
	return true;
}

void smtp_pool_free(struct smtp_pool *pool) {
	if (!pool)
		return;
	while (pool->sessions) {
		struct smtp_session *session = pool->sessions;
		pool->sessions = session->next;
		free(session->item);
		smtp_session_free(session);
	}
	while (pool->queued > 0)
		free(pop(pool));
	free(pool->polled);
	free(pool);
}

const char *smtp_words(const struct smtp_outcome *outcome, char out[SMTP_WORDS]) {
	const struct smtp_reply *reply = &outcome->reply;
	char code[16] = "";
	if (reply->code > 0)
		(void)snprintf(code, sizeof code, "%d ", reply->code);
	(void)snprintf(out, SMTP_WORDS, "%s%s%s%s (at %s)", code, reply->enhanced, reply->enhanced[0] ? " " : "",
	               reply->text, smtp_stage_name(outcome->stage));
	return out;
}
