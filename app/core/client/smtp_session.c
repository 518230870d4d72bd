/* One session. */
#include "core/client/smtp_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/base/buf.h"
#include "core/base/moment.h"
#include "core/base/text.h"

/* BLOCKS_A_TURN: a server that reads or writes a lot at once must not keep the others waiting. */
enum { TLS_PORT = 465, BLOCKS_A_TURN = 64, UNSEEN_MS = 50 };

bool smtp_is_here(const char *host) {
	bool is_loop = text_starts(host, "127.") && host[strspn(host, "0123456789.")] == '\0';
	return text_same(host, "localhost") || is_loop || text_same(host, "::1") || text_same(host, "[::1]");
}

static void fail(struct smtp_session *session, const char *words) {
	session->failure = smtp_outcome_of(SMTP_NOT_SENT, SMTP_AT_SESSION, words);
	session->failed = true;
	session->state = SMTP_GONE;
}

/* Opening. */

static size_t take_line(char *line, size_t one, size_t size, void *context) {
	struct smtp_session *session = context;
	size_t used;
	(void)one;
	smtp_features_line(&session->features, line, size);
	enum smtp_reading reading = smtp_reply_read(&session->reader, line, size, &used);
	if (reading == SMTP_READ_GARBAGE)
		return 0;
	if (reading == SMTP_READ_WHOLE && session->reader.reply.code >= 400)
		session->refusal = session->reader.reply;
	session->replies += reading == SMTP_READ_WHOLE && session->reader.reply.code < 400;
	return size;
}

/* Asked for each address that the host's name resolves to, so that a name cannot lead elsewhere later. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
	struct smtp_session *session = context;
	const struct smtp_account *account = session->account;
	(void)purpose;
	session->kind = address_kind(&address->addr);
	session->out_of_reach = !address_is_in_reach(session->kind, account->port, account->reach) ||
	                        (!account->tls && session->kind != ADDRESS_HERE);
	if (session->out_of_reach)
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_address(struct smtp_session *session) {
	const struct smtp_account *account = session->account;
	bool numeric = strchr(account->host, ':') && *account->host != '[';
	BUF_AUTO url = { 0 };
	buf_print(&url, "%s://%s%s%s:%d/%s", account->tls && account->port == TLS_PORT ? "smtps" : "smtp",
	          numeric ? "[" : "", account->host, numeric ? "]" : "", account->port, account->hello);
	(void)curl_easy_setopt(session->easy, CURLOPT_URL, buf_text(&url));
	(void)curl_easy_setopt(session->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(session->easy, CURLOPT_USE_SSL, account->tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	if (!text_is_empty(account->authorities))
		(void)curl_easy_setopt(session->easy, CURLOPT_CAINFO, account->authorities);
	if (!*account->user)
		return;
	(void)curl_easy_setopt(session->easy, CURLOPT_USERNAME, account->user);
	(void)curl_easy_setopt(session->easy, CURLOPT_PASSWORD, account->password);
	(void)curl_easy_setopt(session->easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
}

/* Without QUICK_EXIT, closing a session whose host name is being resolved would wait for the resolver. */
static void set_manner(struct smtp_session *session) {
	CURL *easy = session->easy;
	int64_t all = session->times->connect + session->times->open;
	(void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)all);
	(void)curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(all / SECOND_MS + 1));
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_line);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, session);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, session);
	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, session->problem);
}

struct smtp_session *smtp_session_new(const struct smtp_account *account, const struct smtp_times *times,
                                      const struct smtp_limits *limits) {
	struct smtp_session *session = calloc(1, sizeof *session);
	if (!session)
		abort();
	session->account = account;
	session->times = times;
	session->limits = limits;
	session->began = session->since = monotonic_ms();
	if (!account->tls && !smtp_is_here(account->host)) {
		fail(session, "a connection without TLS is made to a server on this machine only");
		return session;
	}
	if (!(session->multi = curl_multi_init()) || !(session->easy = curl_easy_init()))
		abort();
	set_address(session);
	set_manner(session);
	(void)curl_multi_add_handle(session->multi, session->easy);
	return session;
}

