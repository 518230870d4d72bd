/* What is scanned or typed for a code comes from anybody. What is read as a code, written again, is read as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "codes/code.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	struct code_asked asked, again;
	char token[CODE_TOKEN];
	char *text = strndup((const char *)bytes, size);
	if (!text)
		abort();
	if (code_read(text, &asked)) {
		if ((*asked.short_code != 0) == (*asked.random != 0))
			abort();
		code_token(asked.campaign_id, asked.contact_id, asked.random, token);
		if (!code_read(*asked.short_code ? asked.short_code : token, &again) ||
		    memcmp(&asked, &again, sizeof again) != 0)
			abort();
	} else if (*asked.campaign_id || *asked.random || *asked.short_code) {
		abort();
	}
	free(text);
	return 0;
}
