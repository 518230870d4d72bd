/* The providers of connections: what each is asked for, which secrets it has, what it can send. A table. */
#ifndef CONNECTIONS_PROVIDER_H
#define CONNECTIONS_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/choice.h"
#include "core/fields/field.h"
#include "core/process/settings.h"

enum provider { PROVIDER_SMTP, PROVIDER_SENDGRID, PROVIDER_TWILIO, PROVIDER_ZOHO, PROVIDER_EMAILOCTOPUS, PROVIDERS };
extern const struct choices providers; /* "smtp", "sendgrid" … */

enum channels { CHANNEL_EMAIL = 1, CHANNEL_SMS = 2 };

/* What it is asked for besides its name and limits. */
enum provider_asks {
	ASKS_SMTP = 1,
	ASKS_SENDER = 2, /* from_email, from_name */
	ASKS_PHONE = 4,  /* from_phone */
	ASKS_ORG = 8,    /* org_id */
	ASKS_SID = 16,   /* account_sid */
	ASKS_CLIENT = 32 /* client_id */
};

/* Sending no faster than this, in whichever way it is counted; COUNT_NONE: no limit of its own. */
struct connection_limits {
	int64_t per_second, per_minute, per_hour, per_day;
	int64_t delay;                   /* seconds between two messages */
	int64_t batch_size, batch_delay; /* messages taken at once, seconds between two batches */
};
extern const struct record_type connection_limits_record;

/* A server of the provider: secrets go to no other. */
struct provider_place {
	const char *name;     /* "Europe" */
	const char *url;      /* of its API */
	const char *accounts; /* Zoho's: where access is renewed */
};

enum { PROVIDER_SECRETS = 4 };
struct provider_row {
	const char *label;   /* "Mail server (SMTP)" */
	const char *channel; /* what goes through it, in words: "Email" */
	const char *mark;    /* two letters for it */
	const char *about;   /* a sentence for those who choose */
	unsigned channels, asks;
	bool given; /* from the settings only: nobody adds one */
	const char *secrets[PROVIDER_SECRETS + 1];
	const struct provider_place *places; /* ended by one without a name; NULL: none */
	struct connection_limits limits;     /* of a new one */
};
extern const struct provider_row provider_rows[PROVIDERS];

/* The provider's server in these settings, which may be another one than its own; NULL if it has none. */
const char *provider_url(enum provider provider, const struct settings *settings);

/* The place of a URL: one of the provider's, or that of the settings, on the same server and with a path. NULL if the
 * URL is none of these. */
const struct provider_place *provider_place_of(enum provider provider, const char *url, const struct settings *settings,
                                               struct arena *arena);

/* "Password", "API key" … of the secret with this name; and as it stands in a sentence: "password", "API key". */
const char *secret_label(const char *name);
const char *secret_word(const char *name);

#endif