static void could_not_open(struct smtp_session *session, CURLcode result) {
	session->result = result;
	const char *why = session->out_of_reach         ? "its address may not be connected to"
	                  : result == CURLE_WRITE_ERROR ? "its answer makes no sense" /* take_line stopped it */
	                  : session->problem[0]         ? session->problem
	                                                : curl_easy_strerror(result);
	const struct smtp_reply *refusal = &session->refusal;
	BUF_AUTO words = { 0 };
	session->denied = result == CURLE_LOGIN_DENIED && refusal->code >= 500;
	if (session->denied)
		buf_print(&words, "the mail server does not accept the user name and password: %s", refusal->text);
	else
		buf_print(&words, "no session with the mail server: %s%s%s", why, refusal->text[0] ? ": " : "", refusal->text);
	fail(session, buf_text(&words));
	session->failure.reply.code = refusal->code;
	memcpy(session->failure.reply.enhanced, refusal->enhanced, SMTP_ENHANCED);
}

static void opened(struct smtp_session *session) {
	curl_socket_t socket = CURL_SOCKET_BAD;
	(void)curl_easy_getinfo(session->easy, CURLINFO_ACTIVESOCKET, &socket);
	if (socket == CURL_SOCKET_BAD) {
		fail(session, "the mail server has ended the connection");
		return;
	}
	if (*session->account->user && !session->features.auth) { /* libcurl would go on without */
		fail(session, "the mail server offers no sign-in, but a user is set");
		return;
	}
	session->socket = socket;
	session->state = SMTP_OPEN;
	session->since = monotonic_ms();
	smtp_dialog_open(&session->dialog, &session->features);
}

static bool is_connected(const struct smtp_session *session) {
	curl_off_t took = 0;
	(void)curl_easy_getinfo(session->easy, CURLINFO_CONNECT_TIME_T, &took);
	return took > 0;
}

static void judge_opening(struct smtp_session *session) {
	int64_t waited = monotonic_ms() - session->began;
	if (waited > session->times->connect && !is_connected(session))
		fail(session, "no connection to the mail server in time");
	else if (waited > session->times->connect + session->times->open)
		fail(session, "the mail server opens no session in time");
}

static void go_on_opening(struct smtp_session *session) {
	int running, left;
	(void)curl_multi_perform(session->multi, &running);
	const CURLMsg *message = curl_multi_info_read(session->multi, &left);
	if (!message || message->msg != CURLMSG_DONE)
		judge_opening(session);
	else if (message->data.result == CURLE_OK)
		opened(session);
	else
		could_not_open(session, message->data.result);
}

/* Open. */

static void change(struct smtp_session *session, enum smtp_phase before) {
	if (session->dialog.phase != before)
		session->since = monotonic_ms();
	if (session->dialog.phase == SMTP_CLOSED)
		session->state = SMTP_GONE;
}

static void end(struct smtp_session *session, bool by_server, const char *why) {
	smtp_dialog_end(&session->dialog, by_server, why);
	change(session, SMTP_CLOSED);
}

/* At the end of a connection, curl_easy_recv fails or returns no bytes, depending on the version. */
static void receive(struct smtp_session *session) {
	char bytes[4096];
	for (int i = 0; i < BLOCKS_A_TURN && session->state == SMTP_OPEN; i++) {
		size_t size = 0;
		enum smtp_phase before = session->dialog.phase;
		CURLcode result = curl_easy_recv(session->easy, bytes, sizeof bytes, &size);
		if (result == CURLE_AGAIN)
			return;
		if (result != CURLE_OK || size == 0)
			end(session, true, "the mail server has ended the connection");
		else
			smtp_dialog_input(&session->dialog, bytes, size);
		change(session, before);
	}
}

