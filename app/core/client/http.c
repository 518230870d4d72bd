/* HTTP client on curl's multi interface. */
#include "core/client/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "core/base/moment.h"
#include "core/base/text.h"

struct http_pool {
	CURLM *multi;
	char user_agent[100];
	int in_flight;
	struct flight *flights;
};

struct flight {
	CURL *easy;
	struct curl_slist *headers, *connect_to;
	struct http_call call;
	struct buf body;
	struct http_answer answer;
	int64_t began;
	struct moment retry_at; /* Retry-After as a date */
	char problem[CURL_ERROR_SIZE], charset[32];
	struct flight *next;
};

struct http_pool *http_pool_new(const char *user_agent) {
	struct http_pool *pool = calloc(1, sizeof *pool);
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	if (!pool || !(pool->multi = curl_multi_init()))
		abort();
	(void)snprintf(pool->user_agent, sizeof pool->user_agent, "%s", user_agent);
	return pool;
}

static void flight_free(struct http_pool *pool, struct flight *flight) {
	struct flight **at = &pool->flights;
	while (*at != flight)
		at = &(*at)->next;
	*at = flight->next;
	(void)curl_multi_remove_handle(pool->multi, flight->easy);
	curl_easy_cleanup(flight->easy);
	curl_slist_free_all(flight->headers);
	curl_slist_free_all(flight->connect_to);
	buf_finish(&flight->body);
	free(flight);
	pool->in_flight--;
}

void http_pool_free(struct http_pool *pool) {
	if (!pool)
		return;
	while (pool->flights)
		flight_free(pool, pool->flights);
	(void)curl_multi_cleanup(pool->multi);
	free(pool);
}

static size_t take_body(char *bytes, size_t one, size_t size, void *context) {
	struct flight *flight = context;
	(void)one;
	if (flight->body.size + size > flight->call.max_bytes) {
		flight->answer.too_large = true;
		return 0;
	}
	buf_add(&flight->body, bytes, size);
	return size;
}

/* The value of the header of this name, without spaces around it; "" if the line is another header's. */
static void value_of(const char *line, size_t size, const char *name, char *value, size_t room) {
	size_t length = strlen(name);
	*value = '\0';
	if (size <= length || strncasecmp(line, name, length) != 0 || line[length] != ':')
		return;
	line += length + 1, size -= length + 1;
	while (size && strchr(" \t", *line))
		line++, size--;
	while (size && strchr(" \t\r\n", line[size - 1]))
		size--;
	(void)snprintf(value, room, "%.*s", (int)size, line);
}

static void take_number(const char *line, size_t size, const char *name, int64_t *number) {
	char value[32];
	value_of(line, size, name, value, sizeof value);
	value[strcspn(value, ".")] = '\0';
	if (*value)
		(void)text_to_int(value, 0, INT64_MAX, number);
}

static void take_date(const char *line, size_t size, const char *name, struct moment *date) {
	char value[64];
	value_of(line, size, name, value, sizeof value);
	time_t seconds = strchr(value, ':') ? curl_getdate(value, NULL) : -1;
	if (seconds >= 0)
		*date = (struct moment){ (int64_t)seconds * SECOND_MS };
}

static void take_charset(const char *line, size_t size, char *charset, size_t room) {
	char value[200];
	value_of(line, size, "content-type", value, sizeof value);
	const char *found = strcasestr(value, "charset=");
	if (!found)
		return;
	found += strlen("charset=");
	found += *found == '"';
	(void)snprintf(charset, room, "%.*s", (int)strcspn(found, "\"; \t"), found);
}

static size_t take_header(char *line, size_t one, size_t size, void *context) {
	struct flight *flight = context;
	(void)one;
	take_number(line, size, "x-ratelimiting-remaining", &flight->answer.remaining);
	take_number(line, size, "x-ratelimit-remaining", &flight->answer.remaining);
	take_number(line, size, "retry-after", &flight->answer.retry_after);
	take_number(line, size, "x-ratelimit-retry-after", &flight->answer.retry_after);
	take_date(line, size, "date", &flight->answer.date);
	take_date(line, size, "retry-after", &flight->retry_at);
	take_charset(line, size, flight->charset, sizeof flight->charset);
	return size;
}

static void add_header(struct flight *flight, const char *name, const char *value) {
	BUF_AUTO line = { 0 };
	buf_print(&line, "%s: %s", name, value);
	flight->headers = curl_slist_append(flight->headers, buf_text(&line));
}

