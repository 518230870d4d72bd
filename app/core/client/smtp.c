/* SMTP client on libcurl. */
#include "core/client/smtp.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"

enum { CONNECT_SECONDS = 15, SECONDS = 120, TLS_PORT = 465, REPLY_MAX = 200 };

struct sending {
	const char *bytes;
	size_t size, at;
	char reply[REPLY_MAX]; /* the server's last error reply */
};

static size_t give_bytes(char *out, size_t size, size_t count, void *context) {
	struct sending *sending = context;
	size_t room = size * count, left = sending->size - sending->at, n = left < room ? left : room;
	memcpy(out, sending->bytes + sending->at, n);
	sending->at += n;
	return n;
}

static size_t take_reply(char *bytes, size_t size, size_t count, void *context) {
	struct sending *sending = context;
	size_t all = size * count, n = all < REPLY_MAX - 1 ? all : REPLY_MAX - 1;
	if (all == 0 || (*bytes != '4' && *bytes != '5'))
		return all;
	memcpy(sending->reply, bytes, n);
	sending->reply[n] = '\0';
	sending->reply[strcspn(sending->reply, "\r\n")] = '\0';
	return all;
}

static void set_options(CURL *curl, const struct smtp *smtp, const char *from, struct curl_slist *recipients,
                        struct sending *sending) {
	BUF_AUTO url = { 0 };
	buf_print(&url, "%s://%s:%d", smtp->port == TLS_PORT ? "smtps" : "smtp", smtp->host, smtp->port);
	(void)curl_easy_setopt(curl, CURLOPT_URL, buf_text(&url));
	(void)curl_easy_setopt(curl, CURLOPT_USE_SSL, smtp->tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	if (*smtp->user) {
		(void)curl_easy_setopt(curl, CURLOPT_USERNAME, smtp->user);
		(void)curl_easy_setopt(curl, CURLOPT_PASSWORD, smtp->password);
	}
	(void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
	(void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	(void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
	(void)curl_easy_setopt(curl, CURLOPT_READDATA, sending);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_reply);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, sending);
	(void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SECONDS);
}

bool smtp_send(const struct smtp *smtp, const char *from, const char *to, const char *message, size_t size,
               struct error *err) {
	struct sending sending = { .bytes = message, .size = size };
	long code = 0;
	CURL *curl = curl_easy_init();
	struct curl_slist *recipients = curl_slist_append(NULL, to);
	if (!curl || !recipients)
		return error_set(err, ERROR_FAULT, "no memory for a mail");
	set_options(curl, smtp, from, recipients, &sending);
	CURLcode result = curl_easy_perform(curl);
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	curl_slist_free_all(recipients);
	curl_easy_cleanup(curl);
	if (result == CURLE_OK)
		return true;
	if (code >= 500 && code < 600)
		return error_set(err, ERROR_INVALID, "the mail server refuses: %s", sending.reply);
	if (code >= 400 && code < 500)
		return error_set(err, ERROR_UNAVAILABLE, "the mail server says later: %s", sending.reply);
	return error_set(err, ERROR_UNAVAILABLE, "the mail server: %s", curl_easy_strerror(result));
}
