/* Times: an accepted text is formatted as one that means the same second. */
#include <stdlib.h>

#include "core/base/arena.h"
#include "core/base/moment_text.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	char text[MOMENT_TEXT];
	struct moment at, again;
	if (!moment_parse(arena_copy_bytes(arena, (const char *)bytes, size), &at))
		return 0;
	(void)moment_format_human(at, text);
	if (!moment_parse(moment_format(at, text), &again))
		abort();
	int64_t lost = at.ms - again.ms;
	if (lost < 0 || lost >= SECOND_MS)
		abort();
	return 0;
}
