/* Sending mails by SMTP (RFC 5321) on many sessions at once, in one thread that never blocks on any of them.
 *
 * A pool serves one account. smtp_start queues a mail; smtp_turn opens sessions, advances all of them, and passes each
 * mail's outcome (core/client/smtp_dialog.h) to its callback. libcurl opens the sessions and transports the bytes;
 * MAIL, RCPT and DATA are our own, because libcurl's SMTP transfer blocks the whole process while a server processes
 * the end of a message, and does not reliably tell whether a message was accepted.
 *
 * Nothing is handed over twice: a mail moves to another session only if the first one ended before any of its body was
 * sent, and had worked before (servers may close idle sessions at any time), or if the server announced PIPELINING but
 * answered only the first of several commands; then the pool sends them singly from there on.
 *
 * TLS is required, except for a server on this machine. If a user is set, the server must offer AUTH. A user and
 * password that the server refuses are not tried again by the same pool: all its mails are NOT_SENT.
 *
 * A server may quote in its replies what it was sent. The password and long hexadecimal numbers, as in the address of a
 * report, are hidden in the words of an outcome. */
#ifndef CLIENT_SMTP_H
#define CLIENT_SMTP_H

#include "core/client/address.h"
#include "core/client/smtp_dialog.h"

struct smtp_account {
	const char *host, *user, *password; /* user "": no authentication; the password is secret */
	const char *hello;                  /* our name in EHLO: letters, digits, dots, hyphens */
	const char *authorities;            /* a PEM file of trusted certificates; NULL or "": the system's */
	int port;                           /* 465: TLS from the start; otherwise STARTTLS */
	bool tls;                           /* false: plain text, for a server on this machine */
	enum address_reach reach;           /* how far the host may lead, whatever its name resolves to */
};

/* Does the host's name mean this machine? */
bool smtp_is_here(const char *host);

/* Timeouts in ms (RFC 5321 section 4.5.3.2, where it has one). */
struct smtp_times {
	int64_t connect; /* to connect */
	int64_t open;    /* after that: greeting, EHLO, TLS, authentication */
	int64_t command; /* MAIL, RCPT, DATA, RSET */
	int64_t block;   /* until the server reads more of the body */
	int64_t body;    /* the whole body, however slowly it is read */
	int64_t dot;     /* the reply to the end of the message */
	int64_t quit;
	int64_t idle; /* a session without a mail is closed after this */
	int64_t age;  /* a session takes no more mails after this */
};
extern const struct smtp_times smtp_times;

/* Pure. smtp_times in proportion to how long a server may take to answer a command; and to confirm a whole message. */
struct smtp_times smtp_times_of(int64_t reply_ms, int64_t dot_ms);

struct smtp_limits {
	int sessions; /* at once */
	int mails;    /* per session */
	bool singly;  /* no command before the reply to the one before, whatever the server announces */
};
extern const struct smtp_limits smtp_limits;

struct smtp_mail {
	struct smtp_envelope envelope; /* what it points to must live until `done` */

	/* Called before the first byte of the body is sent, to record that the mail is about to be handed over. If it
	 * returns false, the mail is NOT_SENT. NULL: nothing to record. */
	bool (*begin)(void *context);

	/* Instead of begin: called once when the server waits for the body. The session then waits until smtp_allow or
	 * smtp_drop is called for this context, which may be some time later; one that waits too long, or whose server
	 * hangs up, ends the mail as NOT_SENT. NULL: begin decides at once. */
	void (*granted)(void *context);

	/* Called once. May call smtp_start. */
	void (*done)(void *context, const struct smtp_outcome *outcome);
	void *context;
};

struct smtp_pool;

/* times, limits: NULL for the defaults. The times and what the account points to must outlive the pool. SIGPIPE must be
 * ignored. */
struct smtp_pool *smtp_pool_new(const struct smtp_account *account, const struct smtp_times *times,
                                const struct smtp_limits *limits);
void smtp_pool_free(struct smtp_pool *pool); /* drops mails without calling back; does not wait */

void smtp_start(struct smtp_pool *pool, const struct smtp_mail *mail); /* copies *mail */
int smtp_in_flight(const struct smtp_pool *pool);                      /* mails without an outcome */

/* The mail with this context has been granted: its body is sent. False: no session has it any more; `done` has been
 * called, or will be. */
bool smtp_allow(struct smtp_pool *pool, const void *context);

/* Ends the mail with this context without a body and without calling `done`; what the envelope points to is not used
 * any more. Not for one that was allowed. False: there is no such mail. */
bool smtp_drop(struct smtp_pool *pool, const void *context);

/* For how long all sessions that have a mail have waited for the server; 0 if one of them has not, or none has a mail.
 */
int64_t smtp_silent_ms(const struct smtp_pool *pool);

/* What a mail has taken the server of late, from MAIL to its last answer; how long it waited for us is left out. Each
 * mail changes it by a quarter of the difference. */
int64_t smtp_took_ms(const struct smtp_pool *pool);

/* Ends all mails that no session has begun: `done` is called with this outcome. */
void smtp_fail_queued(struct smtp_pool *pool, const struct smtp_outcome *outcome);

/* Waits up to `ms` for something to happen, and handles it. */
void smtp_turn(struct smtp_pool *pool, int ms);

/* For who stores what becomes of many mails in one go: goes on while the server answers at once, for up to `ms`; until
 * no session waits for it any more, or a millisecond has passed without an answer. */
void smtp_gather(struct smtp_pool *pool, int ms);

/* "550 5.1.1 no such mailbox (at RCPT)", for people. Returns out. */
enum { SMTP_WORDS = SMTP_TEXT_BYTES + 64 };
const char *smtp_words(const struct smtp_outcome *outcome, char out[SMTP_WORDS]);

#endif
