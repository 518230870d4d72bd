/* Sending domains: all of them, one with the records to publish; adding, looking up, new keys, deleting; as pages and
 * JSON. */
#include "senders/sender_pages.h"

#include "core/http/parts.h"
#include "preflight/lookups.h"
#include "senders/publish.h"
#include "senders/warm_up_pages.h"

enum { DOMAIN_MAX = 253 };

struct domain_request {
	const char *domain;
	bool ed25519;
};
static const struct field request_fields[] = {
	FIELD(struct domain_request, domain, .max = DOMAIN_MAX, .flags = FIELD_REQUIRED),
	FIELD(struct domain_request, ed25519, .doc = "Sign with Ed25519, too, beside RSA"),
};
static const struct record_type request_record = RECORD_TYPE("SendingDomainRequest", struct domain_request,
                                                             request_fields);

struct key_answer {
	const char *selector;
	unsigned kind, state;
	struct moment created_at, seen_at, replaced_at;
};
static const struct field key_fields[] = {
	FIELD(struct key_answer, selector),
	FIELD(struct key_answer, kind, .choices = &signature_kinds),
	FIELD(struct key_answer, state, .choices = &key_states),
	FIELD(struct key_answer, created_at),
	FIELD(struct key_answer, seen_at, .doc = "When its record was first found: since then it signs"),
	FIELD(struct key_answer, replaced_at),
};
static const struct record_type key_record = RECORD_TYPE("DomainKey", struct key_answer, key_fields);

struct domain_answer {
	const char *id, *domain, *status, *advice;
	bool is_checking;
	struct moment checked_at;
	struct rows keys, records;
	const char *created_by;
	struct moment created_at;
};
static const struct field answer_fields[] = {
	FIELD(struct domain_answer, id),
	FIELD(struct domain_answer, domain),
	FIELD(struct domain_answer, status, .doc = "In a word or two"),
	FIELD(struct domain_answer, advice),
	FIELD(struct domain_answer, is_checking),
	FIELD(struct domain_answer, checked_at),
	FIELD_LIST(struct domain_answer, keys, key_record),
	FIELD_LIST(struct domain_answer, records, publish_record_type),
	FIELD(struct domain_answer, created_by),
	FIELD(struct domain_answer, created_at),
};
static const struct record_type answer_record = RECORD_TYPE("SendingDomain", struct domain_answer, answer_fields);

/* The names of the mail servers that are turned on. */
static bool read_relays(struct exchange *x, struct strings *relays, struct error *err) {
	struct rows all;
	if (!connection_list(x->store, x->arena, &all, err))
		return false;
	const struct connection *connections = all.items;
	*relays = (struct strings){ arena_array(x->arena, const char *, all.count + 1), 0 };
	for (int i = 0; i < all.count; i++) {
		if (!connections[i].is_active)
			continue;
		if (connections[i].provider == PROVIDER_SENDGRID)
			relays->items[relays->count++] = "smtp.sendgrid.net";
		else if (!text_is_empty(connections[i].smtp.host))
			relays->items[relays->count++] = connections[i].smtp.host;
	}
	return true;
}

static struct rows key_answers(const struct sending_domain *domain, struct arena *arena) {
	const struct sending_key *keys = domain->keys.items;
	struct key_answer *answers = arena_array(arena, struct key_answer, domain->keys.count + 1);
	for (int i = 0; i < domain->keys.count; i++)
		answers[i] = (struct key_answer){ keys[i].selector,   keys[i].kind,    (unsigned)key_state_of(&keys[i]),
			                              keys[i].created_at, keys[i].seen_at, keys[i].replaced_at };
	return (struct rows){ answers, domain->keys.count };
}

static struct value *json_of(const struct sending_domain *domain, const struct strings *relays, struct arena *arena) {
	const struct publish_health health = publish_health(domain);
	const struct domain_answer answer = { domain->id,
		                                  domain->domain,
		                                  health.label,
		                                  health.why,
		                                  sending_domain_is_checking(domain),
		                                  domain->check.ended_at,
		                                  key_answers(domain, arena),
		                                  publish_records(domain, relays, arena),
		                                  domain->created_by,
		                                  domain->created_at };
	return record_to_value(&answer_record, &answer, arena);
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows all;
	struct strings relays;
	struct value *list = value_list(x->arena);
	if (!sending_domain_list(x->store, x->arena, &all, err) || !read_relays(x, &relays, err))
		return false;
	const struct sending_domain *domains = all.items;
	for (int i = 0; i < all.count; i++)
		(void)value_push(list, json_of(&domains[i], &relays, x->arena));
	return reply_json(x, list);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct sending_domain domain;
	struct strings relays;
	return sending_domain_need(x->store, x->values[0], x->arena, &domain, err) && read_relays(x, &relays, err) &&
	       reply_json(x, json_of(&domain, &relays, x->arena));
}

/* Pages. */

