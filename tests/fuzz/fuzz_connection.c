/* What is typed of a connection, and what is stored sealed: accepted cookies and headers are an object whose names and
 * values cannot end a line of a request; bytes that were not sealed here do not open; any text is or is no address. */
#include <stdlib.h>
#include <string.h>

#include "connections/request.h"
#include "core/client/address.h"
#include "core/formats/json.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static void check_object(const char *json, struct arena *arena) {
	struct value *map;
	struct error err = ERROR_INIT;
	if (!json_read(arena, json, strlen(json), &map, &err) || map->kind != VALUE_MAP)
		abort();
	for (const struct value *one = map->first; one; one = one->next)
		if (one->kind != VALUE_TEXT || strpbrk(one->text, "\r\n") || strpbrk(one->name, "\r\n: "))
			abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct keyring ring;
	enum address_kind kind;
	const char *json, *typed;
	BUF_AUTO out = { 0 };
	if (size == 0)
		return 0;
	typed = arena_copy_bytes(arena, (const char *)bytes + 1, size - 1);
	if (bytes[0] == 's') {
		if (keyring_read("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "", "KEY", &ring, &err) &&
		    sealed_open(&ring, "p", (const char *)bytes + 1, size - 1, &out) == SEALED_FINE)
			abort();
		(void)keyring_read(typed, typed, "KEY", &ring, &err);
		return 0;
	}
	(void)address_of_text(typed, &kind);
	if (!text_is_utf8(typed, strlen(typed)))
		return 0;
	if (bytes[0] == 'c' ? cookies_of(typed, "f", arena, &json, &err) : headers_of(typed, "f", arena, &json, &err))
		check_object(json, arena);
	return 0;
}
