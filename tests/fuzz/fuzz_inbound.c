/* Mails that came back are written by anybody. Whatever they are, what is read of them is valid UTF-8, and only what
 * has a status is a bounce. */
#include <glib.h>
#include <stdlib.h>

#include "inbound/report.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct mime_parts parts;
	struct inbound_report report;
	if (!mime_read((const char *)bytes, size, arena, &parts))
		return 0;
	inbound_judge(&parts, arena, &report);
	if ((report.kind == INBOUND_HARD || report.kind == INBOUND_SOFT) && !report.status)
		abort();
	if ((report.words && !g_utf8_validate(report.words, -1, NULL)) ||
	    (report.recipient && !g_utf8_validate(report.recipient, -1, NULL)))
		abort();
	(void)inbound_token(arena_copy_bytes(arena, (const char *)bytes, size < 400 ? size : 400), arena);
	return 0;
}
