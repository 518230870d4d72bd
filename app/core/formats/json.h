/* JSON (RFC 8259): strict parsing, output that is safe inside HTML. */
#ifndef FORMATS_JSON_H
#define FORMATS_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/formats/value.h"

/* Refuses duplicate keys, trailing text, NaN, invalid UTF-8, NUL, integers beyond 64 bits and more than 32 levels:
 * INVALID with the position. The value lives in the arena. */
bool json_read(struct arena *arena, const char *bytes, size_t size, struct value **value, struct error *err) MUST_CHECK;

/* What could not be read: where it stands ("data[1].fields.FirstName") and what is there instead ("a NUL"). */
struct json_fault {
	const char *path, *why;
};

enum { JSON_FAULTS_TOLD = 20, JSON_VALUES_MAX = 500000 }; /* a value takes 100 bytes, in the answer 2 */

struct json_faults {
	struct json_fault items[JSON_FAULTS_TOLD]; /* the first ones */
	int count;                                 /* of all */
};

/* For other systems' answers. A value that cannot be read is null and a fault; the rest is read: a text with a NUL,
 * with bytes that are no UTF-8, with half a surrogate pair or an invalid escape; a number beyond 64 bits or a
 * double; a word that is no value; what is nested too deeply. A name that cannot be read, or was there before, costs
 * its member. INVALID only if the brackets, texts and commas do not show where values end, or there are more than
 * JSON_VALUES_MAX. Reads any encoding of json_in_utf8. */
bool json_read_lenient(struct arena *arena, const char *bytes, size_t size, struct value **value,
                       struct json_faults *faults, struct error *err) MUST_CHECK;

/* JSON in UTF-8 without a byte order mark: of UTF-8, UTF-16 and UTF-32, told from the bytes, or of `charset` if they
 * are no UTF-8 (NULL: not stated). What is no character there is no UTF-8 here, either. May return `bytes` itself. */
const char *json_in_utf8(struct arena *arena, const char *bytes, size_t *size, const char *charset);

/* `<`, `>`, `&`, U+2028 and U+2029 are escaped, so the output may be embedded in HTML. */
void json_write_text(struct buf *out, const char *text); /* NULL writes null */
void json_write_int(struct buf *out, int64_t number);    /* a string beyond 2^53 */
void json_write_real(struct buf *out, double number);    /* shortest form that reads back exactly; null for NaN */
void json_write(struct buf *out, const struct value *value);

#endif
