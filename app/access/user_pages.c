/* Pages for sign-in, sign-out, settings and the present identity. */
#include "access/user_pages.h"

#include <string.h>

#include "access/remember.h"
#include "access/session.h"
#include "access/token.h"
#include "access/user.h"
#include "access/zone_pages.h"
#include "core/base/secret.h"
#include "core/http/parts.h"

#define KNOWN_COOKIE "known"
enum { KNOWN_SECONDS = 400 * 86400 }; /* browsers keep none for longer */

static const char *form_value(const struct exchange *x, const char *name) {
	const char *value = params_get(&x->form, name);
	return value ? value : "";
}

bool user_identify(struct exchange *x, struct error *err) {
	return x->authorization ? token_identify(x, err) : session_find(x, err);
}

static const char *next_page(const struct exchange *x, const char *next) {
	return exchange_can_show(x, next) ? next : "/dashboard";
}

/* Before sign-in there is no session, so a nonce in a cookie proves that a form came from our page. A browser keeps the
 * one it has: the form in its other tab depends on it. */
static void put_login_proof(struct exchange *x, struct value *view) {
	const char *kept = exchange_cookie(x, "proof");
	char fresh[SECRET_HEX], proof[SECRET_HEX];
	bool is_ours = kept && strlen(kept) == SECRET_HEX - 1;
	if (!is_ours) {
		secret_random(fresh);
		reply_cookie(x, "proof", fresh, 0);
	}
	secret_mac(x->settings->secret_key, is_ours ? kept : fresh, proof);
	value_put_text(view, "proof", arena_copy(x->arena, proof));
}

static bool login_proof_holds(const struct exchange *x) {
	const char *nonce = exchange_cookie(x, "proof");
	char proof[SECRET_HEX];
	if (text_is_empty(nonce))
		return false;
	secret_mac(x->settings->secret_key, nonce, proof);
	return secret_equal(proof, form_value(x, "csrf"));
}

static bool show_login(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	const char *next = params_get(&x->query, "next");
	value_put_text(view, "username", params_get(&x->form, "username"));
	value_put_text(view, "next", next_page(x, next ? next : params_get(&x->form, "next")));
	value_put_bool(view, "signed_out", params_get(&x->query, "signed_out") != NULL);
	value_put_text(view, "organisation", text_is_empty(x->settings->organisation) ? NULL : x->settings->organisation);
	put_login_proof(x, view);
	return reply_page(x, "access/login", "Sign in", NULL, view, err);
}

/* A browser in which this user has signed in has a mark of it: others who try passwords do not hold it up. */
static void mark_of(const struct exchange *x, const char *username, char mark[SECRET_HEX]) {
	secret_mac(x->settings->secret_key, arena_print(x->arena, "known to %s", username), mark);
}

static enum password_asker who_asks(const struct exchange *x, const char *username) {
	const char *kept = exchange_cookie(x, KNOWN_COOKIE);
	char mark[SECRET_HEX];
	mark_of(x, username, mark);
	return kept && secret_equal(mark, kept) ? PASSWORD_OF_KNOWN : PASSWORD_OF_STRANGER;
}

static void mark_browser(struct exchange *x, const char *username) {
	char mark[SECRET_HEX];
	mark_of(x, username, mark);
	reply_cookie(x, KNOWN_COOKIE, mark, KNOWN_SECONDS);
}

/* A wrong password means not authenticated: 401, not 403. */
static bool check_password(struct exchange *x, struct user *user, struct error *err) {
	const char *username = form_value(x, "username");
	const struct sign_in_from from = { x->remote, who_asks(x, username) };
	if (user_sign_in(x->store, username, form_value(x, "password"), &from, x->now, x->arena, user, err)) {
		mark_browser(x, user->username);
		return true;
	}
	if (err->kind == ERROR_DENIED)
		err->kind = ERROR_UNSIGNED;
	return false;
}

/* Whoever disables a user or changes a password ends the user's sessions afterwards: one that a sign-in under way began
 * after that would go on. */
static bool confirm(struct exchange *x, const struct user *user, struct error *err) {
	bool unchanged;
	if (!user_is_unchanged(x->store, user, &unchanged, err))
		return false;
	return unchanged || (session_end_all(x->store, user->username, err) &&
	                     error_set(err, ERROR_UNSIGNED, "Invalid username or password"));
}

static bool sign_in(struct exchange *x, struct error *err) {
	struct user user;
	const char *csrf;
	if (!login_proof_holds(x))
		return error_set(err, ERROR_DENIED, "This form has expired. Please try again.");
	return check_password(x, &user, err) && session_leave(x, user.username, &csrf, err) &&
	       session_begin(x, user.username, csrf, user.one_time, err) &&
	       (!params_get(&x->form, "remember") || remember_begin(x, user.username, err)) && confirm(x, &user, err) &&
	       reply_redirect(x, next_page(x, params_get(&x->form, "next")));
}

