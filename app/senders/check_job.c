/* The look-ups of a sending domain, one for each of its keys, all at once. */
#include "senders/check_job.h"

#include "core/client/dns.h"
#include "core/process/settings.h"
#include "core/store/clock.h"
#include "preflight/sender.h"
#include "senders/keys.h"

static const char DOMAINS[] = "sending_domains";

enum { ADOPTED_AT_ONCE = 100 };

struct looking {
	struct dns_pool *dns;
	struct sender_search *searches[SENDING_KEYS_MAX]; /* NULL: that key was replaced */
	const char *selectors[SENDING_KEYS_MAX];
	int count;
};

static void close_dns(void *pool) {
	dns_pool_free(pool);
}

static bool is_over(const struct looking *looking) {
	for (int i = 0; i < looking->count; i++)
		if (looking->searches[i] && !sender_search_is_over(looking->searches[i]))
			return false;
	return true;
}

/* Of this key: keys may have come and gone since. */
static const struct sender_facts *facts_of(const struct looking *looking, const struct sending_key *key) {
	for (int i = 0; i < looking->count; i++)
		if (looking->searches[i] && text_same(looking->selectors[i], key->selector))
			return sender_search_facts(looking->searches[i]);
	return NULL;
}

static bool finish(struct job_run *run, const struct looking *looking, struct error *err) {
	const struct sender_facts *facts[SENDING_KEYS_MAX] = { NULL };
	struct sending_domain domain;
	bool found;
	if (!job_admit(run, DOMAINS, run->job.subject, err) ||
	    !sending_domain_find(run->store, run->job.subject, run->arena, &domain, &found, err))
		return false;
	if (!found)
		return true;
	const struct sending_key *keys = domain.keys.items;
	for (int i = 0; i < domain.keys.count && i < SENDING_KEYS_MAX; i++)
		facts[i] = facts_of(looking, &keys[i]);
	keys_take_check(&domain, facts, SENDING_KEYS_MAX, job_now(run), run->arena);
	run->result = "looked up";
	return sending_domain_save(run->store, &domain, err);
}

static bool go_on(struct job_run *run, struct error *err) {
	struct looking *looking = run->state;
	if (!is_over(looking))
		dns_turn(looking->dns, (int)run->patience_ms);
	if (is_over(looking))
		return finish(run, looking, err);
	if (!job_beat(run, NULL, err))
		return false;
	job_go_on(run);
	return true;
}

static bool begin(struct job_run *run, struct error *err) {
	const struct settings *settings = run->context;
	struct looking *looking = arena_new_of(run->arena, struct looking);
	struct sending_domain domain;
	bool found;
	run->result = "nothing to look up";
	if (!sending_domain_find(run->store, run->job.subject, run->arena, &domain, &found, err))
		return false;
	if (!found)
		return true;
	looking->dns = dns_pool_new(settings->dns_servers);
	if (!looking->dns)
		return error_set(err, ERROR_INVALID, "DNS_SERVERS cannot be read: “%.80s”", settings->dns_servers);
	arena_defer(run->arena, close_dns, looking->dns);
	const struct sending_key *keys = domain.keys.items;
	for (int i = 0; i < domain.keys.count && i < SENDING_KEYS_MAX; i++) {
		looking->selectors[i] = keys[i].selector;
		if (key_state_of(&keys[i]) != KEY_REPLACED)
			looking->searches[i] = sender_search_begin(looking->dns, domain.domain, keys[i].selector, run->arena);
		looking->count++;
	}
	run->state = looking;
	return go_on(run, err);
}

/* Nobody waits for a result that does not come. */
static bool give_up(struct job_run *run, const char *why, struct error *err) {
	struct sending_domain domain;
	bool found;
	(void)why;
	if (!sending_domain_find(run->store, run->job.subject, run->arena, &domain, &found, err))
		return false;
	sending_check_ends(&domain.check, job_now(run));
	return !found || sending_domain_save(run->store, &domain, err);
}

/* Those that a crash has left without a job, and those of yesterday. */
static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct moment now;
	void *found;
	int count;
	(void)context;
	if (!store_now(store, &now, err) ||
	    !store_list(store, DOMAINS,
	                FILTER(ANY_OF(is_absent("check.ended_at"), lt_moment("check.ended_at", moment_add(now, -DAY_MS)))),
	                NULL, ADOPTED_AT_ONCE, &sending_domain_record, arena, &found, &count, err))
		return false;
	const struct sending_domain *domains = found;
	bool fine = true;
	for (int i = 0; fine && i < count; i++)
		fine = sending_domain_ask_check(store, domains[i].id, now, arena, err);
	return fine;
}

const struct job_kind sending_domain_job = {
	.name = "sending_domain",
	.run = begin,
	.go_on = go_on,
	.give_up = give_up,
	.adopt = adopt,
	.lease_ms = MINUTE_MS,
	.attempts_max = 3,
	.priority = 1,
	.backoff = { SECOND_MS, MINUTE_MS },
};
