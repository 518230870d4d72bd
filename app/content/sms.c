/* Text messages: their alphabet, segments and hints. */
#include "content/sms.h"

#include <glib.h>
#include <string.h>

#include "core/base/buf.h"

enum { GSM_WHOLE = 160, GSM_PART = 153, UCS2_WHOLE = 70, UCS2_PART = 67 };

/* Units in GSM 03.38; 0: not in it. */
static int gsm_units(gunichar c) {
	static const char
		once[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
	static const char twice[] = "^{}\\[]~|€\f";
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ')
		return 1;
	if (g_utf8_strchr(once, -1, c))
		return 1;
	return g_utf8_strchr(twice, -1, c) ? 2 : 0;
}

static bool is_gsm(const char *text) {
	for (; *text; text = g_utf8_next_char(text))
		if (!gsm_units(g_utf8_get_char(text)))
			return false;
	return true;
}

static int units_of(enum sms_encoding encoding, gunichar c) {
	return encoding == SMS_GSM ? gsm_units(c) : c > 0xffff ? 2 : 1;
}

/* Where the segment that begins at `text` ends, and its units. */
static const char *segment_end(enum sms_encoding encoding, const char *text, int room, int *units) {
	*units = 0;
	for (; *text; text = g_utf8_next_char(text)) {
		int more = units_of(encoding, g_utf8_get_char(text));
		if (*units + more > room)
			break;
		*units += more;
	}
	return text;
}

/* The units of each segment: all of them if it is one. */
static int room_of(enum sms_encoding encoding, const char *text) {
	int units, whole = encoding == SMS_GSM ? GSM_WHOLE : UCS2_WHOLE;
	if (!*segment_end(encoding, text, whole, &units))
		return whole;
	return encoding == SMS_GSM ? GSM_PART : UCS2_PART;
}

struct sms_size sms_size(const char *text) {
	struct sms_size size = { .encoding = is_gsm(text) ? SMS_GSM : SMS_UCS2 };
	int room = room_of(size.encoding, text);
	while (*text) {
		int units;
		text = segment_end(size.encoding, text, room, &units);
		size.units += units;
		size.segments++;
		size.left = room - units;
	}
	return size;
}

const char *sms_text(struct arena *arena, const char *text) {
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autofree char *composed = g_utf8_normalize(valid, -1, G_NORMALIZE_NFC);
	BUF_AUTO out = { 0 };
	for (const char *at = composed ? composed : valid; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		if (*at == '\r' && at[1] == '\n')
			continue;
		if (*at == '\r')
			buf_char(&out, '\n');
		else if (*at == '\t')
			buf_char(&out, ' ');
		else if (*at == '\n' || !g_unichar_iscntrl(c))
			buf_add(&out, at, (size_t)(g_utf8_next_char(at) - at));
	}
	return arena_copy(arena, buf_text(&out));
}

struct strings sms_split(struct arena *arena, const char *text) {
	struct sms_size size = sms_size(text);
	struct strings parts = { arena_array(arena, const char *, size.segments), 0 };
	int room = room_of(size.encoding, text);
	while (*text) {
		int units;
		const char *end = segment_end(size.encoding, text, room, &units);
		parts.items[parts.count++] = arena_copy_bytes(arena, text, (size_t)(end - text));
		text = end;
	}
	return parts;
}

/* What says the same in GSM. */
static const struct {
	gunichar c;
	const char *instead;
} known[] = {
	{ 0x09, " " },     { 0x60, "'" },      { 0xA0, " " },    { 0xA9, "(c)" },  { 0xAB, "\"" },   { 0xAD, "" },
	{ 0xAE, "(R)" },   { 0xB4, "'" },      { 0xB7, "-" },    { 0xBB, "\"" },   { 0xD0, "D" },    { 0xD7, "x" },
	{ 0xDE, "Th" },    { 0xF0, "d" },      { 0xFE, "th" },   { 0x110, "D" },   { 0x111, "d" },   { 0x131, "i" },
	{ 0x141, "L" },    { 0x142, "l" },     { 0x152, "OE" },  { 0x153, "oe" },  { 0x1E9E, "SS" }, { 0x2002, " " },
	{ 0x2003, " " },   { 0x2007, " " },    { 0x2009, " " },  { 0x200A, " " },  { 0x200B, "" },   { 0x200C, "" },
	{ 0x200D, "" },    { 0x200E, "" },     { 0x200F, "" },   { 0x2010, "-" },  { 0x2011, "-" },  { 0x2012, "-" },
	{ 0x2013, "-" },   { 0x2014, "-" },    { 0x2015, "-" },  { 0x2018, "'" },  { 0x2019, "'" },  { 0x201A, "'" },
	{ 0x201B, "'" },   { 0x201C, "\"" },   { 0x201D, "\"" }, { 0x201E, "\"" }, { 0x201F, "\"" }, { 0x2022, "-" },
	{ 0x2026, "..." }, { 0x202F, " " },    { 0x2032, "'" },  { 0x2033, "\"" }, { 0x2039, "'" },  { 0x203A, "'" },
	{ 0x2060, "" },    { 0x2122, "(TM)" }, { 0x2192, "->" }, { 0x2212, "-" },  { 0x3000, " " },  { 0xFE0E, "" },
	{ 0xFE0F, "" },    { 0xFEFF, "" },
};

/* NULL: nothing. A letter with marks says the same without them. */
static const char *instead_of(struct arena *arena, gunichar c) {
	gunichar base[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
	char bytes[7] = "";
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].c == c)
			return known[i].instead;
	if (g_unichar_ismark(c))
		return "";
	if (g_unichar_fully_decompose(c, FALSE, base, G_UNICHAR_MAX_DECOMPOSITION_LENGTH) < 2 || !gsm_units(base[0]))
		return NULL;
	bytes[g_unichar_to_utf8(base[0], bytes)] = '\0';
	return arena_copy(arena, bytes);
}

const char *sms_plain(struct arena *arena, const char *text) {
	BUF_AUTO out = { 0 };
	for (; *text; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);
		const char *instead = gsm_units(c) ? NULL : instead_of(arena, c);
		if (instead)
			buf_text_add(&out, instead);
		else
			buf_add(&out, text, (size_t)(g_utf8_next_char(text) - text));
	}
	return arena_copy(arena, buf_text(&out));
}

struct sms_hints sms_hints(struct arena *arena, const char *text) {
	struct sms_hint *hints = arena_array(arena, struct sms_hint, SMS_HINTS);
	struct sms_hints all = { .items = hints, .segments = sms_size(sms_plain(arena, text)).segments };
	for (; *text; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);
		int i = 0;
		if (gsm_units(c))
			continue;
		const char *character = arena_copy_bytes(arena, text, (size_t)(g_utf8_next_char(text) - text));
		while (i < all.count && strcmp(hints[i].character, character) != 0)
			i++;
		if (i == SMS_HINTS)
			continue;
		if (i == all.count)
			hints[all.count++] = (struct sms_hint){ character, instead_of(arena, c), 0 };
		hints[i].count++;
	}
	return all;
}