static bool sign_out(struct exchange *x, struct error *err) {
	return session_end(x, err) && reply_redirect(x, "/login?signed_out=1");
}

static void put_tokens(struct value *view, const struct rows *tokens) {
	struct value *list = value_put(view, "tokens", value_list(view->arena));
	const struct token *items = tokens->items;
	for (int i = 0; i < tokens->count; i++) {
		struct value *row = value_push(list, record_to_value(&token_record, &items[i], view->arena));
		value_put_text(row, "scope_label", items[i].scope == TOKEN_WRITE ? "Read and write" : "Read");
		value_put_text(row, "made", text_of_moment(view->arena, items[i].created_at));
		value_put_text(row, "used", text_of_moment(view->arena, items[i].last_used_at));
	}
}

static void put_sessions(struct value *view, const struct rows *sessions, const char *mine, struct moment now) {
	struct value *list = value_put(view, "sessions", value_list(view->arena));
	const struct session *items = sessions->items;
	for (int i = 0; i < sessions->count; i++) {
		struct value *row = value_push(list, value_map(view->arena));
		value_put_text(row, "id", items[i].id);
		value_put_text(row, "agent", text_is_empty(items[i].agent) ? "(no name)" : items[i].agent);
		value_put_text(row, "began", text_of_moment_near(view->arena, items[i].created_at, now));
		value_put_text(row, "seen", text_of_moment_near(view->arena, items[i].last_seen_at, now));
		value_put_bool(row, "mine", text_same(items[i].id, mine));
	}
	value_put_bool(view, "others", sessions->count > 1);
}

static bool show_settings(struct exchange *x, struct error *err) {
	static const char *const fields[] = { "password", "new_password", "again" };
	struct value *view = value_map(x->arena);
	struct rows sessions;
	if (!session_list(x, &sessions, err))
		return false;
	put_sessions(view, &sessions, x->identity.session, x->now);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		part_field(x, view, fields[i], NULL);
	value_put_bool(view, "password_changed", params_get(&x->query, "changed") != NULL);
	value_put_bool(view, "ended", params_get(&x->query, "ended") != NULL);
	value_put_int(view, "shortest", x->settings->password_min);
	return zone_put(x, view, err) && reply_page(x, "access/settings", "Settings", "settings", view, err);
}

/* `token` is one just created, or NULL. */
static bool tokens_page(struct exchange *x, const char *token, struct error *err) {
	struct value *view = value_map(x->arena);
	struct rows tokens;
	if (!token_list(x->store, x->arena, &tokens, err))
		return false;
	put_tokens(view, &tokens);
	value_put_bool(view, "has_tokens", tokens.count > 0);
	value_put_text(view, "token", token);
	part_field(x, view, "name", exchange_typed(x, "name", NULL));
	part_field(x, view, "scope", exchange_typed(x, "scope", NULL));
	value_put_bool(view, "revoked", params_get(&x->query, "revoked") != NULL);
	return reply_page(x, "access/tokens", "API tokens", "settings", view, err);
}

static bool show_tokens(struct exchange *x, struct error *err) {
	return tokens_page(x, NULL, err);
}

static bool need_session(const struct exchange *x, const char *what, struct error *err) {
	return x->identity.session || error_set(err, ERROR_DENIED, "a token cannot %s: sign in for that", what);
}

static bool check_present_password(struct exchange *x, struct user *user, struct error *err) {
	const struct sign_in_from from = { x->remote, PASSWORD_OF_KNOWN };
	if (user_sign_in(x->store, x->identity.user, form_value(x, "password"), &from, x->now, x->arena, user, err))
		return true;
	return err->kind == ERROR_DENIED && error_field(err, "password", "This is not your current password.");
}

static bool change_password(struct exchange *x, struct error *err) {
	const char *fresh = form_value(x, "new_password");
	struct user user;
	return need_session(x, "change a password", err) && check_present_password(x, &user, err) &&
	       (strcmp(fresh, form_value(x, "again")) == 0 ||
	        error_field(err, "again", "The two new passwords do not match.")) &&
	       user_change_password(x->store, x->settings, &user, fresh, x->arena, err) && session_end_others(x, err) &&
	       session_begin(x, user.username, NULL, false, err) && session_end_others(x, err) && confirm(x, &user, err) &&
	       reply_redirect(x, "/settings?changed=1");
}

static bool end_session(struct exchange *x, struct error *err) {
	const char *id = form_value(x, "id");
	return need_session(x, "end sessions", err) &&
	       (strcmp(id, "others") == 0 ? session_end_others(x, err) : session_end_one(x, id, err)) &&
	       reply_redirect(x, "/settings?ended=1");
}

