/* A mail of any bytes: every check ends, and says where in it something is. */
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "preflight/check.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	struct arena *arena = arena_new();
	const char *text = text_is_utf8((const char *)bytes, size) ? arena_copy_bytes(arena, (const char *)bytes, size)
	                                                           : "";
	const char *line = arena_copy_bytes(arena, text, strcspn(text, "\n"));
	const char *subjects[] = { line };
	const struct preflight_input input = { .marketing = true,
		                                   .email = true,
		                                   .sms = true,
		                                   .subjects = { subjects, 1 },
		                                   .preheader = line,
		                                   .html = text,
		                                   .text = text,
		                                   .sms_text = line,
		                                   .from_name = line,
		                                   .from_email = line,
		                                   .reply_to = line,
		                                   .names = &standard_names,
		                                   .spam_check = true };
	struct preflight result;
	preflight_run(&input, arena, &result);
	const struct check *checks = result.checks.items;
	int64_t lines = 1;
	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	for (int i = 0; i < result.checks.count; i++) {
		const struct check_place *places = checks[i].places.items;
		if (!checks[i].title || checks[i].places.count > CHECK_PLACES_MAX)
			abort();
		for (int j = 0; j < checks[i].places.count; j++)
			if (places[j].line != COUNT_NONE && (places[j].line < 1 || places[j].line > lines || places[j].column < 1))
				abort();
	}
	arena_free(arena);
	return 0;
}
