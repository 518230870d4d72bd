/* The table of providers. */
#include "connections/provider.h"

#include <string.h>

static const char *const names[] = { [PROVIDER_SMTP] = "smtp",
	                                 [PROVIDER_SENDGRID] = "sendgrid",
	                                 [PROVIDER_TWILIO] = "twilio",
	                                 [PROVIDER_ZOHO] = "zoho",
	                                 [PROVIDER_EMAILOCTOPUS] = "emailoctopus" };
const struct choices providers = CHOICES(names);

enum { RATE_MAX = 1000000, SECONDS_MAX = 3600, BATCH_MAX = 1000 };

static const struct field limit_fields[] = {
	FIELD(struct connection_limits, per_second, .max = RATE_MAX),
	FIELD(struct connection_limits, per_minute, .max = RATE_MAX),
	FIELD(struct connection_limits, per_hour, .max = COUNT_MAX),
	FIELD(struct connection_limits, per_day, .max = COUNT_MAX),
	FIELD(struct connection_limits, delay, .max = SECONDS_MAX, .unit = "s", .doc = "Between two messages"),
	FIELD(struct connection_limits, batch_size, .max = BATCH_MAX, .doc = "Messages taken at once"),
	FIELD(struct connection_limits, batch_delay, .max = SECONDS_MAX, .unit = "s", .doc = "Between two batches"),
};
const struct record_type connection_limits_record = RECORD_TYPE("ConnectionLimits", struct connection_limits,
                                                                limit_fields);

static const struct provider_place sendgrid_places[] = {
	{ "Global", "https://api.sendgrid.com", NULL },
	{ "European Union", "https://api.eu.sendgrid.com", NULL },
	{ 0 },
};
static const struct provider_place twilio_places[] = {
	{ "United States", "https://api.twilio.com", NULL },
	{ "Ireland", "https://api.dublin.ie1.twilio.com", NULL },
	{ "Australia", "https://api.sydney.au1.twilio.com", NULL },
	{ 0 },
};
/* The last ones are for sessions of the website. */
static const struct provider_place zoho_places[] = {
	{ "United States", "https://www.zohoapis.com/crm/v7", "https://accounts.zoho.com" },
	{ "Europe", "https://www.zohoapis.eu/crm/v7", "https://accounts.zoho.eu" },
	{ "India", "https://www.zohoapis.in/crm/v7", "https://accounts.zoho.in" },
	{ "Australia", "https://www.zohoapis.com.au/crm/v7", "https://accounts.zoho.com.au" },
	{ "Japan", "https://www.zohoapis.jp/crm/v7", "https://accounts.zoho.jp" },
	{ "China", "https://www.zohoapis.com.cn/crm/v7", "https://accounts.zoho.com.cn" },
	{ "Saudi Arabia", "https://www.zohoapis.sa/crm/v7", "https://accounts.zoho.sa" },
	{ "Canada", "https://www.zohoapis.ca/crm/v7", "https://accounts.zohocloud.ca" },
	{ "Website, United States", "https://crm.zoho.com/crm/v7", "https://accounts.zoho.com" },
	{ "Website, Europe", "https://crm.zoho.eu/crm/v7", "https://accounts.zoho.eu" },
	{ 0 },
};

#define NONE COUNT_NONE

const struct provider_row provider_rows[PROVIDERS] = {
	[PROVIDER_SMTP] = { .label = "Mail server (SMTP)",
	                    .channel = "Email",
	                    .mark = "SM",
	                    .about = "Any server that takes email with a user name and password",
	                    .channels = CHANNEL_EMAIL,
	                    .asks = ASKS_SMTP | ASKS_SENDER,
	                    .secrets = { "password" },
	                    .limits = { 10, NONE, NONE, NONE, NONE, 100, NONE } },
	[PROVIDER_SENDGRID] = { .label = "SendGrid",
	                        .channel = "Email",
	                        .mark = "SG",
	                        .about = "Email by its API, with an API key that may send",
	                        .channels = CHANNEL_EMAIL,
	                        .asks = ASKS_SENDER,
	                        .secrets = { "api_key" },
	                        .places = sendgrid_places,
	                        .limits = { 10, NONE, NONE, NONE, NONE, 100, NONE } },
	[PROVIDER_TWILIO] = { .label = "Twilio",
	                      .channel = "SMS",
	                      .mark = "Tw",
	                      .about = "Text messages from a number or a messaging service",
	                      .channels = CHANNEL_SMS,
	                      .asks = ASKS_SID | ASKS_PHONE,
	                      .secrets = { "auth_token" },
	                      .places = twilio_places,
	                      .limits = { NONE, 10, NONE, NONE, NONE, NONE, NONE } },
	[PROVIDER_ZOHO] = { .label = "Zoho CRM",
	                    .channel = "Email",
	                    .mark = "Zo",
	                    .about = "Email through the records of one organisation",
	                    .channels = CHANNEL_EMAIL,
	                    .asks = ASKS_ORG | ASKS_CLIENT,
	                    .secrets = { "client_secret", "refresh_token", "cookies", "headers" },
	                    .places = zoho_places,
	                    .limits = { NONE, NONE, NONE, NONE, 2, 10, 5 } },
	[PROVIDER_EMAILOCTOPUS] = { .label = "EmailOctopus",
	                            .channel = "Campaigns, lists, contacts",
	                            .mark = "EO",
	                            .about = "Where figures come from",
	                            .given = true,
	                            .limits = { 10, NONE, NONE, NONE, NONE, NONE, NONE } },
};

const char *provider_url(enum provider provider, const struct settings *settings) {
	switch (provider) {
	case PROVIDER_SENDGRID:
		return settings->sendgrid_url;
	case PROVIDER_TWILIO:
		return settings->twilio_url;
	case PROVIDER_ZOHO:
		return settings->zoho_url;
	case PROVIDER_EMAILOCTOPUS:
		return settings->api_url;
	default:
		return NULL;
	}
}

/* "https://host:port" of a URL. */
static const char *origin_of(const char *url, struct arena *arena) {
	const char *host = strstr(url, "://");
	size_t size = host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : 0;
	return arena_print(arena, "%.*s", (int)size, url);
}

const struct provider_place *provider_place_of(enum provider provider, const char *url, const struct settings *settings,
                                               struct arena *arena) {
	const char *own = provider_url(provider, settings);
	if (strpbrk(url, "?#"))
		return NULL;
	for (const struct provider_place *place = provider_rows[provider].places; place && place->name; place++)
		if (text_starts(url, "https://") && url_is_on(url, place->url))
			return place;
	if (!own || !url_is_on(url, own) || !url_is_on(own, url))
		return NULL;
	struct provider_place *other = arena_new_of(arena, struct provider_place);
	*other = (struct provider_place){ "As set here", own, origin_of(own, arena) };
	return other;
}

static const char *const secret_names[][3] = {
	{ "password", "Password", "password" },
	{ "api_key", "API key", "API key" },
	{ "auth_token", "Auth token", "auth token" },
	{ "client_secret", "Client secret", "client secret" },
	{ "refresh_token", "Refresh token", "refresh token" },
	{ "cookies", "Cookies", "cookies" },
	{ "headers", "Headers", "headers" },
};

static const char *secret_named(const char *name, int column) {
	for (size_t i = 0; i < sizeof secret_names / sizeof *secret_names; i++)
		if (strcmp(secret_names[i][0], name) == 0)
			return secret_names[i][column];
	return name;
}

const char *secret_label(const char *name) {
	return secret_named(name, 1);
}

const char *secret_word(const char *name) {
	return secret_named(name, 2);
}