static bool reply_token(struct exchange *x, const struct token_request *request, const char *token) {
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "name", request->name);
	value_put_text(answer, "scope", choice_name(&token_scopes, (int)request->scope));
	value_put_text(answer, "token", token);
	return reply_json(x, answer);
}

static bool make_token(struct exchange *x, struct error *err) {
	const struct token_request *request = x->input;
	const char *token;
	if (!need_session(x, "create tokens", err) ||
	    !token_create(x->store, request, exchange_new_id(x), x->identity.user, x->now, x->arena, &token, err))
		return false;
	return x->wants_json ? reply_token(x, request, token) : tokens_page(x, token, err);
}

static bool list_tokens_api(struct exchange *x, struct error *err) {
	struct rows tokens;
	return token_list(x->store, x->arena, &tokens, err) && reply_rows(x, &token_record, tokens);
}

static bool ask_revoke_token(struct exchange *x, struct error *err) {
	const char *id = params_get(&x->query, "id");
	const struct token *token = NULL;
	struct rows tokens;
	if (!token_list(x->store, x->arena, &tokens, err))
		return false;
	const struct token *items = tokens.items;
	for (int i = 0; i < tokens.count; i++)
		if (text_same(items[i].id, id))
			token = &items[i];
	if (!token)
		return error_set(err, ERROR_MISSING, "There is no such token. It may have been revoked already");
	return reply_confirm(x,
	                     &(struct confirm){
							 .question = arena_print(x->arena, "Revoke the token “%s”?", token->name),
							 .lines = { moment_is_set(token->last_used_at)
	                                        ? arena_print(x->arena, "It was last used %s.",
	                                                      text_of_moment_near(x->arena, token->last_used_at, x->now))
	                                        : "It has never been used.",
	                                    "Programs that use it are refused from then on, and it cannot be made to work "
	                                    "again." },
							 .button = "Revoke token",
							 .name = "id",
							 .value = token->id,
							 .back = "/settings/tokens",
							 .place = "API tokens",
							 .active = "settings",
						 },
	                     err);
}

static bool revoke_token(struct exchange *x, struct error *err) {
	bool found;
	return need_session(x, "revoke tokens", err) && token_revoke(x->store, form_value(x, "id"), &found, err) &&
	       reply_redirect(x, "/settings/tokens?revoked=1");
}

enum { THEME_SECONDS = 365 * 86400 };

static bool set_theme(struct exchange *x, struct error *err) {
	const char *theme = form_value(x, "theme");
	(void)err;
	if (strcmp(theme, "dark") == 0 || strcmp(theme, "light") == 0)
		reply_cookie(x, "theme", theme, THEME_SECONDS);
	else
		reply_cookie(x, "theme", "", -1);
	return reply_redirect(x, next_page(x, params_get(&x->form, "next")));
}

static bool show_me(struct exchange *x, struct error *err) {
	struct value *me = value_map(x->arena);
	(void)err;
	value_put_text(me, "user", x->identity.user);
	value_put_bool(me, "can_write", x->identity.can_write);
	value_put_text(me, "csrf", x->identity.csrf);
	return reply_json(x, me);
}

const struct route user_routes[] = {
	{ "GET", "/login", GUARD_PUBLIC, show_login },
	{ "POST", "/login", GUARD_PUBLIC, sign_in, .form = show_login },
	{ "POST", "/logout", GUARD_SIGNED_IN, sign_out },
	{ "GET", "/settings", GUARD_SIGNED_IN, show_settings },
	{ "POST", "/settings/zone", GUARD_SIGNED_IN, zone_save, .input = &zone_record, .form = show_settings },
	{ "POST", "/settings/password", GUARD_SIGNED_IN, change_password, .form = show_settings },
	{ "GET", "/settings/tokens", GUARD_SIGNED_IN, show_tokens },
	{ "POST", "/settings/tokens", GUARD_SIGNED_IN, make_token, .input = &token_request_record, .form = show_tokens,
	  .creates = true },
	{ "GET", "/settings/tokens/revoke", GUARD_SIGNED_IN, ask_revoke_token },
	{ "POST", "/settings/tokens/revoke", GUARD_SIGNED_IN, revoke_token },
	{ "POST", "/settings/sessions/end", GUARD_SIGNED_IN, end_session },
	{ "POST", "/theme", GUARD_SIGNED_IN, set_theme },
	{ "GET", "/api/tokens", GUARD_SIGNED_IN, list_tokens_api, .summary = "API tokens, without their secret",
	  .output = &token_record, .list = true },
	{ "POST", "/api/tokens", GUARD_SIGNED_IN, make_token, .summary = "Create an API token (session only)",
	  .status = 201, .input = &token_request_record, .creates = true, .shape = "name:text scope:text token:text" },
	{ "GET", "/api/me", GUARD_SIGNED_IN, show_me, .summary = "Who is signed in",
	  .shape = "user:text can_write:bool csrf:text" },
	{ 0 },
};
