/* API tokens. */
#include "access/token.h"

#include <string.h>

#include "access/identity.h"
#include "access/user.h"
#include "core/base/secret.h"
#include "core/http/exchange.h"

enum { NAME_CHARACTERS = 100, LISTED = 1000 };

static const char *const scope_names[] = { [TOKEN_READ] = "read", [TOKEN_WRITE] = "write" };
const struct choices token_scopes = CHOICES(scope_names);

const char TOKEN_OF_COMMAND_LINE[] = "cli";

static const char TOKENS[] = "api_tokens";

static const struct field token_fields[] = {
	FIELD(struct token, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct token, name, .doc = "What the token is for"),
	FIELD(struct token, scope, .choices = &token_scopes),
	FIELD(struct token, hash, .flags = FIELD_PRIVATE),
	FIELD(struct token, user, .doc = "Who made it"),
	FIELD(struct token, created_at),
	FIELD(struct token, last_used_at),
	FIELD(struct token, rev, .flags = FIELD_REVISION),
};
const struct record_type token_record = RECORD_TYPE("Token", struct token, token_fields);

static const struct field request_fields[] = {
	FIELD(struct token_request, name, .flags = FIELD_REQUIRED, .max = NAME_CHARACTERS, .doc = "What the token is for"),
	FIELD(struct token_request, scope, .flags = FIELD_REQUIRED, .choices = &token_scopes),
};
const struct record_type token_request_record = RECORD_TYPE("TokenRequest", struct token_request, request_fields);

bool token_create(struct store *store, const struct token_request *request, const char *id, const char *user,
                  struct moment now, struct arena *arena, const char **token, struct error *err) {
	char random[SECRET_HEX], hash[SECRET_HEX];
	secret_random(random);
	*token = arena_print(arena, "tt_%s", random);
	secret_digest(*token, hash);
	bool was_there, matched;
	struct token row = { .id = id,
		                 .name = request->name,
		                 .scope = request->scope,
		                 .hash = hash,
		                 .user = user,
		                 .created_at = now,
		                 .last_used_at = MOMENT_NONE };
	if (!store_create(store, TOKENS, &token_record, &row, id, &was_there, err))
		return false;
	return !was_there ||
	       (store_update(store, TOKENS, FILTER(by_id(id)), UPDATE(set_text("hash", hash)), &matched, err) &&
	        identity_forget_all(store, err));
}

bool token_list(struct store *store, struct arena *arena, struct rows *tokens, struct error *err) {
	return store_list(store, TOKENS, &everything, SORT(asc("created_at"), asc("_id")), LISTED, &token_record, arena,
	                  &tokens->items, &tokens->count, err);
}

bool token_revoke(struct store *store, const char *id, bool *found, struct error *err) {
	int64_t deleted;
	bool fine = store_delete(store, TOKENS, FILTER(by_id(id)), &deleted, err);
	*found = fine && deleted > 0;
	return fine && identity_forget_all(store, err);
}

/* Recording use once an hour is enough. */
static bool was_noted(const struct token *token, struct moment now) {
	return moment_is_set(token->last_used_at) && now.ms - token->last_used_at.ms < HOUR_MS;
}

static bool note_use(struct exchange *x, struct token *token, const char *hash, struct error *err) {
	bool matched;
	if (was_noted(token, x->now))
		return true;
	token->last_used_at = x->now;
	return store_update(x->store, TOKENS, FILTER(eq_text("hash", hash)),
	                    UPDATE(set_moment("last_used_at", token->last_used_at)), &matched, err);
}

/* The command line's tokens belong to nobody. */
static bool may_be_used(struct store *store, const struct token *token, bool *may, struct error *err) {
	*may = text_same(token->user, TOKEN_OF_COMMAND_LINE);
	return *may || user_is_active(store, token->user ? token->user : "", may, err);
}

static bool find_token(struct exchange *x, const char *hash, struct token *token, bool *found, struct error *err) {
	*found = identity_cached(x, "token", hash, &token_record, token) && was_noted(token, x->now);
	if (*found)
		return true;
	if (!store_find(x->store, TOKENS, FILTER(eq_text("hash", hash)), NULL, &token_record, x->arena, token, found,
	                err) ||
	    (*found && !may_be_used(x->store, token, found, err)))
		return false;
	if (!*found)
		return true;
	bool fine = note_use(x, token, hash, err);
	identity_cache(x, "token", hash, &token_record, token);
	return fine;
}

bool token_identify(struct exchange *x, struct error *err) {
	char hash[SECRET_HEX];
	struct token token;
	bool found;
	if (!text_starts(x->authorization, "Bearer "))
		return true;
	secret_digest(x->authorization + strlen("Bearer "), hash);
	if (!find_token(x, hash, &token, &found, err))
		return false;
	if (found) {
		x->identity.user = arena_print(x->arena, "token %s", token.name);
		x->identity.can_write = token.scope == TOKEN_WRITE;
	}
	return true;
}
