/* The reply parser. */
#include "core/client/smtp_reply.h"

#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

enum { CODE = 3, SECRET_LEAST = 4, KEY_LEAST = 32 };
static const char HIDDEN[] = "***";

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

static bool is_blank(char c) {
	return c == ' ' || c == '\t';
}

/* "250", "250 text" or "250-text". */
static bool has_code(const char *line, size_t size) {
	return size >= CODE && line[0] >= '2' && line[0] <= '5' && is_digit(line[1]) && is_digit(line[2]) &&
	       (size == CODE || is_blank(line[CODE]) || line[CODE] == '-');
}

static size_t digits(const char *text, size_t size) {
	size_t n = 0;
	while (n < size && n < 3 && is_digit(text[n]))
		n++;
	return n;
}

/* The length of class.subject.detail at the start of a text; 0 if there is none. */
static size_t enhanced_size(const char *text, size_t size) {
	if (size < 5 || !strchr("245", text[0]) || text[1] != '.')
		return 0;
	size_t subject = digits(text + 2, size - 2), at = 2 + subject;
	if (subject == 0 || at >= size || text[at] != '.')
		return 0;
	size_t detail = digits(text + at + 1, size - at - 1), end = at + 1 + detail;
	return detail > 0 && (end == size || is_blank(text[end])) ? end : 0;
}

static void add_text(struct smtp_reply_reader *reader, const char *text, size_t size) {
	size_t room = SMTP_TEXT_BYTES - reader->text_size;
	if (size == 0)
		return;
	if (reader->text_size > 0 && room > 0) {
		reader->reply.text[reader->text_size++] = ' ';
		room--;
	}
	size_t n = size < room ? size : room;
	memcpy(reader->reply.text + reader->text_size, text, n);
	reader->text_size += n;
	reader->reply.text[reader->text_size] = '\0';
}

static int code_of(const char *line) {
	return ((line[0] - '0') * 10 + (line[1] - '0')) * 10 + (line[2] - '0');
}

/* Every line of a reply should have the same code (RFC 5321, 4.2.1); the last one counts. But a reply that accepts in
 * one line and refuses in another says nothing. */
static bool is_at_odds(const struct smtp_reply_reader *reader, char first_digit) {
	return reader->reply.code > 0 && (reader->reply.code < 400) != (first_digit < '4');
}

static enum smtp_reading take_line(struct smtp_reply_reader *reader) {
	const char *line = reader->line;
	size_t size = reader->line_size, at = CODE + 1;
	if (size > 0 && line[size - 1] == '\r')
		size--;
	if (!has_code(line, size) || is_at_odds(reader, line[0]))
		return SMTP_READ_GARBAGE;
	reader->reply.code = code_of(line);
	size_t enhanced = size > at ? enhanced_size(line + at, size - at) : 0;
	if (enhanced > 0) {
		memcpy(reader->reply.enhanced, line + at, enhanced);
		reader->reply.enhanced[enhanced] = '\0';
		at += enhanced;
	}
	while (at < size && is_blank(line[at]))
		at++;
	if (at < size)
		add_text(reader, line + at, size - at);
	return size > CODE && line[CODE] == '-' ? SMTP_READING : SMTP_READ_WHOLE;
}

static void cut(char *text) {
	int characters = 0;
	for (char *c = text; *c; c++)
		if (((unsigned char)*c & 0xc0) != 0x80 && ++characters > SMTP_TEXT_CHARACTERS) {
			*c = '\0';
			return;
		}
}

/* Cut first, so that half a character at the end does not make all of it invalid; and again afterwards, because each
 * stray byte has become a character. */
void smtp_text_clean(char *text) {
	cut(text);
	if (!text_is_utf8(text, strlen(text)))
		for (char *c = text; *c; c++)
			if ((unsigned char)*c >= 0x80)
				*c = '?';
	ARENA_AUTO arena = arena_new();
	const char *clean = text_clean(arena, text);
	memcpy(text, clean, strlen(clean) + 1); /* no character becomes longer */
	cut(text);
}

/* Replaces `size` bytes, which are more. Returns the text after them. */
static char *hide(char *at, size_t size) {
	memcpy(at, HIDDEN, sizeof HIDDEN - 1);
	memmove(at + sizeof HIDDEN - 1, at + size, strlen(at + size) + 1);
	return at + sizeof HIDDEN - 1;
}

static size_t common(const char *a, const char *b) {
	size_t n = 0;
	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

void smtp_text_hide(char *text, const char *secret) {
	size_t size = strlen(secret);
	for (char *at = text; *at;) {
		size_t same = common(at, secret);
		bool found = same == size || (same >= SECRET_LEAST && !at[same]);
		at = found && same >= SECRET_LEAST ? hide(at, same) : at + 1;
	}
}

void smtp_text_hide_keys(char *text) {
	for (char *at = text; *at;) {
		size_t size = strspn(at, "0123456789abcdefABCDEF");
		at = size >= KEY_LEAST ? hide(at, size) : at + size + (size == 0);
	}
}

static void begin(struct smtp_reply_reader *reader) {
	*reader = (struct smtp_reply_reader){ 0 };
}

static enum smtp_reading end_line(struct smtp_reply_reader *reader) {
	enum smtp_reading reading = take_line(reader);
	reader->line_size = 0;
	if (reading != SMTP_READ_WHOLE)
		return reading;
	smtp_text_clean(reader->reply.text);
	reader->bytes = 0;
	return reading;
}

enum smtp_reading smtp_reply_read(struct smtp_reply_reader *reader, const char *bytes, size_t size, size_t *used) {
	if (reader->bytes == 0)
		begin(reader);
	for (*used = 0; *used < size;) {
		char c = bytes[(*used)++];
		if (++reader->bytes > SMTP_REPLY_BYTES_MAX)
			return SMTP_READ_GARBAGE;
		if (c != '\n') {
			if (reader->line_size < sizeof reader->line)
				reader->line[reader->line_size++] = c;
			continue;
		}
		enum smtp_reading reading = end_line(reader);
		if (reading != SMTP_READING)
			return reading;
	}
	return SMTP_READING;
}

bool smtp_reply_has_begun(const struct smtp_reply_reader *reader) {
	return reader->bytes > 0;
}
