/* DNS records of sending domains. */
#include "senders/publish.h"

#include <glib.h>
#include <string.h>

enum { STRING_BYTES = 255, OLD_DAYS = 7 };

static const char *const purpose_names[] = {
	[PUBLISH_DKIM] = "dkim", [PUBLISH_SPF] = "spf", [PUBLISH_DMARC] = "dmarc"
};
const struct choices publish_purposes = CHOICES(purpose_names);

static const struct field record_fields[] = {
	FIELD(struct publish_record, purpose, .choices = &publish_purposes),
	FIELD(struct publish_record, title),
	FIELD(struct publish_record, name),
	FIELD(struct publish_record, type),
	FIELD(struct publish_record, value,
	      .doc = "To be published; null: nothing is to be changed, or only the email "
	             "server's provider can tell"),
	FIELD(struct publish_record, pieces, .doc = "The value in strings of at most 255 bytes"),
	FIELD(struct publish_record, found, .doc = "What is there"),
	FIELD(struct publish_record, state, .choices = &record_states),
	FIELD(struct publish_record, words),
};
const struct record_type publish_record_type = RECORD_TYPE("DnsRecord", struct publish_record, record_fields);

/* As these providers ask for it; a proposal, since they may change it. */
const char *publish_spf_include(const char *host) {
	static const char *const known[][2] = {
		{ ".amazonaws.com", "amazonses.com" },
		{ "smtp-relay.brevo.com", "spf.brevo.com" },
		{ "smtp-relay.gmail.com", "_spf.google.com" },
		{ "smtp.gmail.com", "_spf.google.com" },
		{ "smtp.office365.com", "spf.protection.outlook.com" },
		{ ".mailjet.com", "spf.mailjet.com" },
		{ ".mailgun.org", "mailgun.org" },
		{ "smtp.postmarkapp.com", "spf.mtasv.net" },
		{ "smtp.sendgrid.net", "sendgrid.net" },
		{ "smtp.sparkpostmail.com", "sparkpostmail.com" },
	};
	for (size_t i = 0; host && i < G_N_ELEMENTS(known); i++)
		if (known[i][0][0] == '.' ? g_str_has_suffix(host, known[i][0]) : g_ascii_strcasecmp(host, known[i][0]) == 0)
			return known[i][1];
	return NULL;
}

static struct strings pieces_of(const char *value, struct arena *arena) {
	size_t size = value ? strlen(value) : 0;
	struct strings pieces = { arena_array(arena, const char *, size / STRING_BYTES + 1), 0 };
	for (size_t at = 0; at < size; at += STRING_BYTES) {
		size_t rest = size - at;
		pieces.items[pieces.count++] = arena_copy_bytes(arena, value + at, rest < STRING_BYTES ? rest : STRING_BYTES);
	}
	return pieces;
}

const char *publish_quoted(const struct strings *pieces, struct arena *arena) {
	return pieces->count == 0 ? NULL : arena_print(arena, "\"%s\"", strings_join(arena, pieces, "\" \""));
}

static const char *dkim_words(const struct sending_key *key, struct arena *arena) {
	bool looked = key->record != RECORD_NOT_ASKED;
	const char *problem = key->problem ? key->problem : "it is not there";
	if (key->record == RECORD_UNKNOWN)
		return "No name server answered. Look it up again later";
	switch (key_state_of(key)) {
	case KEY_WAITS:
		return looked ? arena_print(arena, "Not signing yet: %s. New records may take hours to be seen", problem)
		              : "Not signing yet: publish this record";
	case KEY_SIGNS:
		return "Signing";
	case KEY_STRAYS:
		return arena_print(arena, "Receivers cannot verify its signatures: %s", problem);
	default:
		return arena_print(arena, "Replaced. Emails on their way still need it until %s, then delete it",
		                   text_of_day(arena, moment_add(key->replaced_at, OLD_DAYS * DAY_MS)));
	}
}

static struct publish_record dkim_record(const struct sending_domain *domain, const struct sending_key *key,
                                         struct arena *arena) {
	struct publish_record record = { .purpose = PUBLISH_DKIM, .type = "TXT", .state = key->record };
	record.title = key->kind == SIGNATURE_RSA ? "DKIM, RSA" : "DKIM, Ed25519";
	record.name = arena_print(arena, "%s._domainkey.%s", key->selector, domain->domain);
	record.value = arena_print(arena, "v=DKIM1; k=%s; p=%s", choice_name(&signature_kinds, (int)key->kind),
	                           key->public_key);
	record.pieces = pieces_of(record.value, arena);
	record.words = dkim_words(key, arena);
	return record;
}

