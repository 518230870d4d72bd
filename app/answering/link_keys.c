/* The keys of links. */
#include "answering/link_keys.h"

#include <string.h>

const struct mac_ring *link_keys(const struct settings *settings) {
	static struct mac_ring ring;
	static const char *read;
	struct error ignored = ERROR_INIT; /* settings_read has checked them */
	if (read != settings->link_keys && mac_ring_read(settings->link_keys, "LINK_KEYS", &ring, &ignored))
		read = settings->link_keys;
	return &ring;
}

bool link_token(const struct settings *settings, enum token_kind kind, const char *text, struct token *token,
                struct error *err) {
	return token_read(link_keys(settings), kind, text, strlen(text), token) ||
	       error_set(err, ERROR_MISSING, "this is no link of an email");
}
