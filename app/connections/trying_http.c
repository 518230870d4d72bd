/* Trying the connections that are an API: a table of what is asked, and a judge for each answer. */
#include "connections/trying_step.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "core/formats/json.h"
#include "core/formats/url.h"

enum { CALL_MS = 15000, ANSWER_MAX = 1 << 20, HEADERS_MAX = 210, OK = 200, UNSIGNED = 401, DENIED = 403, GONE = 404 };

typedef void judge_answer(struct trying *trying, int status, const struct value *json);

/* One call: who answers, and what its answer means. */
struct calling {
	struct trying *trying;
	const char *who, *host;
	judge_answer *judge;
	bool reached; /* another call of this try has been answered before */
};

static const char *print_host(struct arena *arena, const char *url) {
	const char *host = strstr(url, "://");
	host = host ? host + 3 : url;
	return arena_print(arena, "%.*s", (int)strcspn(host, "/?#"), host);
}

static void fail_reach(struct calling *calling, const struct http_answer *answer) {
	struct trying *trying = calling->trying;
	const char *certificate = probe_certificate_words(answer->problem);
	const char *words = certificate                               ? certificate
	                    : strstr(answer->problem, "resolve host") ? "There is no server named %s"
	                    : answer->sent                            ? "%s took the question, but did not answer"
	                                                              : "%s does not answer";
	trying_fail(trying, "reach", certificate ? words : arena_print(trying->arena, words, calling->host));
}

static void take_answer(void *context, const struct http_answer *answer) {
	struct calling *calling = context;
	struct trying *trying = calling->trying;
	struct json_faults faults = { 0 };
	struct value *json = NULL;
	struct error ignored;
	if (answer->status == 0) {
		fail_reach(calling, answer);
		return;
	}
	if (!calling->reached)
		trying_pass(trying, "reach", calling->host);
	if (answer->status == 429 || answer->status >= 500) {
		trying_fail(trying, "sign_in",
		            arena_print(trying->arena, "%s has no time for us now (status %d). Try later", calling->who,
		                        answer->status));
		return;
	}
	if (!json_read_lenient(trying->arena, answer->body, answer->size, &json, &faults, &ignored) || !json ||
	    json->kind != VALUE_MAP)
		json = NULL;
	calling->judge(trying, answer->status, json);
}

static void start(struct trying *trying, const char *who, bool reached, judge_answer *judge, struct http_call call) {
	struct calling *calling = arena_new_of(trying->arena, struct calling);
	*calling = (struct calling){ trying, who, print_host(trying->arena, call.url), judge, reached };
	call.max_bytes = ANSWER_MAX;
	call.timeout_ms = CALL_MS;
	call.done = take_answer;
	call.context = calling;
	http_start(trying->pool, &call);
}

static void fail_unexpected(struct trying *trying, const char *who, int status) {
	trying_fail(trying, "sign_in",
	            arena_print(trying->arena, "%s answers something unexpected (status %d)", who, status));
}

/* SendGrid: what the key may do. */

static void judge_sendgrid(struct trying *trying, int status, const struct value *json) {
	const struct value *scopes = value_get(json, "scopes");
	bool sends = false;
	if (status == UNSIGNED || status == DENIED) {
		trying_fail(trying, "sign_in", "SendGrid does not accept the API key");
	} else if (status != OK || !scopes || scopes->kind != VALUE_LIST) {
		fail_unexpected(trying, "SendGrid", status);
	} else {
		trying_pass(trying, "sign_in", NULL);
		for (const struct value *scope = scopes->first; scope; scope = scope->next)
			sends |= scope->kind == VALUE_TEXT && text_same(scope->text, "mail.send");
		if (!sends)
			trying_fail(trying, "account", "The API key may not send email. Give it the right “Mail Send”");
		else
			trying_pass(trying, "account", "May send email");
		trying->over = true;
	}
}

static void call_sendgrid(struct trying *trying) {
	start(trying, "SendGrid", false, judge_sendgrid,
	      (struct http_call){ .url = arena_print(trying->arena, "%s/v3/scopes", trying->connection->base_url),
	                          .bearer = trying_secret(trying, "api_key") });
}

/* Twilio: the account itself. */

