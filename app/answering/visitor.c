/* Visitors. Sources of the agents' names: what the services document, or call themselves in logs that were published.
 */
#include "answering/visitor.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/secret.h"
#include "core/base/text.h"

static const char *const agent_names[] = {
	[AGENT_NONE] = "none",         [AGENT_BARE] = "bare",       [AGENT_GMAIL] = "gmail_proxy",
	[AGENT_YAHOO] = "yahoo_proxy", [AGENT_SCANNER] = "scanner", [AGENT_PROGRAM] = "program",
	[AGENT_BROWSER] = "browser",   [AGENT_OTHER] = "other",
};
_Static_assert(sizeof agent_names / sizeof *agent_names == AGENT_COUNT, "a name an agent");
const struct choices agents = CHOICES(agent_names);

/* The first one that is found decides. */
static const struct {
	const char *part;
	enum agent agent;
} parts[] = {
	{ "GoogleImageProxy", AGENT_GMAIL },
	{ "YahooMailProxy", AGENT_YAHOO },
	{ "Barracuda", AGENT_SCANNER },
	{ "Proofpoint", AGENT_SCANNER },
	{ "Mimecast", AGENT_SCANNER },
	{ "IronPort", AGENT_SCANNER },
	{ "TrendMicro", AGENT_SCANNER },
	{ "Symantec", AGENT_SCANNER },
	{ "FortiGuard", AGENT_SCANNER },
	{ "Sophos", AGENT_SCANNER },
	{ "Bitdefender", AGENT_SCANNER },
	{ "SafeLinks", AGENT_SCANNER },
	{ "Headless", AGENT_PROGRAM },
	{ "PhantomJS", AGENT_PROGRAM },
	{ "curl/", AGENT_PROGRAM },
	{ "Wget/", AGENT_PROGRAM },
	{ "python", AGENT_PROGRAM },
	{ "Go-http-client", AGENT_PROGRAM },
	{ "Java/", AGENT_PROGRAM },
	{ "okhttp", AGENT_PROGRAM },
	{ "Apache-HttpClient", AGENT_PROGRAM },
	{ "libwww", AGENT_PROGRAM },
	{ "node-fetch", AGENT_PROGRAM },
	{ "axios/", AGENT_PROGRAM },
	{ "bot", AGENT_PROGRAM },
	{ "crawl", AGENT_PROGRAM },
	{ "spider", AGENT_PROGRAM },
	{ "preview", AGENT_PROGRAM },
	{ "Gecko", AGENT_BROWSER },
	{ "Trident/", AGENT_BROWSER },
	{ "MSIE ", AGENT_BROWSER },
};

enum agent agent_of(const char *text) {
	if (text_is_empty(text))
		return AGENT_NONE;
	if (strcmp(text, "Mozilla/5.0") == 0)
		return AGENT_BARE;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcasestr(text, parts[i].part))
			return parts[i].agent;
	return AGENT_OTHER;
}

static bool says_prefetch(const char *header) {
	return header &&
	       (strcasestr(header, "prefetch") || strcasestr(header, "prerender") || strcasestr(header, "preview"));
}

bool visitor_prefetches(const char *sec_purpose, const char *purpose, const char *moz) {
	return says_prefetch(sec_purpose) || says_prefetch(purpose) || says_prefetch(moz);
}

enum { FOUR_BYTES = 3, SIX_BYTES = 6, NETWORK_HEX = 8 };

const char *visitor_network(const char *address, const char *key, struct moment now, struct arena *arena) {
	static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF }; /* RFC 4291, 2.5.5.2 */
	unsigned char bytes[16];
	char hex[SECRET_HEX], said[64];
	bool is_four = address && inet_pton(AF_INET, address, bytes) == 1;
	if (!is_four && (!address || inet_pton(AF_INET6, address, bytes) != 1))
		return NULL;
	if (!is_four && memcmp(bytes, mapped, sizeof mapped) == 0) {
		memmove(bytes, bytes + sizeof mapped, 4);
		is_four = true;
	}
	int size = snprintf(said, sizeof said, "network %lld ", (long long)(now.ms / DAY_MS));
	for (int i = 0; i < (is_four ? FOUR_BYTES : SIX_BYTES); i++)
		size += snprintf(said + size, sizeof said - (size_t)size, "%02x", bytes[i]);
	secret_mac(key, said, hex);
	return arena_copy_bytes(arena, hex, NETWORK_HEX);
}
