/* JSON: whatever is accepted is written and read back as the same text. */
#include <stdlib.h>
#include <string.h>

#include "core/formats/json.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO once = { 0 };
	BUF_AUTO twice = { 0 };
	struct error err = ERROR_INIT;
	struct value *value, *again;
	if (!json_read(arena, (const char *)bytes, size, &value, &err))
		return 0;
	json_write(&once, value);
	if (!json_read(arena, buf_text(&once), once.size, &again, &err))
		abort();
	json_write(&twice, again);
	if (strcmp(buf_text(&once), buf_text(&twice)) != 0)
		abort();
	return 0;
}
