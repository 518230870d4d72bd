/* Templates: the first line is the data (JSON), the rest the template, which may include itself. */
#include <string.h>

#include "core/formats/json.h"
#include "core/formats/mustache.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static const char *load(void *context, struct arena *arena, const char *name) {
	return strlen(name) < 8 ? arena_copy(arena, context) : NULL;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	struct value *data;
	const char *line = memchr(bytes, '\n', size);
	if (!line || size > 4096)
		return 0;
	size_t head = (size_t)(line - (const char *)bytes);
	if (!json_read(arena, (const char *)bytes, head, &data, &err))
		return 0;
	struct templates *templates = templates_new(load, arena_copy_bytes(arena, line + 1, size - head - 1));
	(void)templates_render(templates, "t", data, &out, &err);
	templates_free(templates);
	return 0;
}