static void put_domain(const struct exchange *x, struct value *view, const struct sending_domain *domain) {
	const struct publish_health health = publish_health(domain);
	const struct moment at = domain->check.ended_at;
	value_put_text(view, "id", domain->id);
	value_put_text(view, "domain", domain->domain);
	value_put_text(view, "status", health.label);
	value_put_text(view, "status_kind", health.kind);
	value_put_text(view, "why", health.why);
	value_put_text(view, "checked", moment_is_set(at) ? text_of_moment_near(x->arena, at, x->now) : NULL);
	value_put_text(view, "added", text_of_day(x->arena, domain->created_at));
	value_put_bool(view, "checking", sending_domain_is_checking(domain));
}

static const char *const done_words[][2] = { { "created", "Domain added" },
	                                         { "rotated", "New keys created" },
	                                         { "warming", "Warm-up begun" },
	                                         { "cooled", "Warm-up ended" },
	                                         { NULL } };

static bool show_all(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct rows all;
	if (!sending_domain_list(x->store, x->arena, &all, err))
		return false;
	struct value *rows = value_put(view, "domains", value_list(x->arena));
	const struct sending_domain *domains = all.items;
	for (int i = 0; i < all.count; i++)
		put_domain(x, value_push(rows, value_map(x->arena)), &domains[i]);
	value_put_bool(view, "has_domains", all.count > 0);
	value_put_bool(view, "deleted", params_get(&x->query, "deleted") != NULL);
	value_put_bool(view, "has_key", !text_is_empty(x->settings->credentials_key));
	value_put_bool(view, "ed25519", exchange_typed(x, "ed25519", NULL) != NULL);
	part_field(x, view, "domain", exchange_typed(x, "domain", NULL));
	return reply_page(x, "senders/domains", "Sending domains", "connections", view, err);
}

static void put_record(const struct exchange *x, struct value *view, const struct publish_record *record) {
	static const char *const states[RECORD_STATE_COUNT][2] = { [RECORD_GOOD] = { "Found", "ok" },
		                                                       [RECORD_ABSENT] = { "Not found", "failed" },
		                                                       [RECORD_WRONG] = { "Wrong", "failed" },
		                                                       [RECORD_WEAK] = { "Weak", "unknown" },
		                                                       [RECORD_UNKNOWN] = { "Not known", "unknown" },
		                                                       [RECORD_NOT_ASKED] = { "Not looked up", "unknown" } };
	value_put_text(view, "title", record->title);
	value_put_text(view, "name", record->name);
	value_put_text(view, "type", record->type);
	value_put_text(view, "value", record->value);
	value_put_text(view, "found", record->found);
	value_put_text(view, "words", record->words);
	value_put_text(view, "state", states[record->state][0]);
	value_put_text(view, "state_kind", states[record->state][1]);
	value_put_text(view, "quoted", record->pieces.count > 1 ? publish_quoted(&record->pieces, x->arena) : NULL);
}

static bool show_one(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct sending_domain domain;
	struct strings relays;
	if (!sending_domain_need(x->store, x->values[0], x->arena, &domain, err) || !read_relays(x, &relays, err))
		return false;
	put_domain(x, view, &domain);
	const struct rows records = publish_records(&domain, &relays, x->arena);
	const struct publish_record *items = records.items;
	struct value *rows = value_put(view, "records", value_list(x->arena));
	for (int i = 0; i < records.count; i++)
		put_record(x, value_push(rows, value_map(x->arena)), &items[i]);
	const char *done = exchange_done(x, done_words);
	value_put_text(view, "done", done);
	value_put_bool(view, "publishes", done && (done == done_words[0][1] || done == done_words[1][1]));
	if (!warm_up_put(x, view, &domain, err))
		return false;
	return reply_page(x, "senders/domain", domain.domain, "connections", view, err);
}

/* Actions. */

static bool reply_domain(struct exchange *x, const char *id, const char *done, struct error *err) {
	struct sending_domain domain;
	struct strings relays;
	if (!sending_domain_need(x->store, id, x->arena, &domain, err) || !read_relays(x, &relays, err))
		return false;
	return reply_done(x, arena_print(x->arena, "/sending-domains/%s%s", domain.id, done),
	                  json_of(&domain, &relays, x->arena));
}

static bool make_keys(struct exchange *x, const struct domain_request *request, struct sending_domain *domain,
                      struct error *err) {
	struct keyring ring = secrets_ring(x->settings);
	bool fine = keys_add(&ring, domain, SIGNATURE_RSA, x->now, x->arena, err) &&
	            (!request->ed25519 || keys_add(&ring, domain, SIGNATURE_ED25519, x->now, x->arena, err));
	keyring_wipe(&ring);
	return fine;
}

