/* The reader of other systems' JSON beside the strict one: what that reads, this reads alike and without a fault;
 * whatever this reads, that reads again once it is written. */
#include <stdlib.h>
#include <string.h>

#include "core/formats/json.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static void expect(bool holds) {
	if (!holds)
		abort();
}

static const char *written(struct arena *arena, const struct value *value) {
	BUF_AUTO out = { 0 };
	json_write(&out, value);
	return arena_copy(arena, buf_text(&out));
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct json_faults faults;
	struct value *strict, *lenient, *again;
	const char *text = arena_copy_bytes(arena, (const char *)bytes, size);
	bool is_json = json_read(arena, text, size, &strict, &err);
	bool is_read = json_read_lenient(arena, text, size, &lenient, &faults, &err);
	size_t length = size;
	(void)json_in_utf8(arena, text, &length, "ISO-8859-1");
	expect(!is_json || (is_read && faults.count == 0));
	if (is_json)
		expect(strcmp(written(arena, strict), written(arena, lenient)) == 0);
	if (!is_read)
		return 0;
	expect(faults.count >= 0);
	for (int i = 0; i < faults.count && i < JSON_FAULTS_TOLD; i++)
		expect(faults.items[i].path && faults.items[i].why);
	const char *out = written(arena, lenient);
	expect(json_read(arena, out, strlen(out), &again, &err));
	return 0;
}
