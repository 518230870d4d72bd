/* Settings from the environment. */
#include "core/process/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/currency.h"
#include "core/base/foreign_signature.h"
#include "core/base/log.h"
#include "core/base/mac.h"
#include "core/base/sealed.h"
#include "core/base/text.h"

struct text_setting {
	const char *name, *otherwise;
	size_t offset;
	const char *alias; /* an older name, read if the setting has no value */
};

struct number_setting {
	const char *name;
	int64_t otherwise, min, max;
	size_t offset;
	const char *alias;
};

#define AT(member) offsetof(struct settings, member)

static const struct text_setting texts[] = {
	{ "TELLTALE_HOME", "/var/lib/telltale", AT(home) },
	{ "TELLTALE_ROOT", ".", AT(root) },
	{ "ORGANISATION", "", AT(organisation) },
	{ "POSTAL_ADDRESS", "", AT(postal_address) },
	{ "MONGODB_URI", "mongodb://localhost:27017/", AT(mongodb_uri) },
	{ "MONGODB_DB", "emailoctopus_db", AT(mongodb_db) },
	{ "EMAILOCTOPUS_API_KEY", "", AT(api_key) },
	{ "EMAILOCTOPUS_BASE_URL", "https://api.emailoctopus.com", AT(api_url) },
	{ "PUBLIC_BASE_URL", "http://127.0.0.1:8000", AT(public_url) },
	{ "TRACKING_PIXEL_URL", "", AT(pixel_url) },
	{ "CLICK_TRACKING_URL", "", AT(click_url) },
	{ "UNSUBSCRIBE_URL", "", AT(unsubscribe_url) },
	{ "BOUNCE_DOMAIN", "", AT(bounce_domain) },
	{ "INBOUND_IMAP_URL", "", AT(imap_url) },
	{ "INBOUND_IMAP_USER", "", AT(imap_user) },
	{ "INBOUND_IMAP_PASSWORD", "", AT(imap_password) },
	{ "INBOUND_IMAP_FOLDER", "INBOX", AT(imap_folder) },
	{ "SECRET_KEY", "", AT(secret_key) },
	{ "SUPPRESSION_KEY", "", AT(suppression_key) },
	{ "LINK_KEYS", "", AT(link_keys) },
	{ "BOUNCE_HOOK_KEYS", "", AT(hook_keys) },
	{ "EMAILOCTOPUS_WEBHOOK_SECRET", "", AT(octopus_secret) },
	{ "SENDGRID_WEBHOOK_KEY", "", AT(sendgrid_keys) },
	{ "WEBHOOK_URL", "", AT(webhook_url) },
	{ "WEBHOOK_EVENTS", "", AT(webhook_events) },
	{ "TWILIO_ACCOUNT_SID", "", AT(twilio_account) },
	{ "TWILIO_AUTH_TOKEN", "", AT(twilio_token) },
	{ "FCGI_SOCKET", "", AT(socket) },
	{ "DNS_SERVERS", "", AT(dns_servers) },
	{ "CUSTOMERS_COLLECTION", "customers", AT(customers_collection) },
	{ "CUSTOMERS_EMAIL", "email", AT(customers_email) },
	{ "CUSTOMERS_KEY", "customer_number", AT(customers_key) },
	{ "CUSTOMERS_USAGE", "annual_kwh", AT(customers_usage) },
	{ "CUSTOMERS_GROUPS", "region,household", AT(customers_groups) },
	{ "CUSTOMERS_BOUNDS", "2000,4500", AT(customers_bounds) },
	{ "CONTACT_KEY_FIELD", "CustomerNumber", AT(contact_key) },
	{ "DEMOGRAPHICS_COLLECTION", "demographics", AT(demographics_collection) },
	{ "DEMOGRAPHICS_CUSTOMER", "customer_id", AT(demographics_customer) },
	{ "DEMOGRAPHICS_GROUPS", "age_group,income_band", AT(demographics_groups) },
	{ "ENERGY_COLLECTION", "energy_analyses", AT(energy_collection) },
	{ "ENERGY_NAME", "name", AT(energy_name) },
	{ "CURRENCY", "EUR", AT(currency) },
	{ "CREDENTIALS_KEY", "", AT(credentials_key) },
	{ "CREDENTIALS_KEYS_OLD", "", AT(credentials_old) },
	{ "ZOHO_API_BASE_URL", "https://www.zohoapis.com/crm/v7", AT(zoho_url) },
	{ "SENDGRID_BASE_URL", "https://api.sendgrid.com", AT(sendgrid_url) },
	{ "TWILIO_BASE_URL", "https://api.twilio.com", AT(twilio_url) },
	{ "DEFAULT_SMTP_HOST", "", AT(smtp_host), "SMTP_HOST" },
	{ "DEFAULT_SMTP_USERNAME", "", AT(smtp_user), "SMTP_USER" },
	{ "DEFAULT_SMTP_PASSWORD", "", AT(smtp_password), "SMTP_PASSWORD" },
	{ "DEFAULT_FROM_EMAIL", "", AT(smtp_from), "SMTP_FROM" },
	{ "DEFAULT_FROM_NAME", "", AT(smtp_from_name) },
	{ "SMTP_CA_FILE", "", AT(smtp_authorities) },
};

