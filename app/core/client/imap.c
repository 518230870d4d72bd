/* A session with an IMAP server by curl's multi interface. */
#include "core/client/imap.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base/text.h"

enum { CONNECT_MS = 20 * SECOND_MS, ANSWER_MAX = 64 * 1024, NO_SOCKET = -1 };

struct imap {
	const struct imap_account *account;
	CURLM *multi;
	CURL *easy;
	int64_t patience_ms;
	int socket;
	bool asks_mail, refused, too_much;
	size_t most;
	int64_t above, validity;
	int64_t uids[IMAP_UIDS_MAX];
	int uid_count;
	struct buf body;
	enum imap_state state;
	const char *problem;
	char words[CURL_ERROR_SIZE];
};

static const char *host_of(const char *url) {
	const char *scheme = strstr(url, "://");
	return scheme ? scheme + 3 : url;
}

static size_t take_line(char *line, size_t one, size_t size, void *context) {
	struct imap *imap = context;
	int64_t validity = imap_validity(line, size);
	(void)one;
	if (validity)
		imap->validity = validity;
	imap->refused |= imap_is_refusal(line, size);
	return size;
}

static size_t take_body(char *bytes, size_t one, size_t size, void *context) {
	struct imap *imap = context;
	(void)one;
	imap->too_much = imap->body.size + size > imap->most;
	if (imap->too_much)
		return 0;
	buf_add(&imap->body, bytes, size);
	return size;
}

/* Which socket it is must be known to the end. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
	struct imap *imap = context;
	(void)purpose;
	imap->socket = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	return imap->socket < 0 ? CURL_SOCKET_BAD : imap->socket;
}

static int close_socket(void *context, curl_socket_t socket) {
	struct imap *imap = context;
	if (imap->socket == socket)
		imap->socket = NO_SOCKET;
	return close(socket);
}

/* Plain text goes to this machine only, and "localhost" leads nowhere else. */
static bool is_here(const char *url) {
	const char *host = host_of(url);
	static const char *const here[] = { "localhost", "127.0.0.1", "[::1]" };
	for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
		size_t size = strlen(here[i]);
		if (text_starts(host, here[i]) && (host[size] == '\0' || host[size] == ':'))
			return true;
	}
	return false;
}

static void set_account(struct imap *imap) {
	const struct imap_account *account = imap->account;
	CURL *easy = imap->easy;
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_USE_SSL, is_here(account->url) ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
	(void)curl_easy_setopt(easy, CURLOPT_USERNAME, account->user);
	(void)curl_easy_setopt(easy, CURLOPT_PASSWORD, account->password);
	if (!text_is_empty(account->authorities))
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, account->authorities);
}

/* Without QUICK_EXIT, the end of a session whose host name is being resolved would wait for the resolver. */
static void set_manner(struct imap *imap) {
	CURL *easy = imap->easy;
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	(void)curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(CONNECT_MS / SECOND_MS));
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)imap->patience_ms);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_line);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, imap);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, imap);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, imap);
	(void)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	(void)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, imap);
	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, imap->words);
}

struct imap *imap_new(const struct imap_account *account, int64_t patience_ms) {
	struct imap *imap = calloc(1, sizeof *imap);
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	if (!imap || !(imap->multi = curl_multi_init()) || !(imap->easy = curl_easy_init()))
		abort();
	imap->account = account;
	imap->patience_ms = patience_ms;
	imap->socket = NO_SOCKET;
	imap->problem = "";
	set_account(imap);
	set_manner(imap);
	return imap;
}

/* The farewell is sent and its answer not waited for: a server that falls silent would hold up everything else. */
void imap_free(struct imap *imap) {
	if (!imap)
		return;
	if (imap->socket != NO_SOCKET)
		(void)shutdown(imap->socket, SHUT_RD);
	(void)curl_multi_remove_handle(imap->multi, imap->easy);
	curl_easy_cleanup(imap->easy);
	(void)curl_multi_cleanup(imap->multi);
	buf_finish(&imap->body);
	free(imap);
}

static void ask(struct imap *imap, const char *path, const char *command, size_t most) {
	BUF_AUTO url = { 0 };
	char *folder = curl_easy_escape(imap->easy, imap->account->folder, 0);
	buf_print(&url, "%s/%s%s", imap->account->url, folder ? folder : "", path);
	curl_free(folder);
	(void)curl_easy_setopt(imap->easy, CURLOPT_URL, buf_text(&url));
	(void)curl_easy_setopt(imap->easy, CURLOPT_CUSTOMREQUEST, command);
	buf_reset(&imap->body);
	imap->most = most;
	imap->refused = imap->too_much = false;
	imap->words[0] = '\0';
	imap->state = IMAP_BUSY;
	(void)curl_multi_remove_handle(imap->multi, imap->easy);
	(void)curl_multi_add_handle(imap->multi, imap->easy);
}

