/* Requests: reading and checking. */
#include "connections/request.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "connections/rate.h"
#include "connections/secrets.h"
#include "core/client/address.h"
#include "core/client/smtp.h"
#include "core/formats/json.h"
#include "core/formats/mail.h"

enum { SECRET_MAX = 2000, OBJECT_BYTES = 32 * 1024, PRIORITY_MAX = 1000, SID_SIZE = 34 };

#define SECRET_FIELDS                                                       \
	FIELD(struct connection_request, password, .max = SECRET_MAX),          \
		FIELD(struct connection_request, api_key, .max = SECRET_MAX),       \
		FIELD(struct connection_request, auth_token, .max = SECRET_MAX),    \
		FIELD(struct connection_request, client_secret, .max = SECRET_MAX), \
		FIELD(struct connection_request, refresh_token, .max = SECRET_MAX)
#define OWN_FIELDS                                                                                           \
	FIELD(struct connection_request, name, .max = CONNECTION_NAME_MAX),                                      \
		FIELD(struct connection_request, provider, .doc = "smtp, sendgrid, twilio or zoho, which is usual"), \
		FIELD(struct connection_request, org_id, .max = ORG_ID_MAX, .doc = "Of Zoho CRM"),                   \
		FIELD(struct connection_request, base_url, .doc = "One of the provider's own servers"),              \
		FIELD(struct connection_request, client_id, .max = 200, .doc = "Of Zoho CRM"),                       \
		FIELD(struct connection_request, account_sid, .max = 40, .doc = "Of Twilio: AC and 32 digits"),      \
		FIELD(struct connection_request, from_phone, .max = 40,                                              \
	          .doc = "Of Twilio: a number like +15551234567, or a messaging service"),                       \
		FIELD(struct connection_request, sms_rates, .flags = FIELD_LINES, .max = SMS_RATES_MAX,              \
	          .doc = "Of Twilio: what a segment costs by the beginning of phone numbers, +49 0.0748"),       \
		FIELD(struct connection_request, from_email, .max = 254),                                            \
		FIELD(struct connection_request, from_name, .max = 100),                                             \
		FIELD(struct connection_request, priority, .max = PRIORITY_MAX,                                      \
	          .doc = "Of several the one with the smallest is used first"),                                  \
		FIELD(struct connection_request, forget, .max = PROVIDER_SECRETS, .doc = "Secrets to remove"),       \
		FIELD(struct connection_request, rev, .doc = "Of the connection as it was read; a stale one is refused")

static const struct field request_fields[] = {
	OWN_FIELDS,
	FIELD_RECORD(struct connection_request, smtp, connection_smtp_record),
	FIELD_RECORD(struct connection_request, limits, connection_limits_record,
	             .doc = "Without it those that are usual for the provider"),
	FIELD(struct connection_request, is_active, .flags = FIELD_TRUE),
	SECRET_FIELDS,
	FIELD(struct connection_request, cookies, .flags = FIELD_OBJECT, .max = OBJECT_BYTES),
	FIELD(struct connection_request, headers, .flags = FIELD_OBJECT, .max = OBJECT_BYTES),
};
const struct record_type connection_request_record = RECORD_TYPE("ConnectionRequest", struct connection_request,
                                                                 request_fields);

static const struct field form_fields[] = {
	OWN_FIELDS,
	FIELD_AS(struct connection_request, smtp.host, "host", .max = 253),
	FIELD_AS(struct connection_request, smtp.port, "port", .max = 65535),
	FIELD_AS(struct connection_request, smtp.username, "username", .max = 320),
	FIELD_AS(struct connection_request, smtp.tls, "tls", .flags = FIELD_TRUE),
	FIELD_AS(struct connection_request, limits.per_second, "per_second", .max = 1000000),
	FIELD_AS(struct connection_request, limits.per_minute, "per_minute", .max = 1000000),
	FIELD_AS(struct connection_request, limits.per_hour, "per_hour"),
	FIELD_AS(struct connection_request, limits.per_day, "per_day"),
	FIELD_AS(struct connection_request, limits.delay, "delay", .max = 3600),
	FIELD_AS(struct connection_request, limits.batch_size, "batch_size", .max = 1000),
	FIELD_AS(struct connection_request, limits.batch_delay, "batch_delay", .max = 3600),
	SECRET_FIELDS,
	FIELD(struct connection_request, cookies, .max = OBJECT_BYTES),
	FIELD(struct connection_request, headers, .max = OBJECT_BYTES),
};
const struct record_type connection_form_record = RECORD_TYPE("ConnectionForm", struct connection_request, form_fields);

