/* The encodings of JSON. */
#include <glib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/formats/json.h"

/* Bytes per unit of an encoding and their order; 1 is UTF-8. */
struct encoding {
	int unit;
	bool big;
	size_t mark; /* bytes of the byte order mark */
};

static bool begins(const char *bytes, size_t size, const char *mark, size_t length) {
	return size >= length && memcmp(bytes, mark, length) == 0;
}

/* By the byte order mark, else by where the zeros of the first characters stand, which are ASCII (RFC 4627, 3). */
static struct encoding encoding_of(const char *bytes, size_t size) {
	static const struct {
		const char *mark;
		struct encoding encoding;
	} marks[] = {
		{ "\xef\xbb\xbf", { 1, false, 3 } }, { "\xff\xfe\0\0", { 4, false, 4 } }, { "\0\0\xfe\xff", { 4, true, 4 } },
		{ "\xff\xfe", { 2, false, 2 } },     { "\xfe\xff", { 2, true, 2 } },
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (begins(bytes, size, marks[i].mark, marks[i].encoding.mark))
			return marks[i].encoding;
	if (size >= 4 && !bytes[0] && !bytes[1] && !bytes[2] && bytes[3])
		return (struct encoding){ 4, true, 0 };
	if (size >= 4 && bytes[0] && !bytes[1] && !bytes[2] && !bytes[3])
		return (struct encoding){ 4, false, 0 };
	if (size >= 2 && !bytes[0] && bytes[1])
		return (struct encoding){ 2, true, 0 };
	if (size >= 2 && bytes[0] && !bytes[1])
		return (struct encoding){ 2, false, 0 };
	return (struct encoding){ 1, false, 0 };
}

static gunichar unit_at(const char *bytes, const struct encoding *encoding) {
	gunichar unit = 0;
	for (int i = 0; i < encoding->unit; i++)
		unit = unit << 8 | (unsigned char)bytes[encoding->big ? i : encoding->unit - 1 - i];
	return unit;
}

/* What is no character becomes a byte that is no UTF-8, so that it costs its own text only. */
static void add_point(struct buf *out, gunichar point) {
	char bytes[6];
	if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		buf_char(out, '\xff');
	else
		buf_add(out, bytes, (size_t)g_unichar_to_utf8(point, bytes));
}

static void convert(struct buf *out, const char *at, const char *end, const struct encoding *encoding) {
	while (end - at >= encoding->unit) {
		gunichar point = unit_at(at, encoding);
		at += encoding->unit;
		if (encoding->unit == 2 && point >= 0xd800 && point < 0xdc00 && end - at >= 2) {
			gunichar other = unit_at(at, encoding);
			if (other >= 0xdc00 && other < 0xe000) {
				point = 0x10000 + ((point - 0xd800) << 10) + (other - 0xdc00);
				at += 2;
			}
		}
		add_point(out, point);
	}
	if (at < end)
		buf_char(out, '\xff');
}

static const char *from_charset(struct arena *arena, const char *bytes, size_t *size, const char *charset) {
	gsize got = 0;
	g_autofree char *converted = g_convert(bytes, (gssize)*size, "UTF-8", charset, NULL, &got, NULL);
	if (!converted)
		return bytes;
	*size = got;
	return arena_copy_bytes(arena, converted, got);
}

const char *json_in_utf8(struct arena *arena, const char *bytes, size_t *size, const char *charset) {
	struct encoding encoding = encoding_of(bytes, *size);
	BUF_AUTO out = { 0 };
	if (encoding.unit == 1) {
		*size -= encoding.mark;
		bytes += encoding.mark;
		return charset && !g_utf8_validate(bytes, (gssize)*size, NULL) ? from_charset(arena, bytes, size, charset)
		                                                               : bytes;
	}
	convert(&out, bytes + encoding.mark, bytes + *size, &encoding);
	*size = out.size;
	return arena_copy_bytes(arena, buf_text(&out), out.size);
}
