/* Keys of forms. */
#include "core/http/form_key.h"

#include <string.h>

#include "core/base/secret.h"

const char *form_key_placeholder(struct exchange *x) {
	char text[SECRET_HEX];
	secret_mac(x->settings->secret_key, "the key of a form", text);
	return arena_copy(x->arena, text);
}

void form_key_fill(struct exchange *x) {
	const char *placeholder;
	char key[SECRET_HEX], *at;
	size_t size = sizeof key - 1;
	if (!x->type || !text_starts(x->type, "text/html"))
		return;
	placeholder = form_key_placeholder(x);
	at = x->body.bytes;
	while (at && (at = memmem(at, x->body.size - (size_t)(at - x->body.bytes), placeholder, size))) {
		secret_random(key);
		memcpy(at, key, size);
		at += size;
	}
}
