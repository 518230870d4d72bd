/* The encoding of a file. */
#include "audience/import/charset.h"

#include <errno.h>
#include <glib.h>
#include <iconv.h>
#include <string.h>

#include "core/base/buf.h"

const struct charset_offer charset_offers[] = {
	{ "UTF-8", "UTF-8" },
	{ "WINDOWS-1252", "Western European (Windows-1252)" },
	{ "UTF-16LE", "UTF-16" },
	{ "UTF-16BE", "UTF-16, big-endian" },
	{ "ISO-8859-15", "Western European (ISO 8859-15)" },
	{ "MACINTOSH", "Western European (Mac)" },
	{ "IBM850", "Western European (DOS)" },
	{ "WINDOWS-1250", "Central European (Windows-1250)" },
	{ "ISO-8859-2", "Central European (ISO 8859-2)" },
	{ "WINDOWS-1257", "Baltic (Windows-1257)" },
	{ "WINDOWS-1251", "Cyrillic (Windows-1251)" },
	{ "KOI8-R", "Cyrillic (KOI8-R)" },
	{ "WINDOWS-1253", "Greek (Windows-1253)" },
	{ "WINDOWS-1254", "Turkish (Windows-1254)" },
	{ "WINDOWS-1255", "Hebrew (Windows-1255)" },
	{ "WINDOWS-1256", "Arabic (Windows-1256)" },
	{ "WINDOWS-1258", "Vietnamese (Windows-1258)" },
	{ "CP932", "Japanese (Shift JIS)" },
	{ "EUC-JP", "Japanese (EUC)" },
	{ "GB18030", "Chinese, simplified (GB 18030)" },
	{ "BIG5", "Chinese, traditional (Big5)" },
	{ "CP949", "Korean (CP949)" },
};
const int charset_offer_count = sizeof charset_offers / sizeof *charset_offers;

enum kind { KIND_UTF8, KIND_UTF16, KIND_TABLE, KIND_ICONV };
enum { CHARACTER_MAX = 8, NO_CHARACTER = -1 };

struct charset {
	enum kind kind;
	bool big; /* UTF-16: the high byte comes first */
	bool is_ascii;
	iconv_t iconv;
	int32_t points[256]; /* a byte's character, if each byte is one */
};

/* Whatever is no letter or digit is left out, so "utf16le" is "UTF-16LE". */
static bool same_name(const char *a, const char *b) {
	for (;; a++, b++) {
		while (*a && !g_ascii_isalnum(*a))
			a++;
		while (*b && !g_ascii_isalnum(*b))
			b++;
		if (g_ascii_tolower(*a) != g_ascii_tolower(*b))
			return false;
		if (!*a)
			return true;
	}
}

static void close_iconv(void *object) {
	(void)iconv_close(((struct charset *)object)->iconv);
}

/* The number of bytes written for exactly these, or NO_CHARACTER with errno. What iconv has kept for a later accent is
 * written, too, so no call depends on an earlier one. */
static int convert(iconv_t iconv_of, const char *bytes, size_t size, char *out) {
	char *in = (char *)bytes, *to = out;
	size_t left = size, room = CHARSET_TEXT;
	size_t result = iconv(iconv_of, &in, &left, &to, &room);
	int why = result == (size_t)-1 ? errno : 0;
	if (!why && iconv(iconv_of, NULL, NULL, &to, &room) == (size_t)-1)
		why = errno;
	(void)iconv(iconv_of, NULL, NULL, NULL, NULL);
	errno = why;
	return why ? NO_CHARACTER : (int)(to - out);
}

/* False if some byte is only the beginning of a character. */
static bool fill_table(struct charset *charset) {
	charset->is_ascii = true;
	for (int i = 0; i < 256; i++) {
		char byte = (char)i, out[CHARSET_TEXT];
		int size = convert(charset->iconv, &byte, 1, out);
		if (size == NO_CHARACTER && errno == EINVAL)
			return false;
		charset->points[i] = size > 0 ? (int32_t)g_utf8_get_char(out) : NO_CHARACTER;
		if (i >= ' ' && i < 0x7f && charset->points[i] != i)
			charset->is_ascii = false;
	}
	return true;
}

