/* The keys of the links of mails (LINK_KEYS), read once a process. */
#ifndef ANSWERING_LINK_KEYS_H
#define ANSWERING_LINK_KEYS_H

#include "content/tokens/token.h"
#include "core/process/settings.h"

/* An empty ring if there are none: then no token is one. */
const struct mac_ring *link_keys(const struct settings *settings);

/* Reads a token of this kind. MISSING. */
bool link_token(const struct settings *settings, enum token_kind kind, const char *text, struct token *token,
                struct error *err) MUST_CHECK;

#endif