static void judge_twilio(struct trying *trying, int status, const struct value *json) {
	const char *state = value_get_text(json, "status");
	if (status == UNSIGNED || status == DENIED || status == GONE) {
		trying_fail(trying, "sign_in", "Twilio does not accept the account SID and auth token");
	} else if (status != OK || !state) {
		fail_unexpected(trying, "Twilio", status);
	} else {
		trying_pass(trying, "sign_in", trying->connection->account_sid);
		if (!text_same(state, "active"))
			trying_fail(trying, "account", arena_print(trying->arena, "Twilio says the account is %.40s", state));
		else
			trying_pass(trying, "account", "Active");
		trying->over = true;
	}
}

static const char *basic(struct trying *trying, const char *user, const char *password) {
	const char *both = arena_print(trying->arena, "%s:%s", user, password);
	g_autofree gchar *coded = g_base64_encode((const guchar *)both, strlen(both));
	return arena_print(trying->arena, "Authorization: Basic %s", coded);
}

static void call_twilio(struct trying *trying) {
	const struct connection *connection = trying->connection;
	const char **headers = arena_array(trying->arena, const char *, 2);
	headers[0] = basic(trying, connection->account_sid, trying_secret(trying, "auth_token"));
	headers[1] = NULL;
	start(trying, "Twilio", false, judge_twilio,
	      (struct http_call){ .url = arena_print(trying->arena, "%s/2010-04-01/Accounts/%s.json", connection->base_url,
	                                             connection->account_sid),
	                          .headers = headers });
}

/* EmailOctopus: a list. */

static void judge_emailoctopus(struct trying *trying, int status, const struct value *json) {
	(void)json;
	if (status == UNSIGNED || status == DENIED) {
		trying_fail(trying, "sign_in", "EmailOctopus does not accept the API key");
	} else if (status != OK) {
		fail_unexpected(trying, "EmailOctopus", status);
	} else {
		trying_pass(trying, "sign_in", NULL);
		trying->over = true;
	}
}

static void call_emailoctopus(struct trying *trying) {
	if (text_is_empty(trying->settings->api_key)) {
		trying_fail(trying, "secret", "EMAILOCTOPUS_API_KEY is not set");
		return;
	}
	start(trying, "EmailOctopus", false, judge_emailoctopus,
	      (struct http_call){ .url = arena_print(trying->arena, "%s/lists?limit=1", trying->settings->api_url),
	                          .bearer = trying->settings->api_key });
}

/* Zoho: access first, if it is renewed; then whose organisation it is. */

static bool uses_session(const struct trying *trying) {
	return !connection_has(trying->connection, "refresh_token");
}

static void judge_org(struct trying *trying, int status, const struct value *json) {
	const struct value *orgs = value_get(json, "org");
	const struct value *org = orgs && orgs->kind == VALUE_LIST ? orgs->first : NULL;
	const char *code = value_get_text(json, "code"), *id = value_get_text(org, "id"),
			   *zgid = value_get_text(org, "zgid");
	const char *wanted = trying->connection->org_id;
	if (text_same(code, "OAUTH_SCOPE_MISMATCH")) {
		trying_fail(trying, "sign_in", "The access lacks the scope ZohoCRM.org.READ. Make a new refresh token with it");
	} else if (uses_session(trying) && (status != OK || !org)) {
		trying_fail(trying, "sign_in",
		            "The session of the website has ended, or is for another server. Copy cookies and headers again");
	} else if (status == UNSIGNED || status == DENIED) {
		trying_fail(trying, "sign_in", "Zoho does not accept the access that it has just given");
	} else if (status != OK || !org || (!id && !zgid)) {
		fail_unexpected(trying, "Zoho", status);
	} else {
		trying_pass(trying, "sign_in", NULL);
		if (!text_same(id, wanted) && !text_same(zgid, wanted))
			trying_fail(trying, "account",
			            arena_print(trying->arena, "The access is for the organisation %.40s, not %.40s",
			                        zgid ? zgid : id, wanted));
		else
			trying_pass(trying, "account", value_get_text(org, "company_name"));
		trying->over = true;
	}
}

static void ask_org(struct trying *trying, const char **headers, bool reached) {
	start(trying, "Zoho", reached, judge_org,
	      (struct http_call){ .url = arena_print(trying->arena, "%s/org", trying->connection->base_url),
	                          .headers = headers });
}

