/* Only for this folder: the steps of a try, and its two ways. */
#ifndef CONNECTIONS_TRYING_STEP_H
#define CONNECTIONS_TRYING_STEP_H

#include "connections/secrets.h"
#include "connections/trying.h"
#include "core/client/http.h"
#include "core/client/smtp_probe.h"

enum { TRYING_STEPS = 8 };

struct trying {
	const struct settings *settings;
	const struct connection *connection;
	struct arena *arena;
	struct keyring ring;
	struct buf secrets[PROVIDER_SECRETS]; /* in the order of the provider's table; wiped at the end */
	struct trial_step steps[TRYING_STEPS];
	int count;
	bool over;
	struct smtp_account account;
	struct smtp_probe *probe;
	struct http_pool *pool;
};

void trying_pass(struct trying *trying, const char *step, const char *words);
void trying_skip(struct trying *trying, const char *step, const char *words);
void trying_fail(struct trying *trying, const char *step, const char *words); /* it is over */

/* "" if it is not set. */
const char *trying_secret(const struct trying *trying, const char *name);

/* Begins the calls to a provider's API; http_turn goes on with them. */
void trying_call(struct trying *trying);

#endif