/* Encodings that switch by marks in the text: read from the middle, they would be misread. */
static bool is_stateful(const char *name) {
	static const char *const prefixes[] = { "ISO-2022", "ISO2022", "CSISO2022", "UTF-7",  "UTF7",  "CSUTF7", "HZ",
		                                    "CN-GB",    "UTF-16",  "UTF16",     "UTF-32", "UCS",   "CSUCS",  "UNICODE",
		                                    "IBM930",   "IBM933",  "IBM935",    "IBM937", "IBM939" };
	if (g_ascii_strcasecmp(name, "UTF-32LE") == 0 || g_ascii_strcasecmp(name, "UTF-32BE") == 0)
		return false;
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (g_ascii_strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static bool open_iconv(struct charset *charset, struct arena *arena, const char *name, struct error *err) {
	bool is_name = *name && strlen(name) <= 40 &&
	               strspn(name, "-_.:" G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS) == strlen(name);
	if (!is_name || is_stateful(name))
		return error_field(err, "charset", "“%.40s” is not an encoding that can be read here", name);
	charset->iconv = iconv_open("UTF-8", name);
	if (charset->iconv == (iconv_t)-1)
		return error_field(err, "charset", "There is no encoding “%.40s”", name);
	arena_defer(arena, close_iconv, charset);
	charset->kind = fill_table(charset) ? KIND_TABLE : KIND_ICONV;
	charset->is_ascii = charset->kind == KIND_TABLE && charset->is_ascii;
	return true;
}

struct charset *charset_open(struct arena *arena, const char *name, struct error *err) {
	struct charset *charset = arena_new_of(arena, struct charset);
	if (same_name(name, "UTF-8")) {
		charset->is_ascii = true;
		return charset;
	}
	if (same_name(name, "UTF-16LE") || same_name(name, "UTF-16BE")) {
		charset->kind = KIND_UTF16;
		charset->big = same_name(name, "UTF-16BE");
		return charset;
	}
	return open_iconv(charset, arena, name, err) ? charset : NULL;
}

bool charset_is_ascii(const struct charset *charset) {
	return charset->is_ascii;
}

static enum charset_result character(struct charset_step *step, gunichar point, int used) {
	step->size = g_unichar_to_utf8(point, step->text);
	step->used = used;
	return CHARSET_CHARACTER;
}

static enum charset_result invalid(struct charset_step *step, int used) {
	step->size = 0;
	step->used = used;
	return CHARSET_INVALID;
}

static enum charset_result step_utf8(const char *bytes, size_t size, struct charset_step *step) {
	if (!(*bytes & 0x80))
		return character(step, (gunichar)*bytes, 1);
	gunichar point = g_utf8_get_char_validated(bytes, (gssize)MIN(size, 6));
	if (point == (gunichar)-2 && size < 4 && !memchr(bytes, '\0', size))
		return CHARSET_MORE;
	if (point == (gunichar)-1 || point == (gunichar)-2)
		return invalid(step, 1);
	return character(step, point, g_utf8_next_char(bytes) - bytes);
}

static gunichar unit_at(const char *bytes, bool big) {
	unsigned char first = (unsigned char)bytes[0], second = (unsigned char)bytes[1];
	return big ? (gunichar)first << 8 | second : (gunichar)second << 8 | first;
}

static enum charset_result step_utf16(const char *bytes, size_t size, bool big, struct charset_step *step) {
	if (size < 2)
		return CHARSET_MORE;
	gunichar unit = unit_at(bytes, big);
	if (unit < 0xd800 || unit >= 0xe000)
		return character(step, unit, 2);
	if (unit >= 0xdc00)
		return invalid(step, 2);
	if (size < 4)
		return CHARSET_MORE;
	gunichar low = unit_at(bytes + 2, big);
	if (low < 0xdc00 || low >= 0xe000)
		return invalid(step, 2);
	return character(step, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 4);
}

static enum charset_result step_iconv(struct charset *charset, const char *bytes, size_t size,
                                      struct charset_step *step) {
	for (size_t used = 1; used <= size && used <= CHARACTER_MAX; used++) {
		int written = convert(charset->iconv, bytes, used, step->text);
		if (written > 0) {
			step->size = written;
			step->used = (int)used;
			return CHARSET_CHARACTER;
		}
		if (written == NO_CHARACTER && errno != EINVAL)
			return invalid(step, 1);
	}
	return size < CHARACTER_MAX ? CHARSET_MORE : invalid(step, 1);
}

enum charset_result charset_step(struct charset *charset, const char *bytes, size_t size, struct charset_step *step) {
	int32_t point;
	switch (charset->kind) {
	case KIND_UTF8:
		return step_utf8(bytes, size, step);
	case KIND_UTF16:
		return step_utf16(bytes, size, charset->big, step);
	case KIND_TABLE:
		point = charset->points[(unsigned char)*bytes];
		return point == NO_CHARACTER ? invalid(step, 1) : character(step, (gunichar)point, 1);
	case KIND_ICONV:
		break;
	}
	return step_iconv(charset, bytes, size, step);
}

const char *charset_text(struct arena *arena, struct charset *charset, const char *bytes, size_t size) {
	BUF_AUTO out = { 0 };
	struct charset_step step;
	const char *end = bytes + size;
	for (bool first = true; bytes < end; bytes += step.used, first = false) {
		enum charset_result result = charset_step(charset, bytes, (size_t)(end - bytes), &step);
		if (result == CHARSET_MORE)
			break;
		if (result == CHARSET_INVALID)
			buf_text_add(&out, "\xef\xbf\xbd");
		else if (!first || step.size != 3 || memcmp(step.text, "\xef\xbb\xbf", 3) != 0)
			buf_add(&out, step.text, (size_t)step.size);
	}
	return arena_copy_bytes(arena, buf_text(&out), out.size);
}
