/* From which site a request comes. */
#include "live/origin.h"

#include <string.h>
#include <strings.h>

#include "core/base/text.h"

/* "https://a.example:8000/b" → "a.example:8000", with its size; NULL: no such address. */
static const char *host_of(const char *url, size_t *size) {
	const char *host = text_after(text_after(url, "https://"), "http://");
	*size = host == url ? 0 : strcspn(host, "/?#");
	return *size ? host : NULL;
}

static bool same_host(const char *host, size_t size, const char *other, size_t other_size) {
	return other && size == other_size && strncasecmp(host, other, size) == 0;
}

bool origin_is_ours(const struct origin *request) {
	size_t size, public_size;
	if (!request->origin)
		return text_same(request->site, "same-origin");
	const char *host = host_of(request->origin, &size);
	const char *public = host_of(request->public_url, &public_size);
	bool is_public = host && same_host(host, size, public, public_size);
	bool is_secure = text_starts(request->origin, "https://"),
		 may_be_secure = text_starts(request->public_url, "https://");
	if (!host || host[size] != '\0' || (is_secure && !may_be_secure))
		return false;
	return is_public ? is_secure == may_be_secure
	                 : same_host(host, size, request->host, request->host ? strlen(request->host) : 0);
}
