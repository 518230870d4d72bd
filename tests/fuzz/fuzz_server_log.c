/* Logs hold what strangers wrote. Whatever stands there, what is read of it is the place of a message. */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "dispatch/block.h"
#include "dispatch/server_log.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	char *text = arena_copy_bytes(arena, (const char *)bytes, size), *rest = NULL;
	struct server_log *log = server_log_new("64b000000000000000000001");
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		int64_t block, index;
		if (server_log_read(log, line, &block, &index) && (block < 0 || index < 0 || index >= BLOCK_PEOPLE))
			abort();
	}
	server_log_free(log);
	return 0;
}
