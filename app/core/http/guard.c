/* Route guards. */
#include "core/http/guard.h"

#include <string.h>

#include "core/base/local.h"
#include "core/base/secret.h"
#include "core/store/version.h"

enum { TOKEN_MAX = 300 };

static bool need_identity(struct exchange *x, struct error *err) {
	if (!versions_read(x->store, &x->versions, err) || !x->service->identify(x, err))
		return false;
	store_observe(x->store, &x->versions);
	local_use(x->wants_json ? NULL : x->versions.zone);
	return x->identity.user || error_set(err, ERROR_UNSIGNED, "sign in, or send a token");
}

void guard_recognize(struct exchange *x) {
	struct error ignored = ERROR_INIT;
	if (!x->wants_json && x->cookies.count > 0 && !need_identity(x, &ignored))
		x->identity = (struct identity){ 0 };
}

/* Before the body is read: parsing one may be work. A session has a key for its writes, which is in the form. */
static bool token_may_write(const struct exchange *x, struct error *err) {
	return !exchange_is_write(x) || x->identity.csrf || x->identity.can_write ||
	       error_set(err, ERROR_DENIED, "this token is read-only");
}

/* Base64url, base32 and hex use only these characters. */
static bool is_token(const char *text) {
	static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.~";
	size_t size = strlen(text);
	return size <= TOKEN_MAX && strspn(text, allowed) == size;
}

static bool need_token(const struct exchange *x, struct error *err) {
	return x->route->lenient || is_token(x->values[0]) ||
	       error_set(err, ERROR_MISSING, "This link does not work. Check that you copied all of it");
}

bool guard_check(struct exchange *x, struct error *err) {
	store_observe(x->store, NULL);
	local_use(NULL);
	switch (x->route->guard) {
	case GUARD_SIGNED_IN:
		return need_identity(x, err) && token_may_write(x, err);
	case GUARD_LINK:
		return need_token(x, err);
	case GUARD_PUBLIC:
	case GUARD_HOOK:
		break;
	}
	return true;
}

static bool has_form_key(const struct exchange *x, struct error *err) {
	const char *given = x->csrf_header ? x->csrf_header : params_get(&x->form, "csrf");
	if (!x->identity.csrf)
		return true;
	if (!given || !secret_equal(given, x->identity.csrf) ||
	    (x->origin_site && strcmp(x->origin_site, "cross-site") == 0))
		return error_set(err, ERROR_DENIED, "This form has expired. Reload the page and try again");
	return true;
}

bool guard_check_body(struct exchange *x, struct error *err) {
	if (x->route->guard == GUARD_HOOK)
		return x->route->verify(x, err);
	return x->route->guard != GUARD_SIGNED_IN || !exchange_is_write(x) || has_form_key(x, err);
}
