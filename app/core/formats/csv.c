/* CSV writing. */
#include "core/formats/csv.h"

#include <string.h>

void csv_cell(struct buf *out, const char *text, bool first) {
	if (!first)
		buf_char(out, ',');
	if (!text)
		return;
	bool formula = *text && strchr("=+-@\t\r", *text);
	bool quote = formula || strpbrk(text, ",\"\r\n") || *text == ' ';
	if (!quote) {
		buf_text_add(out, text);
		return;
	}
	buf_text_add(out, formula ? "\"'" : "\"");
	for (; *text; text++) {
		if (*text == '"')
			buf_char(out, '"');
		buf_char(out, *text);
	}
	buf_char(out, '"');
}

void csv_end(struct buf *out) {
	buf_text_add(out, "\r\n");
}
