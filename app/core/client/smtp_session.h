/* Only for core/client: one connection to a mail server. libcurl opens it (resolving, connecting, greeting, EHLO, TLS,
 * authentication), then a dialog uses it. Never blocks.
 *
 * Each session has a curl multi handle of its own: when a connection is opened in a handle, libcurl checks the others
 * in it and closes those that have unexpected bytes to read, such as the reply that we are waiting for. */
#ifndef CLIENT_SMTP_SESSION_H
#define CLIENT_SMTP_SESSION_H

#include <curl/curl.h>
#include <poll.h>

#include "core/client/smtp.h"

/* A mail in the pool. */
struct smtp_item {
	struct smtp_mail mail;
	int stale; /* how many sessions ended before its body was sent */
	struct smtp_item *next;
};

enum smtp_state { SMTP_OPENING, SMTP_OPEN, SMTP_GONE };

struct smtp_session {
	enum smtp_state state;
	const struct smtp_account *account;
	const struct smtp_times *times;
	const struct smtp_limits *limits;
	CURLM *multi;
	CURL *easy;
	int socket;
	struct smtp_features features;
	bool failed;       /* it could not be opened; failure tells why */
	bool denied;       /* because the server does not accept the user and password */
	bool out_of_reach; /* because its address may not be connected to; kind tells where it leads */
	enum address_kind kind;
	CURLcode result; /* why, if libcurl could not open it; CURLE_OK: it took too long, or see failure */
	int replies;     /* while it was being opened: good ones; the first is the greeting */
	struct smtp_outcome failure;
	struct smtp_dialog dialog;
	struct smtp_item *item;        /* the current mail; NULL: none */
	bool asked;                    /* the mail's `granted` was called */
	int mails;                     /* begun in this session */
	int64_t began, since, granted; /* monotonic start of the session, of the current wait, of the body */
	int64_t item_began, ours_ms;   /* monotonic start of the current mail; how long it waited for us meanwhile */
	struct smtp_reply_reader reader;
	struct smtp_reply refusal; /* the last error reply while it was being opened */
	char problem[CURL_ERROR_SIZE];
	const struct pollfd *polled; /* its entries in this turn */
	int polled_count;
	struct smtp_session *next;
};

/* Starts opening it. The arguments must outlive it. */
struct smtp_session *smtp_session_new(const struct smtp_account *account, const struct smtp_times *times,
                                      const struct smtp_limits *limits);
/* Closes it at once, with QUIT if that can be sent without waiting. */
void smtp_session_free(struct smtp_session *session);

/* Hides the password in a text, as it is and as the two ways of signing in send it, and long hexadecimal numbers. */
void smtp_hide_secrets(const struct smtp_account *account, char *text);

/* Can it take a mail? */
bool smtp_session_is_free(const struct smtp_session *session);
void smtp_session_begin(struct smtp_session *session, struct smtp_item *item);

/* The current mail has been granted: sends its body. False: the server does not wait for it any more. */
bool smtp_session_allow(struct smtp_session *session);

/* Ends the session, whose current mail is not to be sent: its item is the caller's. */
void smtp_session_abandon(struct smtp_session *session);

/* Of the current mail; NULL while there is none. */
const struct smtp_outcome *smtp_session_outcome(const struct smtp_session *session);

/* Writes what it waits for to up to `room` entries and returns how many. */
int smtp_session_poll(struct smtp_session *session, struct pollfd *polled, int room);
/* After how many ms it needs a turn in any case. */
int64_t smtp_session_patience(struct smtp_session *session, int64_t now);

/* Handles what has arrived, and timeouts. */
void smtp_session_turn(struct smtp_session *session);

#endif
