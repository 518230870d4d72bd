/* Query strings and cookies: what is read is UTF-8 and survives encoding and rereading. */
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/formats/url.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO out = { 0 };
	struct error err = ERROR_INIT;
	struct params params, again;
	const char *text = arena_copy_bytes(arena, (const char *)bytes, size);
	cookies_read(arena, text, &params);
	if (!params_read(arena, text, &params, &err))
		return 0;
	for (int i = 0; i < params.count; i++) {
		if (!text_is_utf8(params.items[i].value, strlen(params.items[i].value)))
			abort();
		if (i)
			buf_char(&out, '&');
		url_encode(&out, params.items[i].name);
		buf_char(&out, '=');
		url_encode(&out, params.items[i].value);
	}
	if (!params_read(arena, buf_text(&out), &again, &err) || again.count < params.count)
		abort();
	for (int i = 0; i < params.count; i++)
		if (strcmp(params.items[i].value, again.items[i].value) != 0)
			abort();
	return 0;
}
