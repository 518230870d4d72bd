/* What an IMAP server says, and the headers of the mails that it has. Whatever the bytes are, numbers ascend above the
 * one that was asked for, and addresses are valid UTF-8 and have an @. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/client/imap_words.h"
#include "core/formats/mime.h"

enum { ABOVE = 5 };

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	int64_t uids[IMAP_UIDS_MAX], last = ABOVE;
	struct strings addresses;
	const char *text = (const char *)bytes;
	int count = imap_uids(text, size, ABOVE, uids);
	for (int i = 0; i < count; last = uids[i++])
		if (uids[i] <= last)
			abort();
	(void)imap_validity(text, size);
	(void)imap_is_refusal(text, size);
	mime_addresses(text, size, arena, &addresses);
	for (int i = 0; i < addresses.count; i++)
		if (!strchr(addresses.items[i], '@') || !g_utf8_validate(addresses.items[i], -1, NULL))
			abort();
	return 0;
}