const char *request_secret(const struct connection_request *request, const char *name) {
	const struct field *field = record_field(&connection_form_record, name);
	return field ? *(const char *const *)(const void *)((const char *)request + field->offset) : NULL;
}

bool request_provider(const struct connection_request *request, enum provider *provider, struct error *err) {
	int found = PROVIDER_ZOHO;
	if (!text_is_empty(request->provider) && !choice_find(&providers, request->provider, &found))
		return error_field(err, "provider", "Provider must be smtp, sendgrid, twilio or zoho, not “%.40s”",
		                   request->provider);
	if (provider_rows[found].given)
		return error_field(err, "provider", "EmailOctopus is connected by the setting EMAILOCTOPUS_API_KEY, not here");
	*provider = (enum provider)found;
	return true;
}

/* What is being checked, and what was found. */
struct check {
	const struct connection_request *request;
	const struct settings *settings;
	struct arena *arena;
	struct connection *connection;
	struct problems *problems;
	struct error *err;
	bool fine;
};

static void refuse_error(struct check *check, const struct error *problem) {
	problems_add(check->problems, check->arena, problem);
	if (check->fine)
		*check->err = *problem;
	check->fine = false;
}

static void refuse(struct check *check, const char *field, const char *text) {
	struct error problem = ERROR_INIT;
	(void)error_field(&problem, field, "%s", text);
	refuse_error(check, &problem);
}

static const char *absent_if_empty(const char *text) {
	return text_is_empty(text) ? NULL : text;
}

