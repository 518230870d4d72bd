/* Headers: encoded words, mailboxes, folding. */
#include <glib.h>
#include <string.h>

#include "content/quoted.h"

#include "core/base/text.h"

enum { LINE_COLUMNS = 76, WORD_BYTES = 45, FIRST_BYTES = 30, Q_BYTES = 18 };

static bool is_control(unsigned char c) {
	return c < ' ' || c == 0x7f;
}

/* Does it go on with the letter before it? */
static bool is_joined(const char *at, gunichar before) {
	gunichar c = g_utf8_get_char(at);
	bool flag = c >= 0x1F1E6 && c <= 0x1F1FF && before >= 0x1F1E6 && before <= 0x1F1FF;
	return g_unichar_ismark(c) || c == 0x200D || before == 0x200D || (c >= 0xFE00 && c <= 0xFE0F) ||
	       (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= 0xE0020 && c <= 0xE007F) || flag;
}

/* Where a word of at most `room` bytes ends between letters, so that its bytes are a multiple of `of`; NULL: nowhere.
 */
static const char *border(const char *at, size_t room, size_t of) {
	const char *from = at, *end = NULL;
	gunichar before = 0;
	for (; (size_t)(at - from) <= room; at = g_utf8_next_char(at)) {
		size_t size = (size_t)(at - from);
		if (!*at)
			return at;
		if (size && size % of == 0 && !is_joined(at, before))
			end = at;
		before = g_utf8_get_char(at);
	}
	return end;
}

/* Between characters, if one letter is longer. */
static const char *character_border(const char *at, size_t room) {
	const char *from = at;
	while (*at && (size_t)(g_utf8_next_char(at) - from) <= room)
		at = g_utf8_next_char(at);
	return at;
}

static void add_base64(struct buf *out, const char *from, const char *to) {
	g_autofree char *encoded = g_base64_encode((const guchar *)from, (gsize)(to - from));
	buf_print(out, "=?utf-8?B?%s?=", encoded);
}

static void add_q(struct buf *out, const char *from, const char *to) {
	buf_text_add(out, "=?utf-8?Q?");
	for (; from < to; from++)
		buf_print(out, "=%02X", (unsigned char)*from);
	buf_text_add(out, "?=");
}

/* Readers (GMime) decode neighbouring words as one stream, which ends at padding: only the last word in base64 has any.
 */
static void add_words(struct buf *out, const char *text, size_t room) {
	while (*text) {
		const char *end = border(text, room, 3);
		bool base64 = end;
		if (!end)
			end = border(text, Q_BYTES, 1);
		if (!end)
			end = character_border(text, Q_BYTES);
		(base64 ? add_base64 : add_q)(out, text, end);
		buf_text_add(out, *end ? "\r\n " : "");
		text = end;
		room = WORD_BYTES;
	}
}

/* On one line: a run of blanks and controls is a space. */
static void add_line(struct buf *line, const char *text) {
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	for (const char *at = valid; *at; at++) {
		if (is_control((unsigned char)*at) || *at == ' ') {
			if (line->size && line->bytes[line->size - 1] != ' ')
				buf_char(line, ' ');
		} else {
			buf_char(line, *at);
		}
	}
	while (line->size && line->bytes[line->size - 1] == ' ')
		line->bytes[--line->size] = '\0';
}

static size_t longest_word(const char *text) {
	size_t longest = 0;
	for (size_t size; *text; text += size + (text[size] == ' ')) {
		size = strcspn(text, " ");
		longest = size > longest ? size : longest;
	}
	return longest;
}

/* Folds at spaces, but never right behind the colon: some readers take the space that is left there for a part of the
 * value. */
static void add_folded(struct buf *out, const char *text, size_t column) {
	const char *begin = text;
	while (*text) {
		size_t size = strcspn(text, " ");
		if (column + 1 + size > LINE_COLUMNS && text > begin) {
			buf_add(out, "\r\n ", 3);
			column = 1;
		} else if (column) {
			buf_char(out, ' ');
			column++;
		}
		buf_add(out, text, size);
		column += size;
		text += size + (text[size] == ' ');
	}
	buf_add(out, "\r\n", 2);
}

void header_add(struct buf *out, const char *name, const char *text) {
	BUF_AUTO line = { 0 };
	add_line(&line, text);
	text = buf_text(&line);
	buf_print(out, "%s:", name);
	if (text_is_ascii(text) && !strstr(text, "=?") && longest_word(text) + strlen(name) < LINE_COLUMNS - 4) {
		add_folded(out, text, strlen(name) + 1);
		return;
	}
	buf_char(out, ' ');
	add_words(out, text, FIRST_BYTES);
	buf_add(out, "\r\n", 2);
}

void header_add_raw(struct buf *out, const char *name, const char *value) {
	buf_print(out, "%s:", name);
	add_folded(out, value, strlen(name) + 1);
}

/* An atom needs no quotation marks. */
static bool is_atoms(const char *text) {
	for (; *text; text++)
		if (!g_ascii_isalnum(*text) && !strchr(" !#$%&'*+-/?^_`{|}~", *text))
			return false;
	return true;
}

static void add_quoted(struct buf *out, const char *text) {
	buf_char(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_char(out, '\\');
		buf_char(out, *text);
	}
	buf_char(out, '"');
}

void header_add_mailbox(struct buf *out, const char *name, const char *display, const char *address) {
	BUF_AUTO line = { 0 };
	add_line(&line, display ? display : "");
	const char *text = buf_text(&line);
	buf_print(out, "%s: ", name);
	bool encode = !text_is_ascii(text) || strstr(text, "=?") || line.size + strlen(name) > LINE_COLUMNS - 8;
	if (encode)
		add_words(out, text, FIRST_BYTES);
	else if (*text && is_atoms(text))
		buf_text_add(out, text);
	else if (*text)
		add_quoted(out, text);
	bool fits = !encode && strlen(name) + line.size + strlen(address) + sizeof ": \"\" <>" <= LINE_COLUMNS;
	buf_text_add(out, !*text ? "" : fits ? " " : "\r\n ");
	buf_print(out, "<%s>\r\n", address);
}
