/* What the demo's mail server says of mails that anybody may have written. */
#include <string.h>

#include "core/formats/json.h"
#include "mailbox/mailbox.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct json_faults faults = { 0 };
	struct value *value;
	struct mailbox_page page;
	struct mailbox_mail mail;
	if (!json_read_lenient(arena, (const char *)bytes, size, &value, &faults, &err))
		return 0;
	mailbox_read_mail(value, arena, &mail);
	size_t length = strlen(mail.to) + strlen(mail.from) + strlen(mail.subject) + strlen(mail.sender);
	if (mailbox_read_page(value, arena, &page, &err))
		for (int i = 0; i < page.count; i++)
			length += strlen(page.items[i].to) + strlen(page.items[i].subject);
	return length > 1u << 30;
}