static const struct number_setting numbers[] = {
	{ "EMAILOCTOPUS_CALLS_PER_SECOND", 10, 1, 1000, AT(calls_per_second) },
	{ "DEFAULT_SMTP_PORT", 587, 1, 65535, AT(smtp_port), "SMTP_PORT" },
	{ "DEMO_MAIL_PORT", 0, 0, 65534, AT(demo_mail_port) },
	{ "SMTP_REPLY_SECONDS", 120, 1, 3600, AT(smtp_reply_seconds) },
	{ "SMTP_DOT_SECONDS", 600, 1, 7200, AT(smtp_dot_seconds) },
	{ "SMTP_SESSIONS", 8, 1, 200, AT(smtp_sessions) },
	{ "EMAIL_SEND_TIMEOUT", 30, 1, 600, AT(send_timeout) },
	{ "MAX_RETRY_ATTEMPTS", 3, 0, 10, AT(retry_attempts) },
	{ "MAX_EMAILS_PER_SECOND", 10, 0, 1000000, AT(max_per_second) },
	{ "MAX_EMAILS_PER_HOUR", 1000, 0, 1000000000, AT(max_per_hour) },
	{ "MAX_EMAILS_PER_DAY", 10000, 0, 1000000000, AT(max_per_day) },
	{ "FCGI_WORKERS", 3, 1, 64, AT(workers) },
	{ "SESSION_IDLE_MINUTES", 30, 1, 1440, AT(idle_minutes) },
	{ "PERMANENT_SESSION_LIFETIME", 7200, 60, 604800, AT(session_seconds) },
	{ "REMEMBER_DAYS", 30, 0, 365, AT(remember_days) },
	{ "MAX_USERS", 2, 0, 1000000, AT(max_users) },
	{ "PASSWORD_MIN_LENGTH", 12, 8, 128, AT(password_min) },
	{ "LOG_MAX_BYTES", 10240000, 0, INT64_C(1) << 40, AT(log_max_bytes) },
	{ "LOG_BACKUP_COUNT", 10, 0, 100, AT(log_backup_count) },
	{ "HITS_RETENTION_DAYS", 395, 0, 36500, AT(hits_days) },
	{ "RESULTS_INTERVAL", 60, 1, 3600, AT(results_seconds) },
	{ "CAMPAIGN_SCHEDULER_INTERVAL", 60, 1, 3600, AT(scheduler_seconds) },
	{ "MAX_CONCURRENT_CAMPAIGNS", 5, 1, 1000, AT(campaigns_at_once) },
	{ "CAMPAIGN_LOG_RETENTION_DAYS", 90, 1, 3650, AT(campaign_log_days) },
	{ "INBOUND_IMAP_INTERVAL", 300, 1, 86400, AT(imap_seconds) },
	{ "WORKER_MAX_REQUESTS", 10000, 1, 100000000, AT(requests_per_worker) },
	{ "TEMPLATES_STRICT", 0, 0, 1, AT(templates_strict) },
};

