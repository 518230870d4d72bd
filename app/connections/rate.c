/* What text messages cost. */
#include "connections/rate.h"

#include <string.h>

#include "core/base/text.h"

enum { PREFIX_DIGITS_MAX = 6, WHOLE_DIGITS_MAX = 4, MICRO_DIGITS = 6 };
#define DIGITS "0123456789"

static bool read_price(const char *text, int64_t *micros) {
	size_t whole = strspn(text, DIGITS), size = strlen(text);
	bool has_point = text[whole] == '.' || text[whole] == ',';
	size_t behind = has_point ? strspn(text + whole + 1, DIGITS) : 0;
	if (whole < 1 || whole > WHOLE_DIGITS_MAX || behind > MICRO_DIGITS || whole + has_point + behind != size ||
	    (has_point && behind == 0))
		return false;
	*micros = 0;
	for (size_t i = 0; i < whole; i++)
		*micros = *micros * 10 + (text[i] - '0');
	for (size_t i = 0; i < MICRO_DIGITS; i++)
		*micros = *micros * 10 + (i < behind ? text[whole + 1 + i] - '0' : 0);
	return true;
}

bool rate_read(const char *line, const char *field, struct arena *arena, const char **prefix, int64_t *micros,
               struct error *err) {
	const char *text = text_trim(arena, line);
	size_t digits = *text == '+' ? strspn(text + 1, DIGITS) : 0, size = 1 + digits;
	const char *price = text + strspn(text, "+" DIGITS);
	bool fine = *text == '+' && digits <= PREFIX_DIGITS_MAX && text[1] != '0' && price == text + size &&
	            (*price == ' ' || *price == '\t') && read_price(price + strspn(price, " \t"), micros);
	*prefix = arena_copy_bytes(arena, text, *text == '+' ? size : 0);
	return fine ||
	       error_field(err, field,
	                   "“%.40s” is not a price. Write the beginning of phone numbers and what a segment costs, like "
	                   "+49 0.0748",
	                   text);
}
