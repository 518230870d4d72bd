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

/* `<`, `>`, `&`, U+2028 and U+2029 are escaped, so the output may be embedded in HTML. */
void json_write_text(struct buf *out, const char *text); /* NULL writes null */
void json_write_int(struct buf *out, int64_t number);    /* a string beyond 2^53 */
void json_write_real(struct buf *out, double number);    /* shortest form that reads back exactly; null for NaN */
void json_write(struct buf *out, const struct value *value);

#endif
