/* Trying a mail server. */
#include "core/client/smtp_probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/moment.h"
#include "core/base/text.h"
#include "core/client/smtp_session.h"

enum { POLLED = 8, IMPLICIT_PORT = 465 };

const struct smtp_times smtp_probe_times = {
	.connect = 5 * SECOND_MS,
	.open = 15 * SECOND_MS, /* some servers let newcomers wait for their greeting */
	.command = 10 * SECOND_MS,
	.quit = SECOND_MS,
	.idle = 30 * SECOND_MS,
	.age = 60 * SECOND_MS,
};

static const struct smtp_limits limits = { .sessions = 1, .mails = 1 };

enum probe_phase { PHASE_OPENING, PHASE_MAIL, PHASE_RSET, PHASE_OVER };

struct smtp_probe {
	const struct smtp_account *account;
	const struct smtp_times *times;
	const char *from;
	struct smtp_session *session;
	enum probe_phase phase;
	int64_t since; /* monotonic start of the phase */
	struct smtp_reply_reader reader;
	struct smtp_probed result;
};

static const char version_line[] = "SSL connection using TLSv";

/* libcurl tells the version of TLS only here. */
static int take_words(CURL *easy, curl_infotype type, char *words, size_t size, void *context) {
	struct smtp_probe *probe = context;
	size_t begins = sizeof version_line - 1;
	(void)easy;
	if (type == CURLINFO_TEXT && size > begins && strncmp(words, version_line, begins) == 0) {
		size_t length = 0;
		while (begins + length < size && strchr("0123456789.", words[begins + length]))
			length++;
		(void)snprintf(probe->result.secured, PROBE_TLS_NAME, "TLS %.*s", (int)(length < 8 ? length : 8),
		               words + begins);
	}
	return 0;
}

struct smtp_probe *smtp_probe_new(const struct smtp_account *account, const struct smtp_times *times,
                                  const char *from) {
	struct smtp_probe *probe = calloc(1, sizeof *probe);
	if (!probe)
		abort();
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	probe->account = account;
	probe->times = times ? times : &smtp_probe_times;
	probe->from = from;
	probe->session = smtp_session_new(account, probe->times, &limits);
	if (probe->session->easy) {
		(void)curl_easy_setopt(probe->session->easy, CURLOPT_VERBOSE, 1L);
		(void)curl_easy_setopt(probe->session->easy, CURLOPT_DEBUGFUNCTION, take_words);
		(void)curl_easy_setopt(probe->session->easy, CURLOPT_DEBUGDATA, probe);
	}
	return probe;
}

const struct smtp_probed *smtp_probe_result(const struct smtp_probe *probe) {
	return &probe->result;
}

void smtp_probe_free(struct smtp_probe *probe) {
	if (!probe)
		return;
	smtp_session_free(probe->session);
	free(probe);
}

/* Ends it. */
static void fail(struct smtp_probe *probe, enum probe_step step, const char *format, ...) PRINTF_LIKE(3, 4);
static void fail(struct smtp_probe *probe, enum probe_step step, const char *format, ...) {
	va_list list;
	va_start(list, format);
	(void)vsnprintf(probe->result.words, PROBE_WORDS, format, list);
	va_end(list);
	smtp_hide_secrets(probe->account, probe->result.words);
	probe->result.failed = step;
	probe->phase = PHASE_OVER;
}

