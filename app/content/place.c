/* How values are escaped. */
#include "content/place.h"

#include <glib.h>
#include <string.h>

#include "core/base/text.h"

/* Of the ASCII characters: what stands for them. NULL: themselves. */
static const char *const of_html[128] = {
	['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"
};

static bool is_control(char c) {
	return (unsigned char)c < ' ' || c == 0x7f;
}

static bool is_turn(const char *at, const char *end) {
	return end - at >= TEXT_TURN_BYTES && text_turns(at);
}

/* Is some of it written from right to left? */
static bool is_leftward(const char *at, const char *end) {
	for (; at < end; at++) {
		unsigned char lead = (unsigned char)*at;
		if (lead < 0xD6) /* U+0590 begins with it: what most values never reach */
			continue;
		gunichar c = g_utf8_get_char_validated(at, end - at);
		if ((c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFF) ||
		    (c >= 0x10800 && c <= 0x10FFF) || (c >= 0x1E800 && c <= 0x1EFFF))
			return true;
	}
	return false;
}

static const char *cut(const char *value, size_t size) {
	const char *end = value + (size < VALUE_BYTES_MAX ? size : VALUE_BYTES_MAX);
	while (size > VALUE_BYTES_MAX && end > value && ((unsigned char)*end & 0xC0) == 0x80)
		end--;
	return end;
}

/* Does it stand for itself, wherever it stands in a value? All but the first byte of U+2000 to U+2FFF is decided by it.
 */
static bool is_itself(unsigned char c) {
	return c >= 0x80 ? c != 0xE2
	       : c > '>' ? c != 0x7f
	                 : !of_html[c] && (c >= ' ' || c == '\t' || c == '\n' || c == '\r');
}

/* Appends runs of what stands for itself; control characters but tabs and line ends are left out. */
static void write_html(const char *at, const char *end, struct buf *out) {
	const char *from = at;
	for (; at < end; at++) {
		unsigned char c = (unsigned char)*at;
		if (is_itself(c) || (c == 0xE2 && !is_turn(at, end)))
			continue;
		buf_add(out, from, (size_t)(at - from));
		if (c < 0x80 && of_html[c])
			buf_text_add(out, of_html[c]);
		at += c == 0xE2 ? 2 : 0;
		from = at + 1;
	}
	buf_add(out, from, (size_t)(end - from));
}

static void write_text(const char *at, const char *end, struct buf *out) {
	bool apart = is_leftward(at, end);
	if (apart)
		buf_text_add(out, "<bdi>");
	write_html(at, end, out);
	if (apart)
		buf_text_add(out, "</bdi>");
}

/* On one line: control characters, line ends and the separators of Unicode become a space. */
static void write_line(const char *at, const char *end, struct buf *out) {
	const char *from = at;
	for (; at < end; at++) {
		bool separates = end - at >= 3 && memcmp(at, "\u2028", 2) == 0 && (at[2] == '\xA8' || at[2] == '\xA9');
		bool next_line = end - at >= 2 && at[0] == '\xC2' && (unsigned char)at[1] < 0xA0; /* and other controls */
		if (!is_control(*at) && !separates && !next_line && !is_turn(at, end))
			continue;
		buf_add(out, from, (size_t)(at - from));
		buf_text_add(out, is_turn(at, end) ? "" : " ");
		at += is_control(*at) ? 0 : next_line ? 1 : 2;
		from = at + 1;
	}
	buf_add(out, from, (size_t)(end - from));
}

static void write_isolated(const char *at, const char *end, struct buf *out) {
	bool apart = is_leftward(at, end);
	buf_text_add(out, apart ? "\u2068" : "");
	write_line(at, end, out);
	buf_text_add(out, apart ? "\u2069" : "");
}

static void write_percent(const char *at, const char *end, const char *kept, struct buf *out) {
	static const char digits[] = "0123456789ABCDEF";
	for (; at < end; at++) {
		unsigned char c = (unsigned char)*at;
		if (is_turn(at, end)) {
			at += 2;
		} else if (g_ascii_isalnum(*at) || (c < 0x80 && c && strchr(kept, c))) {
			buf_char(out, *at);
		} else {
			const char escaped[] = { '%', digits[c >> 4], digits[c & 15] };
			buf_add(out, escaped, sizeof escaped);
		}
	}
}

static void write_part(const char *at, const char *end, struct buf *out) {
	write_percent(at, end, "-._~", out);
}

static void write_opaque(const char *at, const char *end, struct buf *out) {
	write_percent(at, end, "-._~@+", out);
}

static bool begins_address(const char *at, size_t size) {
	static const char *const schemes[] = { "http://", "https://", "mailto:", "tel:", "cid:", "data:image/png;base64," };
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (size > strlen(schemes[i]) && g_ascii_strncasecmp(at, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

static void write_address(const char *at, const char *end, struct buf *out) {
	write_percent(at, end, "-._~:/?#[]@!$&'()*+,;=%", out);
}

static void write_address_html(const char *at, const char *end, struct buf *out) {
	BUF_AUTO plain = { 0 };
	write_address(at, end, &plain);
	write_html(buf_text(&plain), buf_text(&plain) + plain.size, out);
}

bool place_write(enum place place, const char *value, size_t size, struct buf *out) {
	static void (*const writers[PLACE_COUNT])(const char *, const char *, struct buf *) = {
		[PLACE_TEXT] = write_text,         [PLACE_TITLE] = write_html,     [PLACE_ATTRIBUTE] = write_html,
		[PLACE_URL] = write_address_html,  [PLACE_URL_PART] = write_part,  [PLACE_URL_OPAQUE] = write_opaque,
		[PLACE_URL_PLAIN] = write_address, [PLACE_PLAIN] = write_isolated, [PLACE_HEADER] = write_isolated,
		[PLACE_SMS] = write_line,
	};
	if (!writers[place])
		return false;
	if ((place == PLACE_URL || place == PLACE_URL_PLAIN) && !begins_address(value, size))
		return false;
	writers[place](value, cut(value, size), out);
	return true;
}
