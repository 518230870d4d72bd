/* Trying a mail server: opens one session, asks whether the sender is welcome, takes that back and leaves. Nothing is
 * sent. Never blocks. */
#ifndef CLIENT_SMTP_PROBE_H
#define CLIENT_SMTP_PROBE_H

#include "core/client/smtp.h"

/* In the order in which they are reached; TLS before the greeting on port 465. */
enum probe_step { PROBE_RESOLVE, PROBE_CONNECT, PROBE_GREETING, PROBE_TLS, PROBE_SIGN_IN, PROBE_SENDER, PROBE_STEPS };

enum { PROBE_WORDS = SMTP_TEXT_BYTES + 256, PROBE_TLS_NAME = 16 };

struct smtp_probed {
	bool fine;
	enum probe_step failed;       /* unless it is fine */
	char words[PROBE_WORDS];      /* why, for people; without secrets */
	char secured[PROBE_TLS_NAME]; /* "TLS 1.3"; "": without */
	bool signed_in;
};

/* Why the certificate was not accepted, from libcurl's words about it; NULL: for no such reason. */
const char *probe_certificate_words(const char *problem);

struct smtp_probe;
extern const struct smtp_times smtp_probe_times;

/* What the arguments point to must outlive it. times NULL: smtp_probe_times. `from` is in ASCII. */
struct smtp_probe *smtp_probe_new(const struct smtp_account *account, const struct smtp_times *times, const char *from);
/* Waits up to `ms` for something to happen, and handles it. True: it is over. */
bool smtp_probe_turn(struct smtp_probe *probe, int ms);
const struct smtp_probed *smtp_probe_result(const struct smtp_probe *probe);
void smtp_probe_free(struct smtp_probe *probe);

#endif
