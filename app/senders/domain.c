/* Sending domains: storage. */
#include "senders/domain.h"

#include "core/base/signature.h"
#include "core/jobs/queue.h"
#include "core/store/version.h"

static const char DOMAINS[] = "sending_domains";

static const char *const kind_names[] = { [SIGNATURE_RSA] = "rsa", [SIGNATURE_ED25519] = "ed25519" };
const struct choices signature_kinds = CHOICES(kind_names);

static const struct field key_fields[] = {
	FIELD(struct sending_key, selector),    FIELD(struct sending_key, kind, .choices = &signature_kinds),
	FIELD(struct sending_key, public_key),  FIELD(struct sending_key, secret, .flags = FIELD_PRIVATE),
	FIELD(struct sending_key, created_at),  FIELD(struct sending_key, seen_at),
	FIELD(struct sending_key, replaced_at), FIELD(struct sending_key, record, .choices = &record_states),
	FIELD(struct sending_key, problem),
};
static const struct record_type key_record = RECORD_TYPE("SendingKey", struct sending_key, key_fields);

static const struct field check_fields[] = {
	FIELD(struct sending_check, asked_at),
	FIELD(struct sending_check, ended_at),
	FIELD(struct sending_check, exists),
	FIELD(struct sending_check, spf, .choices = &record_states),
	FIELD(struct sending_check, spf_record),
	FIELD(struct sending_check, spf_problem),
	FIELD(struct sending_check, dmarc, .choices = &record_states),
	FIELD(struct sending_check, dmarc_record),
	FIELD(struct sending_check, dmarc_domain),
	FIELD(struct sending_check, dmarc_problem),
};
static const struct record_type check_record = RECORD_TYPE("SendingDomainCheck", struct sending_check, check_fields);

static const struct field domain_fields[] = {
	FIELD(struct sending_domain, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct sending_domain, domain),
	FIELD_LIST(struct sending_domain, keys, key_record),
	FIELD_RECORD(struct sending_domain, check, check_record),
	FIELD(struct sending_domain, created_by),
	FIELD(struct sending_domain, created_at),
	FIELD(struct sending_domain, warm_up_at),
	FIELD(struct sending_domain, rev, .flags = FIELD_REVISION),
	FIELD(struct sending_domain, fence, .flags = FIELD_PRIVATE),
};
const struct record_type sending_domain_record = RECORD_TYPE("StoredSendingDomain", struct sending_domain,
                                                             domain_fields);

bool sending_domain_list(struct store *store, struct arena *arena, struct rows *domains, struct error *err) {
	return store_list(store, DOMAINS, &everything, SORT(asc("domain")), SENDING_DOMAINS_MAX, &sending_domain_record,
	                  arena, &domains->items, &domains->count, err);
}

bool sending_domain_find(struct store *store, const char *id, struct arena *arena, struct sending_domain *domain,
                         bool *found, struct error *err) {
	return store_find(store, DOMAINS, FILTER(by_id_or(id, "domain")), NULL, &sending_domain_record, arena, domain,
	                  found, err);
}

bool sending_domain_need(struct store *store, const char *id, struct arena *arena, struct sending_domain *domain,
                         struct error *err) {
	bool found;
	return sending_domain_find(store, id, arena, domain, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "There is no sending domain “%.60s”", id));
}

static bool ask(struct store *store, const char *id, struct arena *arena, struct error *err) {
	const struct job_request request = { "sending_domain", arena_print(arena, "sending_domain %s", id), id, 0 };
	const char *job;
	bool already;
	return queue_ask(store, &request, arena, &job, &already, err);
}

static bool check_room(struct store *store, const struct sending_domain *domain, struct error *err) {
	int64_t others;
	if (!store_count(store, DOMAINS, FILTER(ne_id("_id", domain->id)), &others, err))
		return false;
	return others < SENDING_DOMAINS_MAX ||
	       error_set(err, ERROR_INVALID, "There are %d sending domains, the most there can be. Delete one first",
	                 SENDING_DOMAINS_MAX);
}

bool sending_domain_insert(struct store *store, const struct sending_domain *domain, struct arena *arena,
                           struct error *err) {
	bool was_there;
	if (!check_room(store, domain, err))
		return false;
	if (!store_create(store, DOMAINS, &sending_domain_record, domain, domain->id, &was_there, err)) {
		if (err->kind != ERROR_CONFLICT)
			return false;
		(void)error_field(err, "domain", "“%.100s” is there already", domain->domain);
		err->kind = ERROR_CONFLICT;
		return false;
	}
	return ask(store, domain->id, arena, err) && version_bump(store, REALM_SETTINGS, err);
}

bool sending_domain_save(struct store *store, const struct sending_domain *domain, struct error *err) {
	bool found;
	return store_save(store, DOMAINS, FILTER(by_id(domain->id)), &sending_domain_record, domain, ONLY("keys", "check"),
	                  &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "The domain “%.100s” was deleted", domain->domain)) &&
	       version_bump(store, REALM_SETTINGS, err);
}

/* Whatever a check has found out about it meanwhile. */
bool sending_domain_drop(struct store *store, const struct sending_domain *domain, struct error *err) {
	int64_t deleted;
	return store_delete(store, DOMAINS, FILTER(by_id(domain->id)), &deleted, err) &&
	       store_delete(store, "warm_ups", FILTER(eq_id("domain_id", domain->id)), &deleted, err) &&
	       version_bump(store, REALM_SETTINGS, err);
}

bool sending_domain_ask_check(struct store *store, const char *id, struct moment now, struct arena *arena,
                              struct error *err) {
	bool found;
	return store_update(store, DOMAINS, FILTER(by_id(id)),
	                    UPDATE(set_moment("check.asked_at", now), add_count("rev", 1)), &found, err) &&
	       ask(store, id, arena, err) && version_bump(store, REALM_SETTINGS, err);
}

void sending_check_ends(struct sending_check *check, struct moment now) {
	bool ahead = moment_is_set(check->asked_at) && check->asked_at.ms > now.ms;
	check->ended_at = ahead ? check->asked_at : now;
}

bool sending_domain_is_checking(const struct sending_domain *domain) {
	const struct sending_check *check = &domain->check;
	return moment_is_set(check->asked_at) &&
	       (!moment_is_set(check->ended_at) || check->ended_at.ms < check->asked_at.ms);
}
