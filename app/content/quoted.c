/* Bodies: quoted-printable and base64. */
#include "content/quoted.h"

#include <glib.h>
#include <string.h>

enum { LINE_MAX_COLUMNS = 76, BASE64_LINE_BYTES = 57 };

/* As itself, wherever it stands in a line. */
static bool is_plain(char c) {
	return (c > ' ' && c < 0x7f && c != '=') || c == ' ' || c == '\t';
}

static bool ends_line(const char *at, const char *end) {
	return at < end && (*at == '\n' || (*at == '\r' && at + 1 < end && at[1] == '\n'));
}

/* Blanks at the end of a line, dots and "From " at its beginning are changed on their way. */
static bool must_encode(const char *at, const char *end, int column) {
	if (!is_plain(*at))
		return true;
	if (*at == ' ' || *at == '\t')
		return at + 1 == end || ends_line(at + 1, end);
	return column == 0 && (*at == '.' || (*at == 'F' && end - at >= 5 && memcmp(at, "From ", 5) == 0));
}

/* How many bytes stand as they are, after the first of a line: a blank only between words. */
static size_t plain_run(const char *at, const char *end, size_t room) {
	const char *from = at, *stop = (size_t)(end - at) > room ? at + room : end;
	while (at < stop && ((*at > ' ' && *at < 0x7f && *at != '=') || (*at == ' ' && at + 1 < end && at[1] > ' ')))
		at++;
	return (size_t)(at - from);
}

static int add_byte(struct buf *out, const char *at, bool encode) {
	static const char digits[] = "0123456789ABCDEF";
	const char escaped[] = { '=', digits[(unsigned char)*at >> 4], digits[*at & 15] };
	buf_add(out, encode ? escaped : at, encode ? 3 : 1);
	return encode ? 3 : 1;
}

void quoted_add(struct buf *out, const char *bytes, size_t size) {
	const char *end = bytes + size;
	int column = 0;
	for (const char *at = bytes; at < end;) {
		size_t run = column ? plain_run(at, end, (size_t)(LINE_MAX_COLUMNS - 1 - column)) : 0;
		buf_add(out, at, run);
		column += (int)run;
		at += run;
		if (at == end)
			break;
		if (ends_line(at, end)) {
			buf_add(out, "\r\n", 2);
			column = 0;
			at += *at == '\r' ? 2 : 1;
			continue;
		}
		if (column + (must_encode(at, end, column) ? 3 : 1) >= LINE_MAX_COLUMNS) {
			buf_add(out, "=\r\n", 3); /* the line goes on */
			column = 0;
		}
		column += add_byte(out, at, must_encode(at, end, column));
		at++;
	}
	if (column)
		buf_add(out, "=\r\n", 3);
}

void base64_add(struct buf *out, const char *bytes, size_t size) {
	for (size_t at = 0; at < size; at += BASE64_LINE_BYTES) {
		char line[80];
		gint state = 0, save = 0;
		size_t part = size - at < BASE64_LINE_BYTES ? size - at : BASE64_LINE_BYTES;
		gsize used = g_base64_encode_step((const guchar *)bytes + at, part, FALSE, line, &state, &save);
		used += g_base64_encode_close(FALSE, line + used, &state, &save);
		buf_add(out, line, used);
		buf_add(out, "\r\n", 2);
	}
}

bool base64_is_shorter(const char *bytes, size_t size) {
	size_t encoded = 0;
	for (size_t i = 0; i < size; i++)
		encoded += !is_plain(bytes[i]) && bytes[i] != '\n' && bytes[i] != '\r';
	return encoded * 2 * 3 > size; /* 3 bytes for one, against 4 for 3 */
}