static bool create(struct exchange *x, struct error *err) {
	const struct domain_request *request = x->input;
	struct sending_domain domain;
	record_clear(&sending_domain_record, &domain);
	domain.id = exchange_new_id(x);
	domain.domain = lookups_domain(request->domain, x->arena);
	domain.created_by = x->identity.user;
	domain.created_at = domain.check.asked_at = x->now;
	domain.check.spf = domain.check.dmarc = RECORD_NOT_ASKED;
	if (!domain.domain)
		return error_field(err, "domain", "“%.100s” is not a domain like news.acme.example", request->domain);
	return make_keys(x, request, &domain, err) && sending_domain_insert(x->store, &domain, x->arena, err) &&
	       reply_domain(x, domain.id, "?done=created", err);
}

static bool check(struct exchange *x, struct error *err) {
	struct sending_domain domain;
	return sending_domain_need(x->store, x->values[0], x->arena, &domain, err) &&
	       sending_domain_ask_check(x->store, domain.id, x->now, x->arena, err) && reply_domain(x, domain.id, "", err);
}

static bool ask_rotate(struct exchange *x, struct error *err) {
	struct sending_domain domain;
	if (!sending_domain_need(x->store, x->values[0], x->arena, &domain, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Create new keys for “%s”?", domain.domain),
		.lines = { "The keys of today go on signing until the records of the new ones are found. Leave their records "
		           "in the DNS for a week after that." },
		.button = "Create new keys",
		.removes_nothing = true,
		.back = arena_print(x->arena, "/sending-domains/%s", domain.id),
		.place = domain.domain,
		.active = "connections",
	};
	return reply_confirm(x, &confirm, err);
}

static bool rotate(struct exchange *x, struct error *err) {
	struct sending_domain domain;
	if (!sending_domain_need(x->store, x->values[0], x->arena, &domain, err))
		return false;
	struct keyring ring = secrets_ring(x->settings);
	bool fine = keys_rotate(&ring, &domain, x->now, x->arena, err);
	keyring_wipe(&ring);
	return fine && sending_domain_save(x->store, &domain, err) && reply_domain(x, domain.id, "?done=rotated", err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct sending_domain domain;
	if (!sending_domain_need(x->store, x->values[0], x->arena, &domain, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the sending domain “%s”?", domain.domain),
		.lines = { "Its keys are deleted, too: emails from this domain then go unsigned, unless the mail server signs "
		           "them." },
		.button = "Delete domain",
		.back = arena_print(x->arena, "/sending-domains/%s", domain.id),
		.place = domain.domain,
		.active = "connections",
	};
	return reply_confirm(x, &confirm, err);
}

static bool drop(struct exchange *x, struct error *err) {
	struct sending_domain domain;
	return sending_domain_need(x->store, x->values[0], x->arena, &domain, err) &&
	       sending_domain_drop(x->store, &domain, err) && reply_deleted(x, "/sending-domains?deleted=1");
}

const struct route sender_routes[] = {
	{ "GET", "/sending-domains", GUARD_SIGNED_IN, show_all },
	{ "POST", "/sending-domains", GUARD_SIGNED_IN, create, .input = &request_record, .form = show_all,
	  .creates = true },
	{ "GET", "/sending-domains/:domain_id", GUARD_SIGNED_IN, show_one },
	{ "POST", "/sending-domains/:domain_id/check", GUARD_SIGNED_IN, check, .form = show_one },
	{ "GET", "/sending-domains/:domain_id/rotate", GUARD_SIGNED_IN, ask_rotate },
	{ "POST", "/sending-domains/:domain_id/rotate", GUARD_SIGNED_IN, rotate, .form = show_one },
	{ "GET", "/sending-domains/:domain_id/delete", GUARD_SIGNED_IN, ask_drop },
	{ "POST", "/sending-domains/:domain_id/delete", GUARD_SIGNED_IN, drop, .form = ask_drop },
	{ "GET", "/api/sending-domains", GUARD_SIGNED_IN, list_api, .summary = "Domains whose emails are signed by DKIM",
	  .output = &answer_record, .list = true, .realms = REALM_SETTINGS },
	{ "GET", "/api/sending-domains/:sending_domain_id", GUARD_SIGNED_IN, show_api,
	  .summary = "A sending domain with the DNS records to publish", .output = &answer_record,
	  .realms = REALM_SETTINGS },
	{ "POST", "/api/sending-domains", GUARD_SIGNED_IN, create, .summary = "Add a sending domain: makes its keys",
	  .output = &answer_record, .input = &request_record, .creates = true },
	{ "POST", "/api/sending-domains/:sending_domain_id/check", GUARD_SIGNED_IN, check,
	  .summary = "Look up the records; is_checking is false when that is over", .status = 202,
	  .output = &answer_record },
	{ "POST", "/api/sending-domains/:sending_domain_id/rotate", GUARD_SIGNED_IN, rotate,
	  .summary = "Create new keys, which take over once their records are found", .output = &answer_record },
	{ "DELETE", "/api/sending-domains/:sending_domain_id", GUARD_SIGNED_IN, drop,
	  .summary = "Delete a sending domain and its keys", .shape = "deleted:bool" },
	{ 0 },
};
