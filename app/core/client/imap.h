/* Reading a mailbox by IMAP, in one thread that never waits longer than it is told to. libcurl speaks the protocol;
 * what it passes on unread is read by core/client/imap_words.h.
 *
 * TLS is required, except for a server on this machine. Nothing is deleted; the server marks as read what is fetched.
 * Problems are in words of ours and never have what a server said, which may quote the password. */
#ifndef CLIENT_IMAP_H
#define CLIENT_IMAP_H

#include "core/base/buf.h"
#include "core/base/moment.h"
#include "core/client/imap_words.h"

struct imap_account {
	const char *url;             /* "imaps://host:993" or "imap://host:143", which begins TLS by STARTTLS */
	const char *user, *password; /* the password is secret */
	const char *folder;
	const char *authorities; /* a PEM file of trusted certificates; "": the system's */
};

enum imap_state {
	IMAP_BUSY,
	IMAP_DONE,    /* with what was asked for */
	IMAP_GONE,    /* of a mail: it is not there any more */
	IMAP_REFUSED, /* the server does not give this mail */
	IMAP_FAILED,  /* the session is of no use any more; `problem` says why */
};

struct imap;

/* What it points to must outlive it. `patience_ms`: for each question, from connecting to the end of the answer. */
struct imap *imap_new(const struct imap_account *account, int64_t patience_ms);
void imap_free(struct imap *imap);

/* One question at a time. Which mails that came on `since` or later have a UID above `above`? */
void imap_ask_uids(struct imap *imap, int64_t above, struct moment since);
/* The first `most` bytes of a mail of this validity. */
void imap_ask_mail(struct imap *imap, int64_t validity, int64_t uid, size_t most);

/* Waits up to `ms` for the answer. */
enum imap_state imap_turn(struct imap *imap, int ms);

/* Of the answer, until the next question. */
int64_t imap_answer_validity(const struct imap *imap);
int imap_answer_uids(const struct imap *imap, const int64_t **uids); /* ascending, IMAP_UIDS_MAX at most */
const struct buf *imap_answer_mail(const struct imap *imap);
const char *imap_problem(const struct imap *imap);

#endif