static const char *environment(const char *name) {
	const char *value = getenv(name);
	return text_is_empty(value) ? NULL : value;
}

static const char *environment_or(const char *name, const char *alias) {
	const char *value = environment(name);
	return value || !alias ? value : environment(alias);
}

static bool read_number(struct settings *settings, const struct number_setting *row, struct error *err) {
	const char *value = environment_or(row->name, row->alias);
	int64_t *at = (int64_t *)(void *)((char *)settings + row->offset);
	*at = row->otherwise;
	if (value && !text_to_int(value, row->min, row->max, at))
		return error_field(err, row->name, "%s must be a number from %lld to %lld, not '%s'", row->name,
		                   (long long)row->min, (long long)row->max, value);
	return true;
}

const char *settings_text(const char *name) {
	const char *value = environment(name);
	for (size_t i = 0; !value && i < sizeof texts / sizeof *texts; i++)
		if (strcmp(texts[i].name, name) == 0)
			value = texts[i].alias && environment(texts[i].alias) ? environment(texts[i].alias) : texts[i].otherwise;
	return value ? value : "";
}

/* One of two words, the first of which is the default. */
static bool read_word(const char *name, const char *usual, const char *other, bool *is_other, struct error *err) {
	const char *value = environment(name);
	*is_other = value && strcmp(value, other) == 0;
	return !value || *is_other || strcmp(value, usual) == 0 ||
	       error_field(err, name, "%s must be %s or %s, not '%s'", name, usual, other, value);
}

/* On unless set to off. */
static bool read_switch(const char *name, bool *at, struct error *err) {
	bool off, fine = read_word(name, "on", "off", &off, err);
	*at = !off;
	return fine;
}

/* Whether and to whom mail goes; named as in other mailing tools. */
static bool read_rules(struct settings *settings, struct error *err) {
	bool off = false, no_retries = false;
	bool fine = read_word("ENABLE_SUPPRESSION_LIST", "true", "false", &off, err);
	settings->suppression_list = !off;
	fine = fine && read_word("ENABLE_EMAIL_VALIDATION", "true", "false", &off, err);
	settings->validate_domains = !off;
	fine = fine && read_word("CONNECTIONS_PRIVATE_HOSTS", "false", "true", &settings->private_hosts, err);
	fine = fine && read_word("ENABLE_WEBHOOKS", "true", "false", &off, err);
	settings->webhooks = !off;
	fine = fine && read_word("WEBHOOKS_PRIVATE_HOSTS", "false", "true", &settings->webhooks_inside, err);
	fine = fine && read_word("RETRY_FAILED_EMAILS", "true", "false", &no_retries, err);
	settings->retry_attempts = no_retries ? 0 : settings->retry_attempts;
	fine = fine && read_word("ENABLE_SPAM_CHECK", "true", "false", &off, err);
	settings->spam_check = !off;
	return fine && read_word("REQUIRE_CONSENT", "false", "true", &settings->require_consent, err) &&
	       read_word("QR_IMAGES", "cid", "data", &settings->codes_within, err) &&
	       read_word("TRACKING_CONSENT", "list", "required", &settings->require_tracking, err);
}

/* The first one switches both others off. */
static bool read_tracking(struct settings *settings, struct error *err) {
	bool none, no_opens, no_clicks;
	if (!read_word("ENABLE_EMAIL_TRACKING", "true", "false", &none, err) ||
	    !read_word("ENABLE_OPEN_TRACKING", "true", "false", &no_opens, err) ||
	    !read_word("ENABLE_CLICK_TRACKING", "true", "false", &no_clicks, err))
		return false;
	settings->track_opens = !none && !no_opens;
	settings->track_clicks = !none && !no_clicks;
	return true;
}

/* They stand in HTML and in headers of mails, with a token behind them. */
static bool check_public_urls(const struct settings *settings, struct error *err) {
	const char *const urls[][2] = { { "TRACKING_PIXEL_URL", settings->pixel_url },
		                            { "CLICK_TRACKING_URL", settings->click_url },
		                            { "UNSUBSCRIBE_URL", settings->unsubscribe_url } };
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		const char *url = urls[i][1];
		bool is_web = text_starts(url, "https://") || text_starts(url, "http://");
		if (*url && (!is_web || !text_is_ascii(url) || strpbrk(url, " \t\r\n\"'<>?#&\\") || strlen(url) > 200))
			return error_field(err, urls[i][0],
			                   "%s must be an address like https://mail.example.org/track, of at most 200 characters "
			                   "and without a query",
			                   urls[i][0]);
	}
	return true;
}

