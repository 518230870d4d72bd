/* DNS records of senders, and addresses of machines: anybody's bytes. */
#include <stdlib.h>
#include <string.h>

#include "core/client/address.h"
#include "preflight/records.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	struct arena *arena = arena_new();
	const char *text = arena_copy_bytes(arena, (const char *)bytes, size);
	struct spf spf;
	struct dmarc dmarc;
	spf_read(text, arena, &spf);
	if (spf.lookup_count < 0 || spf.lookup_count > SPF_TERMS_MAX)
		abort();
	for (int i = 0; i < spf.lookup_count; i++)
		if (strlen(spf.lookups[i].domain) > size)
			abort();
	dmarc_read(text, arena, &dmarc);
	if (dmarc.policy == DMARC_NO_POLICY && !dmarc.problem)
		abort();
	(void)dkim_problem(text, arena);
	(void)dkim_key_of(text, arena);
	for (const char *above = text; (above = domain_above(above));)
		if (!strchr(above, '.'))
			abort();
	/* What inet_pton takes for an address is one for us, too. */
	if (address_text_is_public(text) && !address_is_host(text))
		abort();
	arena_free(arena);
	return 0;
}