/* Sends a block; false if there is none or the connection takes no more now. If it is broken, the server's last words
 * may still be readable. */
static bool send_block(struct smtp_session *session) {
	size_t size, sent = 0;
	enum smtp_phase before = session->dialog.phase;
	const char *bytes = smtp_dialog_output(&session->dialog, &size);
	if (size == 0)
		return false;
	CURLcode result = curl_easy_send(session->easy, bytes, size, &sent);
	if (result == CURLE_AGAIN)
		return false;
	if (result != CURLE_OK) {
		receive(session);
		end(session, true, "the mail server has ended the connection");
		return false;
	}
	if (sent > 0)
		session->since = monotonic_ms();
	smtp_dialog_sent(&session->dialog, sent);
	change(session, before);
	return true;
}

static void send_blocks(struct smtp_session *session) {
	for (int i = 0; i < BLOCKS_A_TURN && session->state == SMTP_OPEN && send_block(session); i++)
		;
}

static void allow(struct smtp_session *session) {
	session->ours_ms += monotonic_ms() - session->since;
	smtp_dialog_allow(&session->dialog);
	change(session, SMTP_GRANTED);
	session->granted = session->since;
}

/* Once: whoever has `granted` decides later. */
static void ask_later(struct smtp_session *session) {
	const struct smtp_mail *mail = &session->item->mail;
	if (session->asked)
		return;
	session->asked = true;
	mail->granted(mail->context);
}

static void ask_to_begin(struct smtp_session *session) {
	const struct smtp_mail *mail = &session->item->mail;
	if (mail->granted) {
		ask_later(session);
		return;
	}
	if (mail->begin && !mail->begin(mail->context)) {
		end(session, false, "it was not to be handed over");
		return;
	}
	allow(session);
}

bool smtp_session_allow(struct smtp_session *session) {
	if (session->state != SMTP_OPEN || session->dialog.phase != SMTP_GRANTED)
		return false;
	allow(session);
	send_blocks(session);
	return true;
}

void smtp_session_abandon(struct smtp_session *session) {
	session->item = NULL;
	if (session->state == SMTP_OPEN)
		end(session, false, "it was not to be handed over");
}

static int64_t phase_limit(const struct smtp_session *session) {
	const struct smtp_times *times = session->times;
	switch (session->dialog.phase) {
	case SMTP_READY:
		return times->idle;
	case SMTP_BODY:
		return times->block;
	case SMTP_DOT:
		return times->dot;
	case SMTP_QUIT:
		return times->quit;
	default:
		return times->command;
	}
}

/* May it take no more mails? */
static bool is_spent(const struct smtp_session *session) {
	return session->mails >= session->limits->mails || monotonic_ms() - session->began >= session->times->age;
}

static bool is_late(const struct smtp_session *session) {
	int64_t now = monotonic_ms();
	return now - session->since >= phase_limit(session) ||
	       (session->dialog.phase == SMTP_BODY && now - session->granted >= session->times->body);
}

static bool is_ready(const struct smtp_session *session) {
	return session->dialog.phase == SMTP_READY && !session->item;
}

static bool wants_to_end(const struct smtp_session *session) {
	return is_ready(session) && (is_late(session) || is_spent(session));
}

static void judge_time(struct smtp_session *session) {
	char words[100];
	if (session->state != SMTP_OPEN)
		return;
	if (wants_to_end(session)) {
		smtp_dialog_quit(&session->dialog);
		change(session, SMTP_READY);
		send_blocks(session);
	} else if (!is_ready(session) && is_late(session)) {
		(void)snprintf(words, sizeof words, "the mail server did not answer within %lld s",
		               (long long)(phase_limit(session) + SECOND_MS - 1) / SECOND_MS);
		end(session, false, words);
	}
}

