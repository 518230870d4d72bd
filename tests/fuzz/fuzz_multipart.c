/* Forms with files: the first line is the type of the body. What is read is UTF-8 and within the limits. */
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/formats/multipart.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct params fields;
	struct uploads uploads;
	const char *end = size ? memchr(bytes, '\n', size) : NULL;
	if (!end)
		return 0;
	size_t head = (size_t)(end - (const char *)bytes);
	const char *type = arena_copy_bytes(arena, (const char *)bytes, head);
	if (!multipart_read(arena, type, end + 1, size - head - 1, &fields, &uploads, &err))
		return 0;
	if (fields.count > PARAMS_LIMIT || uploads.count > UPLOADS_MAX)
		abort();
	for (int i = 0; i < fields.count; i++)
		if (!text_is_utf8(fields.items[i].value, strlen(fields.items[i].value)))
			abort();
	for (int i = 0; i < uploads.count; i++)
		if (uploads.items[i].size > size)
			abort();
	return 0;
}