void imap_ask_uids(struct imap *imap, int64_t above, struct moment since) {
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const time_t seconds = (time_t)(since.ms / SECOND_MS);
	struct tm day;
	BUF_AUTO command = { 0 };
	(void)gmtime_r(&seconds, &day);
	buf_print(&command, "UID SEARCH UID %lld:* SINCE %d-%s-%d", (long long)above + 1, day.tm_mday, months[day.tm_mon],
	          day.tm_year + 1900);
	imap->asks_mail = false;
	imap->above = above;
	imap->validity = 0;
	ask(imap, "", buf_text(&command), ANSWER_MAX);
}

void imap_ask_mail(struct imap *imap, int64_t validity, int64_t uid, size_t most) {
	BUF_AUTO path = { 0 };
	buf_print(&path, ";UIDVALIDITY=%lld/;UID=%lld/;PARTIAL=0.%zu", (long long)validity, (long long)uid, most);
	imap->asks_mail = true;
	ask(imap, buf_text(&path), NULL, most);
}

/* libcurl calls a folder that cannot be opened a failed sign-in. */
static const char *problem_of(const struct imap *imap, CURLcode result) {
	static const struct {
		CURLcode result;
		const char *words;
	} problems[] = {
		{ CURLE_LOGIN_DENIED, "the server does not accept INBOUND_IMAP_USER and INBOUND_IMAP_PASSWORD" },
		{ CURLE_COULDNT_RESOLVE_HOST, "its name is not known" },
		{ CURLE_COULDNT_CONNECT, "it cannot be connected to" },
		{ CURLE_OPERATION_TIMEDOUT, "the server does not answer in time" },
		{ CURLE_PEER_FAILED_VERIFICATION, "its certificate is not trusted" },
		{ CURLE_SSL_CACERT_BADFILE, "the certificates of SMTP_CA_FILE cannot be read" },
		{ CURLE_USE_SSL_FAILED, "the server offers no TLS" },
		{ CURLE_SSL_CONNECT_ERROR, "no TLS could be agreed upon" },
		{ CURLE_QUOTE_ERROR, "the server does not search" },
		{ CURLE_GOT_NOTHING, "the server has ended the connection" },
		{ CURLE_RECV_ERROR, "the server has ended the connection" },
		{ CURLE_SEND_ERROR, "the server has ended the connection" },
	};
	if (imap->too_much)
		return "the server sends more than it was asked for";
	if (result == CURLE_LOGIN_DENIED && strstr(imap->words, "Select"))
		return "the folder INBOUND_IMAP_FOLDER cannot be opened";
	for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
		if (problems[i].result == result)
			return problems[i].words;
	return "what the server answers makes no sense";
}

static enum imap_state fail(struct imap *imap, const char *problem) {
	imap->problem = problem;
	return IMAP_FAILED;
}

static enum imap_state judge_uids(struct imap *imap, CURLcode result) {
	if (result != CURLE_OK)
		return fail(imap, problem_of(imap, result));
	imap->uid_count = imap_uids(buf_text(&imap->body), imap->body.size, imap->above, imap->uids);
	return imap->validity && imap->uid_count >= 0 ? IMAP_DONE : fail(imap, "what the server answers makes no sense");
}

static enum imap_state judge_mail(struct imap *imap, CURLcode result) {
	if (result == CURLE_OK)
		return IMAP_DONE;
	if (result != CURLE_REMOTE_FILE_NOT_FOUND)
		return fail(imap, problem_of(imap, result));
	return imap->refused ? IMAP_REFUSED : IMAP_GONE;
}

enum imap_state imap_turn(struct imap *imap, int ms) {
	int running, left;
	const CURLMsg *message;
	if (imap->state != IMAP_BUSY)
		return imap->state;
	(void)curl_multi_perform(imap->multi, &running);
	if (running && ms > 0) {
		(void)curl_multi_poll(imap->multi, NULL, 0, ms, NULL);
		(void)curl_multi_perform(imap->multi, &running);
	}
	while ((message = curl_multi_info_read(imap->multi, &left)))
		if (message->msg == CURLMSG_DONE)
			imap->state = imap->asks_mail ? judge_mail(imap, message->data.result)
			                              : judge_uids(imap, message->data.result);
	return imap->state;
}

int64_t imap_answer_validity(const struct imap *imap) {
	return imap->validity;
}

int imap_answer_uids(const struct imap *imap, const int64_t **uids) {
	*uids = imap->uids;
	return imap->uid_count;
}

const struct buf *imap_answer_mail(const struct imap *imap) {
	return &imap->body;
}

const char *imap_problem(const struct imap *imap) {
	return imap->problem;
}