/* "v=spf1 include:a include:b ~all" of the relays that we know; NULL: of none. */
static const char *spf_proposal(const struct strings *relays, struct arena *arena) {
	struct strings terms = { arena_array(arena, const char *, relays->count + 1), 0 };
	for (int i = 0; i < relays->count; i++) {
		const char *include = publish_spf_include(relays->items[i]);
		if (include && !strings_have(&terms, include))
			terms.items[terms.count++] = include;
	}
	return terms.count == 0 ? NULL
	                        : arena_print(arena, "v=spf1 include:%s ~all", strings_join(arena, &terms, " include:"));
}

static struct publish_record spf_record(const struct sending_domain *domain, const struct strings *relays,
                                        struct arena *arena) {
	const struct sending_check *check = &domain->check;
	struct publish_record record = { .purpose = PUBLISH_SPF,
		                             .title = "SPF",
		                             .name = domain->domain,
		                             .type = "TXT",
		                             .found = check->spf_record,
		                             .state = check->spf };
	const char *proposal = spf_proposal(relays, arena);
	if (check->spf == RECORD_GOOD)
		record.words = "There is one. It must include the servers that send your emails";
	else if (check->spf == RECORD_UNKNOWN)
		record.words = "No name server answered. Look it up again later";
	else if (check->spf_record)
		record.words = arena_print(arena, "Change the one that is there: %s", check->spf_problem);
	else
		record.words = proposal ? "Names the servers that may send for the domain"
		                        : "Names the servers that may send for the domain: “v=spf1 include:… ~all”. Your "
		                          "mail provider says what to include";
	record.value = check->spf_record || check->spf == RECORD_UNKNOWN ? NULL : proposal;
	record.pieces = pieces_of(record.value, arena);
	return record;
}

static struct publish_record dmarc_record(const struct sending_domain *domain, struct arena *arena) {
	const struct sending_check *check = &domain->check;
	struct publish_record record = {
		.purpose = PUBLISH_DMARC, .title = "DMARC", .type = "TXT", .found = check->dmarc_record, .state = check->dmarc
	};
	record.name = arena_print(arena, "_dmarc.%s", domain->domain);
	if (check->dmarc == RECORD_GOOD)
		record.words = text_same(check->dmarc_domain, domain->domain)
		                   ? "There is one"
		                   : arena_print(arena, "There is one at %s", check->dmarc_domain);
	else if (check->dmarc == RECORD_UNKNOWN)
		record.words = "No name server answered. Look it up again later";
	else if (check->dmarc_record)
		record.words = arena_print(arena, "Change the one that is there: %s", check->dmarc_problem);
	else
		record.words = "Tells receivers what to do with emails that are not yours. Without one large providers refuse "
					   "bulk email. Reports go to the address in it";
	if (!check->dmarc_record && check->dmarc != RECORD_UNKNOWN)
		record.value = arena_print(arena, "v=DMARC1; p=none; rua=mailto:postmaster@%s", domain->domain);
	record.pieces = pieces_of(record.value, arena);
	return record;
}

struct rows publish_records(const struct sending_domain *domain, const struct strings *relays, struct arena *arena) {
	const struct sending_key *keys = domain->keys.items;
	struct publish_record *records = arena_array(arena, struct publish_record, domain->keys.count + 2);
	int count = 0;
	for (int i = 0; i < domain->keys.count; i++)
		if (key_state_of(&keys[i]) != KEY_REPLACED)
			records[count++] = dkim_record(domain, &keys[i], arena);
	records[count++] = spf_record(domain, relays, arena);
	records[count++] = dmarc_record(domain, arena);
	for (int i = 0; i < domain->keys.count; i++)
		if (key_state_of(&keys[i]) == KEY_REPLACED)
			records[count++] = dkim_record(domain, &keys[i], arena);
	return (struct rows){ records, count };
}

struct publish_health publish_health(const struct sending_domain *domain) {
	const struct sending_key *keys = domain->keys.items;
	const struct sending_check *check = &domain->check;
	int counts[KEY_REPLACED + 1] = { 0 };
	for (int i = 0; i < domain->keys.count; i++)
		counts[key_state_of(&keys[i])]++;
	if (sending_domain_is_checking(domain))
		return (struct publish_health){ "Being looked up", "running", NULL };
	if (counts[KEY_STRAYS] > 0)
		return (struct publish_health){
			"Record missing", "failed",
			"Emails are signed, but the record of a key is not there: receivers cannot verify"
		};
	if (counts[KEY_SIGNS] == 0)
		return (struct publish_health){ "Not signing yet", "unknown", "Publish its records, then check" };
	if (counts[KEY_WAITS] > 0)
		return (struct publish_health){ "Signing", "ok", "A new key waits for its record" };
	if (check->spf == RECORD_WRONG || check->dmarc == RECORD_ABSENT || check->dmarc == RECORD_WRONG)
		return (struct publish_health){ "Signing", "ok", "SPF or DMARC needs work" };
	return (struct publish_health){ "Signing", "ok", NULL };
}
