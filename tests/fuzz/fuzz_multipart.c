/* Multipart forms: the first line is the content type of the body. What is read is UTF-8 and within the limits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/formats/multipart.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

/* The same form, split from file to file. */
static void split(struct arena *arena, const char *type, const char *body, size_t size) {
	struct error err = ERROR_INIT;
	struct params fields;
	const char *name;
	FILE *whole = tmpfile(), *out = tmpfile();
	if (!whole || !out)
		abort();
	(void)fprintf(whole, "Content-Type: %s\r\n\r\n", type);
	(void)fwrite(body, 1, size, whole);
	(void)fflush(whole);
	if (multipart_split(arena, fileno(whole), fileno(out), &fields, &name, &err)) {
		if (!text_is_utf8(name, strlen(name)) || lseek(fileno(out), 0, SEEK_END) > (off_t)size)
			abort();
		for (int i = 0; i < fields.count; i++)
			if (!text_is_utf8(fields.items[i].value, strlen(fields.items[i].value)))
				abort();
	}
	(void)fclose(whole);
	(void)fclose(out);
}

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
	split(arena, type, end + 1, size - head - 1);
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
