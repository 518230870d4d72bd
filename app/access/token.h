/* API tokens: "tt_" and 256 random bits, of which only the SHA-256 is stored. */
#ifndef ACCESS_TOKEN_H
#define ACCESS_TOKEN_H

#include "core/store/store.h"

struct exchange;

/* The `user` of a token made on the command line. */
extern const char TOKEN_OF_COMMAND_LINE[];

enum token_scope { TOKEN_READ, TOKEN_WRITE };
extern const struct choices token_scopes;

struct token {
	const char *id, *name, *hash, *user;
	unsigned scope;
	struct moment created_at, last_used_at;
	int64_t rev;
};
extern const struct record_type token_record;

/* A request for a new token, from a form or JSON. */
struct token_request {
	const char *name;
	unsigned scope;
};
extern const struct record_type token_request_record;

/* *token is shown only here. `id` must be unused; if a token of this id exists, from a request whose answer was lost,
 * it gets the new secret. */
bool token_create(struct store *store, const struct token_request *request, const char *id, const char *user,
                  struct moment now, struct arena *arena, const char **token, struct error *err) MUST_CHECK;
bool token_list(struct store *store, struct arena *arena, struct rows *tokens, struct error *err) MUST_CHECK;
bool token_revoke(struct store *store, const char *id, bool *found, struct error *err) MUST_CHECK;

/* Fills x->identity from the Authorization header; leaves it empty for an unknown token. */
bool token_identify(struct exchange *x, struct error *err) MUST_CHECK;

#endif
