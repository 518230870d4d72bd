/* Settings, from environment variables only (deploy/up loads .env into them); listed in .env.example. */
#ifndef PROCESS_SETTINGS_H
#define PROCESS_SETTINGS_H

#include <stdint.h>

#include "core/base/error.h"

struct settings {
	const char *home;                     /* TELLTALE_HOME */
	const char *organisation;             /* ORGANISATION: who prepares reports, on their covers; may be empty */
	const char *postal_address;           /* POSTAL_ADDRESS: must stand in marketing emails; may be empty */
	const char *currency;                 /* CURRENCY: of all amounts, ISO 4217 */
	const char *root;                     /* TELLTALE_ROOT: the folder of views/ and migrations/ */
	const char *mongodb_uri, *mongodb_db; /* MONGODB_URI, MONGODB_DB */
	const char *api_key, *api_url;        /* EMAILOCTOPUS_API_KEY (secret), EMAILOCTOPUS_BASE_URL */
	const char *public_url;               /* PUBLIC_BASE_URL */
	/* TRACKING_PIXEL_URL, CLICK_TRACKING_URL, UNSUBSCRIBE_URL: what the addresses in mails begin with; empty: below
	 * public_url */
	const char *pixel_url, *click_url, *unsubscribe_url;
	/* BOUNCE_DOMAIN: where undeliverable mails come back to; empty: to the sender. */
	const char *bounce_domain;
	bool track_opens, track_clicks; /* ENABLE_OPEN_TRACKING, ENABLE_CLICK_TRACKING; both ENABLE_EMAIL_TRACKING */
	/* INBOUND_IMAP_URL: "imaps://host:993", or "imap://host:143" with STARTTLS; empty: no mailbox is read.
	 * INBOUND_IMAP_USER, _PASSWORD (secret), _FOLDER; _INTERVAL in seconds */
	const char *imap_url, *imap_user, *imap_password, *imap_folder;
	int64_t imap_seconds;
	const char *secret_key;      /* SECRET_KEY (secret) */
	const char *suppression_key; /* SUPPRESSION_KEY (secret) */
	const char *hook_keys; /* BOUNCE_HOOK_KEYS (secret): sign what mail providers report; empty: nothing is taken */
	const char *webhook_url,
		*webhook_events;       /* WEBHOOK_URL, WEBHOOK_EVENTS: one webhook (webhooks/settings_webhook.h) */
	const char *sendgrid_keys; /* SENDGRID_WEBHOOK_KEY: public keys of its event webhook; empty: nothing is taken */
	const char *twilio_account, *twilio_token; /* TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN (secret): the same */
	const char *octopus_secret; /* EMAILOCTOPUS_WEBHOOK_SECRET (secret): signs what EmailOctopus reports; empty: nothing
	                               is taken */
	const char *link_keys;      /* LINK_KEYS (secret): see mac_ring_read; empty: mails have no links of ours */
	/* CREDENTIALS_KEY, CREDENTIALS_KEYS_OLD (secret): see keyring_read; or the file CREDENTIALS_KEY of systemd's
	 * credentials. Empty: no secret of a connection can be stored or read. */
	const char *credentials_key, *credentials_old;
	bool private_hosts;   /* CONNECTIONS_PRIVATE_HOSTS: connections may lead to addresses of private networks */
	bool webhooks;        /* ENABLE_WEBHOOKS: others are told what happens */
	bool webhooks_inside; /* WEBHOOKS_PRIVATE_HOSTS: by http, too, and at addresses of private networks and this machine
	                       */
	/* ZOHO_API_BASE_URL, SENDGRID_BASE_URL, TWILIO_BASE_URL: besides the providers' own servers */
	const char *zoho_url, *sendgrid_url, *twilio_url;
	bool suppression_list;    /* ENABLE_SUPPRESSION_LIST: false: suppressions are kept, and hold nobody back */
	bool require_consent;     /* REQUIRE_CONSENT: nothing is sent to people of whom no consent is recorded */
	bool codes_within;        /* QR_IMAGES=data: pictures of codes are written into the HTML of emails */
	bool require_tracking;    /* TRACKING_CONSENT=required: whoever has not agreed is counted, not named */
	bool validate_domains;    /* ENABLE_EMAIL_VALIDATION: domains of addresses are looked up */
	const char *dns_servers;  /* DNS_SERVERS: as dns_pool_new takes them; empty: the system's */
	bool spam_check;          /* ENABLE_SPAM_CHECK: content is rated; 5 points keep it from being sent */
	const char *socket;       /* FCGI_SOCKET */
	int64_t calls_per_second; /* EMAILOCTOPUS_CALLS_PER_SECOND, the account's limit is 10 */
	int64_t workers;          /* FCGI_WORKERS */
	bool sync_contacts;       /* SYNC_CONTACTS: on or off */
	int64_t sync_interval_s;  /* SYNC_INTERVAL: hourly, daily or seconds */
	int64_t idle_minutes, session_seconds, remember_days;
	int64_t max_users, password_min;
	/* DEFAULT_SMTP_HOST, _USERNAME, _PASSWORD (secret), DEFAULT_FROM_EMAIL, _NAME; or SMTP_HOST, SMTP_USER,
	 * SMTP_PASSWORD, SMTP_FROM. Empty host: no mail. */
	const char *smtp_host, *smtp_user, *smtp_password, *smtp_from, *smtp_from_name;
	/* Collections and members of another system: CUSTOMERS_COLLECTION, _EMAIL, _KEY, _USAGE, _GROUPS (comma-separated),
	 * _BOUNDS (kWh, ascending); CONTACT_KEY_FIELD: the list field with the customer's number; DEMOGRAPHICS_…,
	 * _CUSTOMER: the member that names the customer; ENERGY_… */
	const char *customers_collection, *customers_email, *customers_key, *customers_usage, *customers_groups,
		*customers_bounds, *contact_key, *demographics_collection, *demographics_customer, *demographics_groups,
		*energy_collection, *energy_name;
	const char *smtp_authorities; /* SMTP_CA_FILE: certificates to trust instead of the system's */
	int64_t send_timeout;         /* EMAIL_SEND_TIMEOUT: seconds until a mail server lets a campaign's email begin */
	int64_t retry_attempts;       /* MAX_RETRY_ATTEMPTS; 0 if RETRY_FAILED_EMAILS=false */
	int64_t smtp_sessions;        /* SMTP_SESSIONS: of one sender at one mail server, at once */
	int64_t max_per_second, max_per_hour, max_per_day; /* MAX_EMAILS_PER_SECOND …, of the whole system; 0: no limit */
	int64_t smtp_port;                                 /* DEFAULT_SMTP_PORT, or SMTP_PORT */
	int64_t smtp_reply_seconds, smtp_dot_seconds;      /* SMTP_REPLY_SECONDS, SMTP_DOT_SECONDS */
	bool smtp_tls;                                     /* SMTP_TLS: on or off */
	/* DEMO_MAIL_PORT: the demo's mail server, on this machine; its control is at the next port. 0: there is none. If no
	 * other mail server is set, mail goes to it, and the members above say so (mail_is_demo). */
	int64_t demo_mail_port;
	bool mail_is_demo;
	int64_t log_max_bytes, log_backup_count; /* LOG_MAX_BYTES, LOG_BACKUP_COUNT: see log_turn_over */
	int64_t campaign_log_days;               /* CAMPAIGN_LOG_RETENTION_DAYS: see dispatch/log.h */
	int64_t scheduler_seconds;               /* CAMPAIGN_SCHEDULER_INTERVAL: how often due campaigns are started */
	int64_t hits_days;                       /* HITS_RETENTION_DAYS: opens and clicks one by one; 0: for ever */
	int64_t results_seconds;                 /* RESULTS_INTERVAL: how often what came back becomes figures, at most */
	int64_t campaigns_at_once;               /* MAX_CONCURRENT_CAMPAIGNS: that are being sent; the others wait */
	int64_t requests_per_worker;             /* WORKER_MAX_REQUESTS */
	int64_t templates_strict;                /* TEMPLATES_STRICT: 1 in tests: see templates_set_strict */
};

/* Reads and validates all settings; INVALID names the variable. Texts live as long as the process. */
bool settings_read(struct settings *settings, struct error *err) MUST_CHECK;

/* A text setting of this process, for what works far from where settings are known; its default if it is not set. */
const char *settings_text(const char *name);

/* Reads NAME=value lines from a file into the environment without overriding variables that are set; a missing file is
 * ignored. */
void settings_load(const char *path);

#endif
