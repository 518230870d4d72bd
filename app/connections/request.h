/* What is asked of a connection, by a form or as JSON, and whether it makes sense. Pure but for secret_put. */
#ifndef CONNECTIONS_REQUEST_H
#define CONNECTIONS_REQUEST_H

#include "connections/connection.h"
#include "core/base/sealed.h"

struct connection_request {
	const char *provider, *name, *org_id, *base_url, *client_id, *account_sid, *from_phone, *from_email, *from_name;
	struct connection_smtp smtp;
	struct connection_limits limits;
	struct strings sms_rates;
	int64_t priority;
	bool is_active;
	/* Secrets; NULL or "": as it was. Cookies and headers: a JSON object, or as a browser shows them. */
	const char *password, *api_key, *auth_token, *client_secret, *refresh_token, *cookies, *headers;
	struct strings forget; /* names of secrets that are no longer wanted */
	int64_t rev;
};
/* JSON, and the form's fields. */
extern const struct record_type connection_request_record, connection_form_record;

/* Which provider a request means: without one that of org_id, cookies and headers, Zoho. */
bool request_provider(const struct connection_request *request, enum provider *provider, struct error *err) MUST_CHECK;

/* Puts what is asked into the connection, whose id and provider are set; its secrets stay unless asked otherwise. All
 * problems are in `problems`, each under its field; the first is also the error. */
bool request_apply(const struct connection_request *request, const struct settings *settings,
                   const struct keyring *ring, struct moment now, struct arena *arena, struct connection *connection,
                   struct problems *problems, struct error *err) MUST_CHECK;

/* The value of a secret in the request, or NULL. */
const char *request_secret(const struct connection_request *request, const char *name);

/* Pure. Cookies ("a=1; b=2") or headers (a line each), as a JSON object; JSON stays as it is. INVALID names `field`. */
bool cookies_of(const char *text, const char *field, struct arena *arena, const char **json,
                struct error *err) MUST_CHECK;
bool headers_of(const char *text, const char *field, struct arena *arena, const char **json,
                struct error *err) MUST_CHECK;

#endif
