/* Dot-stuffing. */
#include "core/client/smtp_body.h"

static bool is_paired(const char *message, size_t size, size_t at) {
	return message[at] == '\r' ? at + 1 < size && message[at + 1] == '\n' : at > 0 && message[at - 1] == '\r';
}

const char *smtp_body_flaw(const char *message, size_t size, bool *eight_bit) {
	size_t line = 0;
	*eight_bit = false;
	for (size_t at = 0; at < size; at++) {
		char c = message[at];
		bool ends = c == '\r' || c == '\n';
		if (c == '\0')
			return "the message holds a NUL";
		if (ends && !is_paired(message, size, at))
			return "the message holds a CR or LF alone";
		line = ends ? 0 : line + 1;
		if (line > SMTP_LINE_MAX)
			return "a line of the message is longer than 998 bytes";
		*eight_bit |= (unsigned char)c > 127;
	}
	return NULL;
}

static size_t put(char *out, const char *text) {
	size_t size = 0;
	for (; text[size]; size++)
		out[size] = text[size];
	return size;
}

size_t smtp_body_next(struct smtp_body *body, char *out, size_t room) {
	size_t n = 0;
	while (body->at < body->size && n + 2 <= room) {
		char c = body->message[body->at++];
		if (c == '.' && !body->inside_line)
			out[n++] = '.';
		out[n++] = c;
		body->inside_line = c != '\n';
	}
	if (body->at < body->size || body->ended || n + 5 > room)
		return n;
	if (body->inside_line)
		n += put(out + n, "\r\n");
	n += put(out + n, ".\r\n");
	body->ended = true;
	return n;
}