const char *probe_certificate_words(const char *problem) {
	static const char *const rows[][2] = {
		{ "has expired", "The server’s certificate has expired" },
		{ "not yet valid", "The server’s certificate is not valid yet. Is the clock of this machine right?" },
		{ "self-signed certificate in", "The server’s certificate comes from an authority that is not known here" },
		{ "self signed certificate in", "The server’s certificate comes from an authority that is not known here" },
		{ "self-signed", "The server’s certificate is signed by itself only" },
		{ "self signed", "The server’s certificate is signed by itself only" },
		{ "local issuer", "The server’s certificate comes from an authority that is not known here" },
		{ "first certificate", "The server’s certificate comes from an authority that is not known here" },
		{ "revoked", "The server’s certificate was revoked" },
		{ "subject name", "The server’s certificate is for another name" },
		{ "does not match", "The server’s certificate is for another name" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strstr(problem, rows[i][0]))
			return rows[i][1];
	return NULL;
}

static bool took(const struct smtp_session *session, CURLINFO what) {
	curl_off_t microseconds = 0;
	if (session->easy)
		(void)curl_easy_getinfo(session->easy, what, &microseconds);
	return microseconds > 0;
}

/* The step that it was at when the connection ended or took too long. */
static enum probe_step step_of(const struct smtp_probe *probe) {
	const struct smtp_account *account = probe->account;
	const struct smtp_session *session = probe->session;
	bool secured = probe->result.secured[0] != '\0';
	if (!took(session, CURLINFO_NAMELOOKUP_TIME_T) && !took(session, CURLINFO_CONNECT_TIME_T))
		return PROBE_RESOLVE;
	if (!took(session, CURLINFO_CONNECT_TIME_T))
		return PROBE_CONNECT;
	if (account->tls && account->port == IMPLICIT_PORT && !secured)
		return PROBE_TLS;
	if (session->replies == 0)
		return PROBE_GREETING;
	if (account->tls && !secured)
		return PROBE_TLS;
	return *account->user ? PROBE_SIGN_IN : PROBE_GREETING;
}

static void fail_reach(struct smtp_probe *probe) {
	const struct smtp_account *account = probe->account;
	enum address_kind kind = probe->session->kind;
	if (!account->tls && kind != ADDRESS_HERE)
		fail(probe, PROBE_CONNECT, "%s is not on this machine, so it is used with TLS only", account->host);
	else if (kind == ADDRESS_FORBIDDEN)
		fail(probe, PROBE_CONNECT, "%s leads to an address at which there is no mail server", account->host);
	else
		fail(probe, PROBE_CONNECT, "%s leads %s. Allow that first, with CONNECTIONS_PRIVATE_HOSTS=true", account->host,
		     kind == ADDRESS_HERE ? "to this machine" : "into a private network");
}

/* Words for a time that ran out, by step. */
static void fail_late(struct smtp_probe *probe) {
	const struct smtp_account *account = probe->account;
	enum probe_step step = step_of(probe);
	int seconds = (int)((probe->times->connect + probe->times->open) / SECOND_MS);
	switch (step) {
	case PROBE_RESOLVE:
		fail(probe, step, "Looking up %s took too long", account->host);
		break;
	case PROBE_CONNECT:
		fail(probe, step, "Nothing answers at %s, port %d. Is a firewall in between?", account->host, account->port);
		break;
	case PROBE_GREETING:
		fail(probe, step, "The server takes the connection, but says nothing for %d s%s", seconds,
		     account->port == IMPLICIT_PORT ? "" : ". Does this port want TLS from the start? Then use 465");
		break;
	default:
		fail(probe, step, "The server did not go on within %d s", seconds);
	}
}

static void fail_tls(struct smtp_probe *probe) {
	const struct smtp_session *session = probe->session;
	const char *words = probe_certificate_words(session->problem);
	if (words)
		fail(probe, PROBE_TLS, "%s", words);
	else if (session->result == CURLE_USE_SSL_FAILED)
		fail(probe, PROBE_TLS, "The server offers no TLS (STARTTLS) at port %d", probe->account->port);
	else if (strstr(session->problem, "wrong version number"))
		fail(probe, PROBE_TLS, "What answers at port %d does not speak TLS from the start. Try port 587",
		     probe->account->port);
	else
		fail(probe, PROBE_TLS, "The server and we could not agree on TLS");
}

static void fail_sign_in(struct smtp_probe *probe) {
	const struct smtp_reply *reply = &probe->session->refusal;
	if (probe->session->result == CURLE_OK)
		fail(probe, PROBE_SIGN_IN, "The server offers no sign-in, but a user name is set");
	else if (reply->code >= 500)
		fail(probe, PROBE_SIGN_IN, "The server does not accept the user name and password: %d %s", reply->code,
		     reply->text);
	else if (reply->code >= 400)
		fail(probe, PROBE_SIGN_IN, "The server cannot check the user name and password now: %d %s", reply->code,
		     reply->text);
	else
		fail(probe, PROBE_SIGN_IN, "The server ended the connection at the sign-in");
}

static void fail_talk(struct smtp_probe *probe) {
	const struct smtp_reply *reply = &probe->session->refusal;
	enum probe_step step = step_of(probe);
	if (step == PROBE_TLS)
		fail(probe, step, "The server ended the connection while TLS was being agreed");
	else if (step == PROBE_SIGN_IN)
		fail_sign_in(probe);
	else if (reply->code >= 400)
		fail(probe, PROBE_GREETING, "The server turned us away: %d %s", reply->code, reply->text);
	else
		fail(probe, PROBE_GREETING, "What answers at %s, port %d is not a mail server", probe->account->host,
		     probe->account->port);
}

/* Why the session could not be opened. */
static void could_not_open(struct smtp_probe *probe) {
	const struct smtp_session *session = probe->session;
	const struct smtp_account *account = probe->account;
	if (session->out_of_reach) {
		fail_reach(probe);
		return;
	}
	switch (session->result) {
	case CURLE_OK: /* by our own judgement */
		if (!account->tls && !smtp_is_here(account->host))
			fail(probe, PROBE_CONNECT, "Only a server on this machine may be used without TLS");
		else if (session->replies > 0 && *account->user && !session->features.auth && session->features.named)
			fail_sign_in(probe);
		else
			fail_late(probe);
		break;
	case CURLE_COULDNT_RESOLVE_HOST:
		fail(probe, PROBE_RESOLVE, "There is no server named %s", account->host);
		break;
	case CURLE_COULDNT_CONNECT:
		fail(probe, PROBE_CONNECT, "Nothing answers at %s, port %d", account->host, account->port);
		break;
	case CURLE_OPERATION_TIMEDOUT:
		fail_late(probe);
		break;
	case CURLE_LOGIN_DENIED:
		fail_sign_in(probe);
		break;
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CIPHER:
		fail_tls(probe);
		break;
	default:
		fail_talk(probe);
	}
}

/* The sender. */

static void enter(struct smtp_probe *probe, enum probe_phase phase, const char *command) {
	size_t sent = 0;
	CURLcode result = curl_easy_send(probe->session->easy, command, strlen(command), &sent);
	probe->phase = phase;
	probe->since = monotonic_ms();
	if (result != CURLE_OK || sent != strlen(command))
		fail(probe, PROBE_SENDER, "The server ended the connection after the sign-in");
}

static void ask_sender(struct smtp_probe *probe) {
	char command[SMTP_ADDRESS_MAX + 20];
	probe->result.signed_in = *probe->account->user != '\0';
	(void)snprintf(command, sizeof command, "MAIL FROM:<%.*s>\r\n", SMTP_ADDRESS_MAX, probe->from);
	enter(probe, PHASE_MAIL, command);
}

/* Whatever the server says to RSET, nothing is pending once it has said it. */
static void take_reply(struct smtp_probe *probe, const struct smtp_reply *reply) {
	if (probe->phase == PHASE_RSET) {
		probe->result.fine = true;
		probe->phase = PHASE_OVER;
	} else if (reply->code >= 400) {
		fail(probe, PROBE_SENDER, "The server does not accept email from %s: %d %s%s%s", probe->from, reply->code,
		     reply->enhanced, *reply->enhanced ? " " : "", reply->text);
	} else {
		enter(probe, PHASE_RSET, "RSET\r\n");
	}
}

static void receive(struct smtp_probe *probe) {
	char bytes[2048];
	size_t size = 0, used;
	CURLcode result = curl_easy_recv(probe->session->easy, bytes, sizeof bytes, &size);
	if (result == CURLE_AGAIN) {
		if (monotonic_ms() - probe->since > probe->times->command)
			fail(probe, PROBE_SENDER, "The server did not answer the sender within %d s",
			     (int)(probe->times->command / SECOND_MS));
		return;
	}
	if (result != CURLE_OK || size == 0) {
		fail(probe, PROBE_SENDER, "The server ended the connection when it was told the sender");
		return;
	}
	for (size_t at = 0; at < size && probe->phase != PHASE_OVER; at += used) {
		enum smtp_reading reading = smtp_reply_read(&probe->reader, bytes + at, size - at, &used);
		if (reading == SMTP_READ_GARBAGE)
			fail(probe, PROBE_SENDER, "The server’s answer to the sender makes no sense");
		if (reading != SMTP_READ_WHOLE)
			return;
		take_reply(probe, &probe->reader.reply);
	}
}

bool smtp_probe_turn(struct smtp_probe *probe, int ms) {
	struct pollfd polled[POLLED];
	struct smtp_session *session = probe->session;
	if (probe->phase == PHASE_OVER)
		return true;
	int count = smtp_session_poll(session, polled, POLLED);
	int64_t patience = smtp_session_patience(session, monotonic_ms());
	if (session->state != SMTP_GONE)
		(void)poll(polled, (nfds_t)count, (int)(patience < ms ? patience : ms));
	if (probe->phase == PHASE_OPENING) {
		if (session->state == SMTP_OPENING)
			smtp_session_turn(session);
		if (session->state == SMTP_GONE)
			could_not_open(probe);
		else if (session->state == SMTP_OPEN)
			ask_sender(probe);
	} else {
		receive(probe);
	}
	return probe->phase == PHASE_OVER;
}