static bool has_control(const char *text) {
	for (const char *c = text ? text : ""; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return true;
	return false;
}

/* Texts of one line: they go into headers and addresses. */
static const char *line(struct check *check, const char *field, const char *text) {
	if (has_control(text))
		refuse(check, field, "This has a line break or another character that cannot be seen. Type it again");
	return absent_if_empty(text);
}

/* Names of hosts: letters, digits, hyphens and dots; or an address. */
static bool is_host(const char *host) {
	enum address_kind kind;
	size_t size = strlen(host);
	if (address_of_text(host, &kind))
		return true;
	if (size == 0 || size > 253 || *host == '.' || strstr(host, "..") || !isalnum((unsigned char)host[size - 1]))
		return false;
	return strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == size;
}

static void check_reach(struct check *check, const struct connection_smtp *smtp) {
	enum address_reach reach = check->settings->private_hosts ? REACH_PRIVATE : REACH_PUBLIC;
	enum address_kind kind;
	if (!address_of_text(smtp->host, &kind) || address_is_in_reach(kind, (int)smtp->port, reach))
		return;
	refuse(check, "smtp.host",
	       kind == ADDRESS_FORBIDDEN ? "There is no mail server at this address"
	       : kind == ADDRESS_PRIVATE ? "This address is in a private network. Allow such servers first, with "
	                                   "CONNECTIONS_PRIVATE_HOSTS=true"
	                                 : "On this machine a mail server has port 25, 465 or 587. Allow others with "
	                                   "CONNECTIONS_PRIVATE_HOSTS=true");
}

static void check_smtp(struct check *check) {
	struct connection_smtp *smtp = &check->connection->smtp;
	*smtp = check->request->smtp;
	smtp->host = absent_if_empty(smtp->host);
	smtp->username = line(check, "smtp.username", smtp->username);
	if (smtp->port == COUNT_NONE || smtp->port == 0)
		smtp->port = 587;
	if (!smtp->host) {
		refuse(check, "smtp.host", "Name the mail server, like smtp.acme.example");
		return;
	}
	if (!is_host(smtp->host)) {
		refuse(check, "smtp.host", "This is not the name of a server. Write it like smtp.acme.example");
		return;
	}
	bool here = smtp_is_here(smtp->host);
	if (!smtp->tls && !here)
		refuse(check, "smtp.tls", "Only a server on this machine may be used without TLS: others could read along");
	else if (!smtp->tls && smtp->port == 465)
		refuse(check, "smtp.tls", "Port 465 means TLS from the start. Choose TLS, or another port");
	if (smtp->port == 25 && !here)
		refuse(check, "smtp.port", "Port 25 is for email between servers. Use 587, or 465 for TLS from the start");
	check_reach(check, smtp);
}

static void check_sender(struct check *check) {
	struct connection *connection = check->connection;
	struct error problem = ERROR_INIT;
	connection->from_email = line(check, "from_email", check->request->from_email);
	connection->from_name = line(check, "from_name", check->request->from_name);
	if (!connection->from_email)
		refuse(check, "from_email", "Say from which address its email comes");
	else if (!mail_check_address(connection->from_email, "from_email", &problem))
		refuse_error(check, &problem);
}

static bool is_sid(const char *text, const char *prefix) {
	return text && strlen(text) == SID_SIZE && text_starts(text, prefix) &&
	       strspn(text + 2, "0123456789abcdefABCDEF") == SID_SIZE - 2;
}

/* E.164, with at least eight digits. */
static bool is_number(const char *text) {
	size_t digits = text && *text == '+' ? strspn(text + 1, "0123456789") : 0;
	return digits >= 8 && digits <= 15 && text[1] != '0' && text[digits + 1] == '\0';
}

/* Each as it was written, so that people find it again. */
static void check_rates(struct check *check) {
	const struct strings *given = &check->request->sms_rates;
	struct strings *kept = &check->connection->sms_rates;
	*kept = (struct strings){ arena_array(check->arena, const char *, (size_t)given->count + 1), 0 };
	for (int i = 0; i < given->count; i++) {
		struct error problem = ERROR_INIT;
		const char *line = text_trim(check->arena, given->items[i]), *prefix;
		int64_t micros;
		if (!*line)
			continue;
		kept->items[kept->count++] = line;
		if (!rate_read(line, "sms_rates", check->arena, &prefix, &micros, &problem)) {
			refuse_error(check, &problem);
			return;
		}
	}
}

static void check_twilio(struct check *check) {
	struct connection *connection = check->connection;
	check_rates(check);
	connection->account_sid = absent_if_empty(check->request->account_sid);
	connection->from_phone = absent_if_empty(check->request->from_phone);
	if (!is_sid(connection->account_sid, "AC"))
		refuse(check, "account_sid",
		       "An account SID is AC and 32 digits or letters a to f, as the Twilio console shows");
	if (!is_number(connection->from_phone) && !is_sid(connection->from_phone, "MG"))
		refuse(check, "from_phone",
		       "Write a number with its country, like +15551234567, or a messaging service (MG and 32 digits)");
}

static void check_zoho(struct check *check) {
	struct connection *connection = check->connection;
	connection->org_id = line(check, "org_id", check->request->org_id);
	connection->client_id = line(check, "client_id", check->request->client_id);
	if (!connection->org_id)
		refuse(check, "org_id", "Name the organisation: Zoho shows its id in the settings, under Company Details");
}

static void check_place(struct check *check) {
	enum provider provider = (enum provider)check->connection->provider;
	const char *url = absent_if_empty(check->request->base_url);
	if (!provider_rows[provider].places)
		return;
	check->connection->base_url = url ? url : provider_url(provider, check->settings);
	if (!provider_place_of(provider, check->connection->base_url, check->settings, check->arena))
		refuse(check, "base_url",
		       arena_print(check->arena, "This is none of %s’s servers: keys go to no other",
		                   provider_rows[provider].label));
}

static void check_limits(struct check *check) {
	struct connection_limits *limits = &check->connection->limits;
	*limits = check->request->limits;
	for (const struct field *field = connection_limits_record.fields;
	     field < connection_limits_record.fields + connection_limits_record.count; field++) {
		int64_t *limit = (int64_t *)(void *)((char *)limits + field->offset);
		if (*limit == 0) /* sending nothing is what turning it off is for */
			*limit = COUNT_NONE;
	}
}

/* Secrets. */

static bool put_object(struct value *map, const char *name, size_t name_size, const char *value, size_t size) {
	struct arena *arena = map->arena;
	if (name_size == 0 || map->count >= 200)
		return false;
	value_put_text(map, arena_copy_bytes(arena, name, name_size),
	               text_trim(arena, arena_copy_bytes(arena, value, size)));
	return true;
}

static const char *written(const struct value *map) {
	BUF_AUTO text = { 0 };
	json_write(&text, map);
	return arena_copy(map->arena, buf_text(&text));
}

static bool is_token(const char *text) {
	return *text && text[strspn(text, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
	                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

/* Names and values as they go into a request; headers that say how the request is sent are ours. */
static bool check_object(const struct value *map, const char *field, struct error *err) {
	static const char *const ours[] = { "host", "content-length", "transfer-encoding", "connection", "expect",
		                                "te",   "upgrade",        "content-type" };
	if (map->kind != VALUE_MAP)
		return error_field(err, field, "This must be an object of names and texts");
	for (const struct value *one = map->first; one; one = one->next) {
		if (!is_token(one->name))
			return error_field(err, field, "A name may have letters, digits and hyphens only");
		if (value_get(map, one->name) != one)
			return error_field(err, field, "“%.60s” stands there twice: leave one out", one->name);
		if (one->kind != VALUE_TEXT || has_control(one->text))
			return error_field(err, field, "What “%.60s” says must be a text of one line", one->name);
		for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
			if (strcasecmp(one->name, ours[i]) == 0)
				return error_field(err, field, "“%.60s” is not taken over: leave it out", one->name);
	}
	return true;
}

/* JSON if it begins like it; else pieces parted by `between`, each a name and a value parted by `middle`. */
static bool object_of(const char *text, const char *field, char between, char middle, struct arena *arena,
                      const char **json, struct error *err) {
	struct value *map = NULL;
	if (text[strspn(text, " \t\r\n")] == '{') {
		struct error ignored = ERROR_INIT; /* its words may quote the text */
		if (!json_read(arena, text, strlen(text), &map, &ignored))
			return error_field(err, field, "This is not JSON, though it begins like it");
	} else {
		map = value_map(arena);
		for (const char *at = text; *at;) {
			at += strspn(at, " \t\r\n");
			const char *end = strchr(at, between) ? strchr(at, between) : at + strlen(at);
			const char *mid = memchr(at, middle, (size_t)(end - at));
			if (end > at && (!mid || !put_object(map, at, (size_t)(mid - at), mid + 1, (size_t)(end - mid - 1))))
				return error_field(err, field, "This cannot be read: names and values are separated by “%c”", middle);
			at = *end ? end + 1 : end;
		}
	}
	if (!check_object(map, field, err))
		return false;
	*json = written(map);
	return true;
}

bool cookies_of(const char *text, const char *field, struct arena *arena, const char **json, struct error *err) {
	const char *bare = text + strspn(text, " \t\r\n");
	if (strncasecmp(bare, "cookie:", 7) == 0)
		bare += 7;
	return object_of(bare, field, ';', '=', arena, json, err);
}

bool headers_of(const char *text, const char *field, struct arena *arena, const char **json, struct error *err) {
	return object_of(text, field, '\n', ':', arena, json, err);
}

/* As it is stored. */
static bool read_secret(struct check *check, const char *name, const char *value, const char **stored) {
	struct error problem = ERROR_INIT;
	*stored = value;
	if (text_same(name, "cookies") || text_same(name, "headers")) {
		bool fine = text_same(name, "cookies") ? cookies_of(value, name, check->arena, stored, &problem)
		                                       : headers_of(value, name, check->arena, stored, &problem);
		if (!fine)
			refuse_error(check, &problem);
		return fine && !text_same(*stored, "{}");
	}
	if (has_control(value))
		refuse(check, name, "This has a line break or another character that cannot be seen. Copy it again");
	return check->fine;
}

static void put_secrets(struct check *check, const struct keyring *ring, struct moment now) {
	const struct provider_row *row = &provider_rows[check->connection->provider];
	for (int i = 0; row->secrets[i]; i++) {
		const char *name = row->secrets[i], *value = request_secret(check->request, name), *stored;
		struct error problem = ERROR_INIT;
		if (strings_have(&check->request->forget, name))
			secret_forget(check->connection, name);
		if (text_is_empty(value) || !read_secret(check, name, value, &stored))
			continue;
		if (!secret_put(ring, check->connection, name, stored, now, check->arena, &problem))
			refuse_error(check, &problem);
	}
}

static void need_secret(struct check *check, const char *name) {
	if (!connection_has(check->connection, name) && !problems_of(check->problems, name))
		refuse(check, name, arena_print(check->arena, "The %s is missing", secret_word(name)));
}

static void need_secrets(struct check *check) {
	const struct connection *connection = check->connection;
	bool access = connection_has(connection, "refresh_token");
	switch (connection->provider) {
	case PROVIDER_SMTP:
		if (connection->smtp.username)
			need_secret(check, "password");
		break;
	case PROVIDER_ZOHO: /* without any it is stored, but not set up yet */
		if (access || connection_has(connection, "client_secret")) {
			need_secret(check, "client_secret");
			need_secret(check, "refresh_token");
			if (!connection->client_id)
				refuse(check, "client_id", "The client id is missing");
		}
		break;
	default:
		need_secret(check, provider_rows[connection->provider].secrets[0]);
	}
}

/* A password for a user that is not named, or a key of another provider, would be stored for nothing. */
static void refuse_others(struct check *check) {
	static const char *const all[] = { "password",      "api_key", "auth_token", "client_secret",
		                               "refresh_token", "cookies", "headers" };
	const struct provider_row *row = &provider_rows[check->connection->provider];
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		bool asked = false;
		for (int k = 0; row->secrets[k]; k++)
			asked |= text_same(row->secrets[k], all[i]);
		if (!asked && !text_is_empty(request_secret(check->request, all[i])))
			refuse(check, all[i], arena_print(check->arena, "%s has no %s", row->label, secret_word(all[i])));
	}
}

bool request_apply(const struct connection_request *request, const struct settings *settings,
                   const struct keyring *ring, struct moment now, struct arena *arena, struct connection *connection,
                   struct problems *problems, struct error *err) {
	struct check check = { request, settings, arena, connection, problems, err, true };
	unsigned asks = provider_rows[connection->provider].asks;
	connection->name = line(&check, "name", request->name);
	if (!connection->name)
		refuse(&check, "name", "Name is missing");
	if (text_same(connection->name, "default"))
		refuse(&check, "name", "“default” is the mail server of the settings. Choose another name");
	if (asks & ASKS_SMTP)
		check_smtp(&check);
	if (asks & ASKS_SENDER)
		check_sender(&check);
	if (asks & ASKS_PHONE)
		check_twilio(&check);
	if (asks & ASKS_ORG)
		check_zoho(&check);
	check_place(&check);
	check_limits(&check);
	connection->priority = request->priority;
	connection->is_active = request->is_active;
	connection->rev = request->rev;
	connection->updated_at = now;
	refuse_others(&check);
	put_secrets(&check, ring, now);
	need_secrets(&check);
	return check.fine;
}