/* It stands behind the @ of an address. */
static bool check_bounce_domain(const struct settings *settings, struct error *err) {
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
	const char *domain = settings->bounce_domain;
	size_t size = strlen(domain);
	bool fine = size <= 200 && strspn(domain, allowed) == size && *domain != '.' && !strstr(domain, "..") &&
	            (size == 0 || (strchr(domain, '.') && domain[size - 1] != '.'));
	return fine || error_field(err, "BOUNCE_DOMAIN", "BOUNCE_DOMAIN must be a domain like bounce.example.org");
}

/* Nobody's password stands in an address, which logs and processes may show. */
static bool check_imap(const struct settings *settings, struct error *err) {
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]";
	const char *url = settings->imap_url, *host = url;
	if (!*url)
		return true;
	if (text_starts(url, "imaps://"))
		host += strlen("imaps://");
	else if (text_starts(url, "imap://"))
		host += strlen("imap://");
	bool fine = host != url && *host && *host != ':' && strlen(host) <= 260 && host[strspn(host, allowed)] == '\0';
	return fine ||
	       error_field(err, "INBOUND_IMAP_URL",
	                   "INBOUND_IMAP_URL must be a server like imaps://imap.example.org, without user, password "
	                   "and folder");
}

/* These names go into queries: letters, digits, '_', '.' and ',' only. */
static bool check_names(const struct settings *settings, struct error *err) {
	const char *const names[][2] = { { "CUSTOMERS_COLLECTION", settings->customers_collection },
		                             { "CUSTOMERS_EMAIL", settings->customers_email },
		                             { "CUSTOMERS_KEY", settings->customers_key },
		                             { "CUSTOMERS_USAGE", settings->customers_usage },
		                             { "CUSTOMERS_GROUPS", settings->customers_groups },
		                             { "CUSTOMERS_BOUNDS", settings->customers_bounds },
		                             { "DEMOGRAPHICS_COLLECTION", settings->demographics_collection },
		                             { "DEMOGRAPHICS_CUSTOMER", settings->demographics_customer },
		                             { "DEMOGRAPHICS_GROUPS", settings->demographics_groups },
		                             { "ENERGY_COLLECTION", settings->energy_collection },
		                             { "ENERGY_NAME", settings->energy_name } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (const char *c = names[i][1]; *c; c++)
			if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,", *c))
				return error_field(err, names[i][0], "%s may hold letters, digits, '_', '.' and ',' only", names[i][0]);
	return true;
}

/* Whoever tries the product without a mail server of his own finds what was sent in the demo's mailbox. */
static void use_demo_mail(struct settings *settings) {
	settings->mail_is_demo = settings->demo_mail_port && !*settings->smtp_host;
	if (!settings->mail_is_demo)
		return;
	settings->smtp_host = "127.0.0.1";
	settings->smtp_port = settings->demo_mail_port;
	settings->smtp_user = settings->smtp_password = "";
	settings->smtp_tls = false;
	if (!*settings->smtp_from)
		settings->smtp_from = "hello@demo.example";
}

static bool check_mail(const struct settings *settings, struct error *err) {
	const char *from = settings->smtp_from, *at = strchr(from, '@');
	if (!*settings->smtp_host)
		return true;
	if (!*from)
		return error_field(err, "DEFAULT_FROM_EMAIL",
		                   "DEFAULT_SMTP_HOST is set, so DEFAULT_FROM_EMAIL (or SMTP_FROM) needs a sender address");
	return (at && at > from && at[1] && !strchr(at + 1, '@') && !strpbrk(from, " \t<>,;\"\\/")) ||
	       error_field(err, "DEFAULT_FROM_EMAIL",
	                   "DEFAULT_FROM_EMAIL (or SMTP_FROM) must be an address alone, like reports@example.org, not '%s'",
	                   from);
}

static bool check_currency(const struct settings *settings, struct error *err) {
	return currency_digits(settings->currency) >= 0 ||
	       error_field(err, "CURRENCY", "CURRENCY must be a code of ISO 4217, like EUR, not '%.20s'",
	                   settings->currency);
}

static bool read_interval(struct settings *settings, struct error *err) {
	const char *value = environment("SYNC_INTERVAL");
	settings->sync_interval_s = 3600;
	if (!value || strcmp(value, "hourly") == 0)
		return true;
	if (strcmp(value, "daily") == 0) {
		settings->sync_interval_s = 86400;
		return true;
	}
	if (!text_to_int(value, 60, 31 * 86400, &settings->sync_interval_s))
		return error_field(err, "SYNC_INTERVAL", "SYNC_INTERVAL must be hourly, daily or seconds from 60, not '%s'",
		                   value);
	return true;
}

/* systemd hands a secret over as a file (LoadCredential=CREDENTIALS_KEY:…), which no child inherits. */
static const char *key_of_systemd(void) {
	static char key[80];
	char path[512];
	const char *folder = environment("CREDENTIALS_DIRECTORY");
	if (!folder)
		return "";
	(void)snprintf(path, sizeof path, "%s/CREDENTIALS_KEY", folder);
	FILE *file = fopen(path, "re");
	if (!file)
		return "";
	if (!fgets(key, sizeof key, file))
		*key = '\0';
	(void)fclose(file);
	key[strcspn(key, "\r\n")] = '\0';
	return key;
}

static bool check_credentials(struct settings *settings, struct error *err) {
	struct keyring ring;
	if (!*settings->credentials_key)
		settings->credentials_key = key_of_systemd();
	bool fine = keyring_read(settings->credentials_key, settings->credentials_old, "CREDENTIALS_KEY", &ring, err);
	keyring_wipe(&ring);
	return fine;
}

static bool check_mac_keys(const struct settings *settings, struct error *err) {
	struct mac_ring ring;
	bool fine = mac_ring_read(settings->link_keys, "LINK_KEYS", &ring, err) &&
	            mac_ring_read(settings->hook_keys, "BOUNCE_HOOK_KEYS", &ring, err) &&
	            ecdsa_keys_check(settings->sendgrid_keys, "SENDGRID_WEBHOOK_KEY", err);
	mac_ring_wipe(&ring);
	return fine;
}

static const char *log_folder(const char *home) {
	static char folder[300];
	(void)snprintf(folder, sizeof folder, "%s/log", home);
	return folder;
}

bool settings_read(struct settings *settings, struct error *err) {
	*settings = (struct settings){ 0 };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *value = environment_or(texts[i].name, texts[i].alias);
		*(const char **)(void *)((char *)settings + texts[i].offset) = value ? value : texts[i].otherwise;
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (!read_number(settings, &numbers[i], err))
			return false;
	const char *level = environment("LOG_LEVEL");
	if (level && !log_set_level(level))
		return error_field(err, "LOG_LEVEL", "LOG_LEVEL must be error, warning, info or debug");
	bool fine = read_switch("SMTP_TLS", &settings->smtp_tls, err);
	use_demo_mail(settings);
	log_turn_over(log_folder(settings->home), settings->log_max_bytes, (int)settings->log_backup_count);
	return fine && read_switch("SYNC_CONTACTS", &settings->sync_contacts, err) && read_rules(settings, err) &&
	       read_tracking(settings, err) && check_public_urls(settings, err) && check_bounce_domain(settings, err) &&
	       check_imap(settings, err) && read_interval(settings, err) && check_names(settings, err) &&
	       check_currency(settings, err) && check_mail(settings, err) && check_credentials(settings, err) &&
	       check_mac_keys(settings, err);
}

void settings_load(const char *path) {
	char line[2048];
	FILE *file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof line, file)) {
		char *equals = strchr(line, '=');
		line[strcspn(line, "\r\n")] = '\0';
		if (!equals || *line == '#')
			continue;
		*equals = '\0';
		(void)setenv(line, equals + 1, 0);
	}
	(void)fclose(file);
}
