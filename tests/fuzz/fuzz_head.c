/* Heads of FastCGI requests: whatever has arrived of a sound one is no reason to drop it, and what follows a whole one
 * changes nothing. */
#include <stdlib.h>

#include "core/http/intake.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	enum head head = head_judge(bytes, size);
	for (size_t some = 0; some < size; some += 1 + some / 16) {
		enum head before = head_judge(bytes, some);
		if (before == HEAD_BAD && head != HEAD_BAD)
			abort();
		if (before == HEAD_WHOLE && head != HEAD_WHOLE)
			abort();
	}
	return 0;
}