static void set_headers(struct flight *flight) {
	const struct http_call *call = &flight->call;
	add_header(flight, "Accept", call->accept ? call->accept : "application/json");
	if (call->bearer) {
		BUF_AUTO value = { 0 };
		buf_print(&value, "Bearer %s", call->bearer);
		add_header(flight, "Authorization", buf_text(&value));
	}
	if (call->body)
		add_header(flight, "Content-Type", call->type ? call->type : "application/octet-stream");
	for (const char *const *header = call->headers; header && *header; header++)
		flight->headers = curl_slist_append(flight->headers, *header);
	/* An empty "Expect" sends the body at once, without waiting for a server that does not support it. */
	flight->headers = curl_slist_append(flight->headers, "Expect:");
	(void)curl_easy_setopt(flight->easy, CURLOPT_HTTPHEADER, flight->headers);
}

static const char *method_of(const struct http_call *call) {
	return call->method ? call->method : call->body ? "POST" : "GET";
}

static bool may_repeat(const struct http_call *call) {
	const char *method = method_of(call);
	return call->repeatable || (!call->body && (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0));
}

static void set_request(struct flight *flight) {
	const struct http_call *call = &flight->call;
	CURL *easy = flight->easy;
	if (call->body) {
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->size);
		(void)curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, call->body);
	}
	if (strcmp(method_of(call), "HEAD") == 0)
		(void)curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else
		(void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method_of(call));
	if (may_repeat(call))
		return;
	(void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
}

static void set_limits(struct flight *flight) {
	CURL *easy = flight->easy;
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)flight->call.timeout_ms);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

static void set_functions(struct flight *flight) {
	CURL *easy = flight->easy;
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, flight);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, flight);
	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, flight->problem);
	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, flight);
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
	const struct flight *flight = context;
	(void)purpose;
	if (!flight->call.may_connect(&address->addr))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_reach(struct flight *flight) {
	CURL *easy = flight->easy;
	if (flight->call.address) {
		char to[100];
		const char *address = flight->call.address;
		(void)snprintf(to, sizeof to, strchr(address, ':') ? "::[%s]:" : "::%s:", address);
		flight->connect_to = curl_slist_append(NULL, to);
		(void)curl_easy_setopt(easy, CURLOPT_CONNECT_TO, flight->connect_to);
	}
	if (!flight->call.may_connect)
		return;
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, flight);
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
}

void http_start(struct http_pool *pool, const struct http_call *call) {
	struct flight *flight = calloc(1, sizeof *flight);
	if (!flight || !(flight->easy = curl_easy_init()))
		abort();
	flight->call = *call;
	flight->answer.remaining = flight->answer.retry_after = -1;
	flight->answer.date = flight->retry_at = MOMENT_NONE;
	flight->began = monotonic_ms();
	flight->next = pool->flights;
	pool->flights = flight;
	pool->in_flight++;
	(void)curl_easy_setopt(flight->easy, CURLOPT_URL, call->url);
	(void)curl_easy_setopt(flight->easy, CURLOPT_USERAGENT, pool->user_agent);
	set_request(flight);
	set_headers(flight);
	set_limits(flight);
	set_functions(flight);
	set_reach(flight);
	(void)curl_multi_add_handle(pool->multi, flight->easy);
}

int http_in_flight(const struct http_pool *pool) {
	return pool->in_flight;
}

static int64_t seconds_until(struct moment at, struct moment by) {
	return at.ms > by.ms ? (at.ms - by.ms + SECOND_MS - 1) / SECOND_MS : 0;
}

static void finish(struct http_pool *pool, CURL *easy, CURLcode result) {
	struct flight *flight;
	long status = 0, sent = 0;
	char *location = NULL;
	(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &flight);
	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
	(void)curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &location);
	struct http_answer *answer = &flight->answer;
	if (answer->retry_after < 0 && moment_is_set(flight->retry_at) && moment_is_set(answer->date))
		answer->retry_after = seconds_until(flight->retry_at, answer->date);
	answer->location = location;
	answer->charset = flight->charset[0] ? flight->charset : NULL;
	answer->status = result == CURLE_OK ? (int)status : 0;
	answer->broken_status = result == CURLE_OK ? 0 : (int)status;
	answer->sent = sent > 0;
	answer->problem = result == CURLE_OK   ? ""
	                  : answer->too_large  ? "the answer is larger than allowed"
	                  : flight->problem[0] ? flight->problem
	                                       : curl_easy_strerror(result);
	answer->body = buf_text(&flight->body);
	answer->size = flight->body.size;
	answer->took_ms = monotonic_ms() - flight->began;
	flight->call.done(flight->call.context, answer);
	flight_free(pool, flight);
}

void http_turn(struct http_pool *pool, int ms) {
	int running, left;
	CURLMsg *message;
	(void)curl_multi_poll(pool->multi, NULL, 0, ms, NULL);
	(void)curl_multi_perform(pool->multi, &running);
	while ((message = curl_multi_info_read(pool->multi, &left)))
		if (message->msg == CURLMSG_DONE)
			finish(pool, message->easy_handle, message->data.result);
}