/* If this process was held up, a reply may have arrived in time: read before checking the time. */
static void go_on(struct smtp_session *session) {
	bool came = false;
	for (int i = 0; i < session->polled_count; i++)
		came |= (session->polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
	if (came || is_late(session))
		receive(session);
	send_blocks(session);
	if (session->state == SMTP_OPEN && session->dialog.phase == SMTP_GRANTED)
		ask_to_begin(session);
	send_blocks(session);
	judge_time(session);
}

void smtp_session_turn(struct smtp_session *session) {
	if (session->state == SMTP_OPENING)
		go_on_opening(session);
	else if (session->state == SMTP_OPEN)
		go_on(session);
}

bool smtp_session_is_free(const struct smtp_session *session) {
	return session->state == SMTP_OPEN && is_ready(session) && !is_spent(session);
}

void smtp_session_begin(struct smtp_session *session, struct smtp_item *item) {
	session->item = item;
	session->asked = false;
	session->mails++;
	session->since = session->item_began = monotonic_ms();
	session->ours_ms = 0;
	session->dialog.features.pipelining &= !session->limits->singly;
	smtp_dialog_begin(&session->dialog, &item->mail.envelope);
	send_blocks(session);
}

const struct smtp_outcome *smtp_session_outcome(const struct smtp_session *session) {
	return session->item ? smtp_dialog_outcome(&session->dialog) : NULL;
}

/* Waiting. */

static int poll_opening(struct smtp_session *session, struct pollfd *polled, int room) {
	fd_set reads, writes, others;
	int greatest = -1, count = 0;
	FD_ZERO(&reads);
	FD_ZERO(&writes);
	FD_ZERO(&others);
	(void)curl_multi_fdset(session->multi, &reads, &writes, &others, &greatest);
	for (int fd = 0; fd <= greatest && count < room; fd++) {
		short events = (short)((FD_ISSET(fd, &reads) ? POLLIN : 0) | (FD_ISSET(fd, &writes) ? POLLOUT : 0));
		if (events)
			polled[count++] = (struct pollfd){ .fd = fd, .events = events };
	}
	return count;
}

static int poll_open(struct smtp_session *session, struct pollfd *polled, int room) {
	size_t size;
	if (room == 0)
		return 0;
	(void)smtp_dialog_output(&session->dialog, &size);
	*polled = (struct pollfd){ .fd = session->socket, .events = (short)(POLLIN | (size > 0 ? POLLOUT : 0)) };
	return 1;
}

int smtp_session_poll(struct smtp_session *session, struct pollfd *polled, int room) {
	int count = session->state == SMTP_OPENING ? poll_opening(session, polled, room)
	            : session->state == SMTP_OPEN  ? poll_open(session, polled, room)
	                                           : 0;
	session->polled = polled;
	session->polled_count = count;
	return count;
}

static int64_t opening_patience(struct smtp_session *session, int64_t now) {
	long asked = -1;
	int64_t waited = now - session->began, connect = session->times->connect;
	int64_t left = waited <= connect ? connect - waited : connect + session->times->open - waited;
	(void)curl_multi_timeout(session->multi, &asked);
	if (session->polled_count == 0 && left > UNSEEN_MS)
		left = UNSEEN_MS;
	return asked >= 0 && asked < left ? asked : left;
}

int64_t smtp_session_patience(struct smtp_session *session, int64_t now) {
	int64_t left = 0;
	if (session->state == SMTP_OPENING)
		left = opening_patience(session, now);
	else if (session->state == SMTP_OPEN)
		left = wants_to_end(session) ? 0 : session->since + phase_limit(session) - now;
	return left > 0 ? left : 0;
}

void smtp_session_free(struct smtp_session *session) {
	if (session->state == SMTP_OPEN && session->dialog.phase == SMTP_READY) {
		smtp_dialog_quit(&session->dialog);
		(void)send_block(session);
	}
	if (session->easy) {
		(void)curl_multi_remove_handle(session->multi, session->easy);
		curl_easy_cleanup(session->easy);
		(void)curl_multi_cleanup(session->multi);
	}
	free(session);
}
