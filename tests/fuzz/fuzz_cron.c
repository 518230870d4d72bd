/* Cron expressions and mail addresses: an accepted expression has a next time in the future, and an accepted address
 * cannot end an SMTP line. */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/cron.h"
#include "core/formats/mail.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct cron cron;
	struct moment after = { 1774742400000 }; /* the day before DST begins in Berlin */
	const char *text = arena_copy_bytes(arena, (const char *)bytes, size);
	if (cron_read(text, &cron, &err)) {
		struct moment next = cron_next(&cron, size % 2 ? "Europe/Berlin" : "UTC", after);
		if (moment_is_set(next) && next.ms <= after.ms)
			abort();
	}
	if (mail_check_address(text, "to", &err) && strpbrk(text, "\r\n <>\""))
		abort();
	return 0;
}
