/* Queries, forms, cookies, escaping. */
#include "core/formats/url.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"

static int hex_digit(char c) {
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL if an escape is malformed or the result is not UTF-8. */
static const char *decode(struct arena *arena, const char *text, size_t size) {
	char *out = arena_alloc(arena, size + 1);
	size_t used = 0;
	for (size_t i = 0; i < size; i++) {
		char c = text[i];
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < size ? hex_digit(text[i + 1]) : -1;
			int low = high < 0 ? -1 : hex_digit(text[i + 2]);
			if (low < 0)
				return NULL;
			c = (char)(high * 16 + low);
			i += 2;
		}
		out[used++] = c;
	}
	return text_is_utf8(out, used) ? out : NULL;
}

static int count_char(const char *text, char wanted) {
	int count = 0;
	for (; *text; text++)
		count += *text == wanted;
	return count;
}

static bool read_pair(struct arena *arena, const char *pair, size_t size, struct param *param) {
	const char *equals = memchr(pair, '=', size);
	size_t name_size = equals ? (size_t)(equals - pair) : size;
	param->name = decode(arena, pair, name_size);
	param->value = equals ? decode(arena, equals + 1, size - name_size - 1) : "";
	return param->name && param->value;
}

bool params_read(struct arena *arena, const char *text, struct params *params, struct error *err) {
	*params = (struct params){ 0 };
	if (text_is_empty(text))
		return true;
	if (count_char(text, '&') >= PARAMS_LIMIT)
		return error_set(err, ERROR_INVALID, "more than %d parameters", PARAMS_LIMIT);
	params->items = arena_array(arena, struct param, count_char(text, '&') + 1);
	while (*text) {
		size_t size = strcspn(text, "&");
		if (size) {
			if (!read_pair(arena, text, size, &params->items[params->count]))
				return error_set(err, ERROR_INVALID, "A parameter is not percent-encoded UTF-8");
			params->count++;
		}
		text += size + (text[size] == '&');
	}
	return true;
}

void cookies_read(struct arena *arena, const char *header, struct params *params) {
	*params = (struct params){ 0 };
	if (text_is_empty(header) || count_char(header, ';') >= PARAMS_LIMIT)
		return;
	params->items = arena_array(arena, struct param, count_char(header, ';') + 1);
	while (*header) {
		while (*header == ' ')
			header++;
		size_t size = strcspn(header, ";");
		const char *equals = memchr(header, '=', size);
		if (equals && equals > header) {
			struct param *param = &params->items[params->count++];
			size_t name_size = (size_t)(equals - header);
			param->name = arena_copy_bytes(arena, header, name_size);
			param->value = arena_copy_bytes(arena, equals + 1, size - name_size - 1);
		}
		header += size + (header[size] == ';');
	}
}

const char *params_get(const struct params *params, const char *name) {
	for (int i = 0; i < params->count; i++)
		if (strcmp(params->items[i].name, name) == 0)
			return params->items[i].value;
	return NULL;
}

struct strings params_all(const struct params *params, const char *name, struct arena *arena) {
	struct strings values = { arena_array(arena, const char *, (size_t)params->count + 1), 0 };
	for (int i = 0; i < params->count; i++)
		if (strcmp(params->items[i].name, name) == 0 && *params->items[i].value)
			values.items[values.count++] = params->items[i].value;
	return values;
}

void url_encode(struct buf *out, const char *text) {
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c < 0x80 && (isalnum(c) || strchr("-._~", c)))
			buf_char(out, (char)c);
		else
			buf_print(out, "%%%02X", c);
	}
}

char *url_encoded(struct arena *arena, const char *text) {
	BUF_AUTO out = { 0 };
	url_encode(&out, text);
	return arena_copy(arena, buf_text(&out));
}

bool url_is_ours(const char *address) {
	if (!address || address[0] != '/' || address[1] == '/' || strlen(address) > OUR_ADDRESS_MAX)
		return false;
	for (const char *c = address; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == '\\' || *c == 0x7F)
			return false;
	return true;
}

struct origin {
	bool secure;
	char host[256];
	int64_t port;
};

/* After "http://" or "https://"; NULL for any other URL. */
static const char *after_scheme(const char *url, bool *secure) {
	*secure = strncasecmp(url, "https://", 8) == 0;
	return *secure ? url + 8 : strncasecmp(url, "http://", 7) == 0 ? url + 7 : NULL;
}

static bool origin_of(const char *url, struct origin *origin) {
	const char *host = after_scheme(url, &origin->secure);
	if (!host)
		return false;
	for (const char *at = url; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == '\\' || *at == 0x7f)
			return false;
	size_t size = strcspn(host, "/?#"), length = strspn(host, "[") ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
	if (length > size || length == 0 || length >= sizeof origin->host || memchr(host, '@', size))
		return false;
	(void)snprintf(origin->host, sizeof origin->host, "%.*s", (int)length, host);
	origin->port = origin->secure ? 443 : 80;
	char port[8] = "";
	if (size > length + 1)
		(void)snprintf(port, sizeof port, "%.*s", (int)(size - length - 1), host + length + 1);
	return size <= length + 1 || (host[length] == ':' && text_to_int(port, 1, 65535, &origin->port));
}

bool url_is_on(const char *url, const char *base) {
	struct origin one, other;
	if (!origin_of(url, &one) || !origin_of(base, &other) || strcasecmp(one.host, other.host) != 0)
		return false;
	return (one.secure == other.secure && one.port == other.port) ||
	       (one.secure && one.port == 443 && !other.secure && other.port == 80);
}

/* Appends the character at `text`, escaped; returns how many bytes it has. */
static size_t escape_one(struct buf *out, const char *text, bool straight) {
	static const char *const names[] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"
	};
	bool turns = straight && text_turns(text);
	if (turns)
		buf_text_add(out, "\uFFFD");
	else if ((unsigned char)*text < sizeof names / sizeof *names && names[(unsigned char)*text])
		buf_text_add(out, names[(unsigned char)*text]);
	else
		buf_char(out, *text);
	return turns ? TEXT_TURN_BYTES : 1;
}

static void escape(struct buf *out, const char *text, bool straight) {
	const char *special = straight ? "&<>\"'\xE2" : "&<>\"'"; /* E2: what a turn begins with */
	while (*text) {
		size_t plain = strcspn(text, special);
		buf_add(out, text, plain);
		text += plain;
		if (*text)
			text += escape_one(out, text, straight);
	}
}

void html_escape(struct buf *out, const char *text) {
	escape(out, text, false);
}

void html_show(struct buf *out, const char *text) {
	escape(out, text, true);
}
