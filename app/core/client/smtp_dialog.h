/* The dialog of an SMTP session from MAIL to QUIT (RFC 5321), as a state machine on bytes: the server's bytes go in,
 * the bytes to send come out, and each mail ends with an outcome. Pure: no socket, no clock, no libcurl.
 *
 *   READY -begin-> MAIL -> RCPT -> DATA -354-> GRANTED -allow-> BODY -last byte sent-> DOT -reply-> READY
 *                   '-------'-------' refused -> (DRAIN) -> RSET -> READY        READY -quit-> QUIT -> CLOSED
 *
 * In CLOSED, the connection must be closed: it was lost, it timed out, or the server's bytes make no sense.
 *
 * Certainty: until the last byte of the final CR LF . CR LF has been passed to the connection (smtp_dialog_sent), a
 * failure means that nothing was handed over. From then until a complete reply, nobody knows: UNCERTAIN. A mail has one
 * recipient, so a reply never concerns several. MAIL, RCPT and DATA are sent together if the server announces
 * PIPELINING (RFC 2920); the body always waits for the 354.
 *
 * Usage:
 *   - bytes = smtp_dialog_output(d, &size); write them to the connection; smtp_dialog_sent(d, number written)
 *   - smtp_dialog_input(d, bytes received); smtp_dialog_end(d, ...) when no more can be expected
 *   - in phase GRANTED, smtp_dialog_allow(d), once it is recorded that the mail is about to be handed over
 *   - when smtp_dialog_outcome(d) is not NULL, the mail is finished; in phase READY the next one may begin */
#ifndef CLIENT_SMTP_DIALOG_H
#define CLIENT_SMTP_DIALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/client/smtp_body.h"
#include "core/client/smtp_reply.h"

enum { SMTP_MESSAGE_MAX = 10 * 1024 * 1024, SMTP_ADDRESS_MAX = 320 };

/* What the server announces in EHLO. */
struct smtp_features {
	bool pipelining, utf8, eight_bit, enhanced, auth;
	int64_t size; /* maximum message size; 0: not stated */
	bool named;   /* the first line, with the server's name, has been read */
};

/* Takes one line of the server's replies before the first mail: greeting, EHLO, STARTTLS, EHLO again. Announcements
 * made before STARTTLS are discarded (RFC 3207 section 4.2). */
void smtp_features_line(struct smtp_features *features, const char *line, size_t size);

enum smtp_result {
	SMTP_ACCEPTED,  /* the server has taken responsibility for it */
	SMTP_DEFERRED,  /* 4xx: it may be accepted later */
	SMTP_REFUSED,   /* 5xx, or the server cannot take such a mail at all */
	SMTP_NOT_SENT,  /* nothing was handed over, for no fault of the recipient: connection, authentication, protocol */
	SMTP_UNCERTAIN, /* handed over without a reply: it may have been delivered */
	SMTP_RESULT_COUNT,
};

/* How far a mail got. */
enum smtp_stage {
	SMTP_AT_SESSION, /* connecting, TLS, authentication */
	SMTP_AT_CHECK,   /* before MAIL: the mail itself against what the server announces */
	SMTP_AT_MAIL,
	SMTP_AT_RCPT,
	SMTP_AT_DATA,
	SMTP_AT_BODY,
	SMTP_AT_DOT, /* the whole message was sent */
	SMTP_STAGE_COUNT,
};
const char *smtp_stage_name(enum smtp_stage stage); /* "session", "check", "MAIL" ... */

struct smtp_outcome {
	enum smtp_result result;
	enum smtp_stage stage;
	struct smtp_reply reply; /* if its code is 0, the text is ours and not the server's */

	/* NOT_SENT because a session that had worked before has ended (closed, 421 or 503): the same mail may be tried on
	 * another session at once. */
	bool stale;
	/* NOT_SENT because of the commands that were sent together only the first ones were answered: the server announces
	 * PIPELINING, but does not heed it. The same mail may be tried at once, without. */
	bool unheeded;
};

/* The domains are A-labels (RFC 5890); a local part may be UTF-8 if the server announces SMTPUTF8. */
struct smtp_envelope {
	const char *from; /* "": the null sender */
	const char *to;
	const char *message; /* see smtp_body_flaw */
	size_t size;
};

enum smtp_phase {
	SMTP_READY,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_GRANTED,
	SMTP_BODY,
	SMTP_DOT,
	SMTP_DRAIN, /* refused; replies to pipelined commands are outstanding */
	SMTP_RSET,
	SMTP_QUIT,
	SMTP_CLOSED,
	SMTP_PHASE_COUNT,
};

struct smtp_dialog {
	struct smtp_features features;
	enum smtp_phase phase;
	struct smtp_reply_reader reader;
	struct smtp_envelope mail;
	struct smtp_body body;
	struct smtp_outcome outcome;
	bool settled;             /* the outcome is that of the current mail */
	bool worked;              /* this session has answered an earlier mail */
	bool early;               /* a reply had begun before its command was sent */
	int put, asked, answered; /* commands: written to out, sent completely, replied to */
	size_t out_size, out_at;
	char out[16 * 1024];
};

/* For a session that is open: greeting, EHLO, TLS and authentication are done. */
void smtp_dialog_open(struct smtp_dialog *dialog, const struct smtp_features *features);

/* In phase READY. What `mail` points to must live until the outcome. A mail that this server cannot take has its
 * outcome at once, and the phase stays READY. */
void smtp_dialog_begin(struct smtp_dialog *dialog, const struct smtp_envelope *mail);

/* In phase GRANTED: the body may be sent. */
void smtp_dialog_allow(struct smtp_dialog *dialog);

/* In phase READY. */
void smtp_dialog_quit(struct smtp_dialog *dialog);

/* The bytes to send now; *size 0: none. They stay the same, at the same address, until smtp_dialog_sent reports that
 * some were written, as TLS libraries require. */
const char *smtp_dialog_output(struct smtp_dialog *dialog, size_t *size);
void smtp_dialog_sent(struct smtp_dialog *dialog, size_t size);

void smtp_dialog_input(struct smtp_dialog *dialog, const char *bytes, size_t size);

/* The connection is lost (`by_server`) or is being given up, because of `why`. */
void smtp_dialog_end(struct smtp_dialog *dialog, bool by_server, const char *why);

/* NULL while the mail has none. */
const struct smtp_outcome *smtp_dialog_outcome(const struct smtp_dialog *dialog);

/* An outcome without a reply. */
struct smtp_outcome smtp_outcome_of(enum smtp_result result, enum smtp_stage stage, const char *words);

#endif