static void judge_access(struct trying *trying, int status, const struct value *json) {
	const char *token = value_get_text(json, "access_token"), *problem = value_get_text(json, "error");
	if (!token || strpbrk(token, "\r\n")) {
		trying_fail(trying, "access",
		            text_same(problem, "invalid_code") ? "The refresh token is wrong, or was revoked"
		            : text_same(problem, "invalid_client")
		                ? "Zoho does not know the client id and secret at this server"
		            : text_same(problem, "Access Denied")
		                ? "Zoho gives no more access now: it was asked too often"
		                : arena_print(trying->arena, "Zoho gives no access (status %d)", status));
		return;
	}
	trying_pass(trying, "access", NULL);
	const char **headers = arena_array(trying->arena, const char *, 2);
	headers[0] = arena_print(trying->arena, "Authorization: Zoho-oauthtoken %s", token);
	headers[1] = NULL;
	ask_org(trying, headers, true);
}

static void renew_access(struct trying *trying, const struct provider_place *place) {
	struct arena *arena = trying->arena;
	const char *body = arena_print(arena, "grant_type=refresh_token&client_id=%s&client_secret=%s&refresh_token=%s",
	                               url_encoded(arena, trying->connection->client_id),
	                               url_encoded(arena, trying_secret(trying, "client_secret")),
	                               url_encoded(arena, trying_secret(trying, "refresh_token")));
	start(trying, "Zoho", false, judge_access,
	      (struct http_call){ .url = arena_print(arena, "%s/oauth/v2/token", place->accounts),
	                          .type = "application/x-www-form-urlencoded",
	                          .body = body,
	                          .size = strlen(body) });
}

/* The stored headers and cookies, unchanged; the organisation unless they name it. */
static const char **session_headers(struct trying *trying) {
	struct arena *arena = trying->arena;
	const char **headers = arena_array(arena, const char *, HEADERS_MAX);
	const char *texts[] = { trying_secret(trying, "headers"), trying_secret(trying, "cookies") };
	struct value *maps[2] = { NULL, NULL };
	struct error ignored;
	BUF_AUTO cookies = { 0 };
	int count = 0;
	for (int i = 0; i < 2; i++)
		if (*texts[i] && !json_read(arena, texts[i], strlen(texts[i]), &maps[i], &ignored))
			maps[i] = NULL;
	for (const struct value *one = maps[0] ? maps[0]->first : NULL; one && count < HEADERS_MAX - 3; one = one->next)
		headers[count++] = arena_print(arena, "%s: %s", one->name, one->text);
	for (const struct value *one = maps[1] ? maps[1]->first : NULL; one; one = one->next)
		buf_print(&cookies, "%s%s=%s", cookies.size ? "; " : "", one->name, one->text);
	if (cookies.size)
		headers[count++] = arena_print(arena, "Cookie: %s", buf_text(&cookies));
	if (!value_get(maps[0], "X-CRM-ORG"))
		headers[count++] = arena_print(arena, "X-CRM-ORG: %s", trying->connection->org_id);
	headers[count] = NULL;
	return headers;
}

static void call_zoho(struct trying *trying) {
	const struct connection *connection = trying->connection;
	const struct provider_place *place = provider_place_of(PROVIDER_ZOHO, connection->base_url, trying->settings,
	                                                       trying->arena);
	if (!uses_session(trying))
		renew_access(trying, place);
	else if (connection_has(connection, "cookies") || connection_has(connection, "headers"))
		ask_org(trying, session_headers(trying), false);
	else
		trying_fail(trying, "secret", "It has neither a refresh token nor cookies");
}

void trying_call(struct trying *trying) {
	static void (*const calls[PROVIDERS])(struct trying *trying) = { [PROVIDER_SENDGRID] = call_sendgrid,
		                                                             [PROVIDER_TWILIO] = call_twilio,
		                                                             [PROVIDER_ZOHO] = call_zoho,
		                                                             [PROVIDER_EMAILOCTOPUS] = call_emailoctopus };
	const struct connection *connection = trying->connection;
	/* Stored when the settings allowed another server, it is not tried: the key would go there. */
	if (provider_rows[connection->provider].places &&
	    !provider_place_of((enum provider)connection->provider, connection->base_url, trying->settings, trying->arena))
		trying_fail(trying, "reach", "The server is none of the provider’s any more. Choose another one");
	else
		calls[connection->provider](trying);
}
