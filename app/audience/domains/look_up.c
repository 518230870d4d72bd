/* Looking domains up. A few at once; a run is kept while answers are awaited, so that imports go on beside it. */
#include "audience/domains/look_up.h"

#include "audience/contacts/bad_domain.h"
#include "audience/domains/domain.h"
#include "core/process/settings.h"
#include "core/store/version.h"

enum { AT_ONCE = 16, ROUND = 200, LEASE_MS = 120 * SECOND_MS, EACH_MS = 2 * SECOND_MS, TURN_MS = 50, TYPES = 3 };

/* A domain that everybody can look up. Whoever does not find it has a name server without the internet behind it, whose
 * "no such name" says nothing. */
static const char KNOWN[] = "gmail.com";

struct look_up;

/* One domain of a round. */
struct asked {
	struct look_up *round;
	struct mail_domain *domain; /* NULL: KNOWN */
	enum dns_result results[TYPES];
	int count;
	bool refuses;
};

struct look_up {
	struct dns_pool *pool;
	struct arena *arena; /* of the round */
	struct mail_domain *domains;
	struct asked *asked, known;
	int count, started, open;
	bool is_trusted;
	struct moment now;
};

static void ask(struct asked *asked);

static void take_answer(void *context, const struct dns_answer *answer) {
	struct asked *asked = context;
	struct look_up *round = asked->round;
	bool again;
	asked->results[asked->count++] = answer->result;
	if (asked->count == 1 && answer->result == DNS_FOUND)
		asked->refuses = text_is_empty(answer->records[0].text);
	enum domain_verdict verdict = domain_judge(asked->results, asked->count, asked->refuses, &again);
	if (again) {
		ask(asked);
		return;
	}
	round->open--;
	if (!asked->domain)
		round->is_trusted = verdict == DOMAIN_TAKES_MAIL;
	else
		domain_settle(asked->domain, domain_is_bad(verdict) && !round->is_trusted ? DOMAIN_UNKNOWN : verdict,
		              round->now);
}

static void ask(struct asked *asked) {
	static const enum dns_type types[TYPES] = { DNS_MX, DNS_A, DNS_AAAA };
	const struct dns_query query = { asked->domain ? asked->domain->name : KNOWN, types[asked->count], take_answer,
		                             asked };
	dns_start(asked->round->pool, &query);
}

/* The next domains that are due; first of all, whether the name server can be believed. */
static bool begin_round(struct job_run *run, struct look_up *round, struct error *err) {
	if (round->arena)
		arena_free(round->arena);
	round->arena = arena_new();
	round->now = job_now(run);
	round->started = round->open = 0;
	round->is_trusted = false;
	if (!domain_due(run->store, round->now, ROUND, round->arena, &round->domains, &round->count, err))
		return false;
	round->asked = arena_array(round->arena, struct asked, round->count + 1);
	for (int i = 0; i < round->count; i++)
		round->asked[i] = (struct asked){ .round = round, .domain = &round->domains[i] };
	round->known = (struct asked){ .round = round };
	if (round->count) {
		round->open = 1;
		ask(&round->known);
	}
	return true;
}

static bool mark(struct store *store, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct strings bad;
	return domain_all_bad(store, arena, &bad, err) && contact_mark_bad(store, &bad, err);
}

static bool end_round(struct job_run *run, struct look_up *round, struct error *err) {
	return domain_save(run->store, round->domains, round->count, err) && mark(run->store, err) &&
	       begin_round(run, round, err);
}

static bool turn(struct job_run *run, struct look_up *round, struct error *err) {
	dns_turn(round->pool, TURN_MS);
	/* KNOWN is answered before anything else is asked */
	for (bool first = round->started == 0 && round->open;
	     !first && round->started < round->count && round->open < AT_ONCE;) {
		round->open++;
		ask(&round->asked[round->started++]);
	}
	return round->open > 0 || end_round(run, round, err);
}

static void drop(void *context) {
	struct look_up *round = context;
	dns_pool_free(round->pool);
	if (round->arena)
		arena_free(round->arena);
}

static bool go_on(struct job_run *run, struct error *err) {
	struct look_up *round = run->state;
	if (!job_beat(run, NULL, err) || !turn(run, round, err))
		return false;
	if (round->count == 0)
		run->result = "looked up";
	else if (run->jobs->closing)
		job_again(run, 0);
	else if (!run->cancelled)
		job_keep(run);
	return true;
}

/* The version of the counts whose domains have been followed. */
static int64_t followed = -1;

static bool begin(struct job_run *run, struct error *err) {
	const struct settings *settings = run->context;
	struct look_up *round = arena_new_of(run->arena, struct look_up);
	struct versions versions;
	*round = (struct look_up){ .pool = dns_pool_new(settings->dns_servers) };
	if (!round->pool)
		return error_set(err, ERROR_UNAVAILABLE, "DNS_SERVERS cannot be read, or the system has none");
	arena_defer(run->arena, drop, round);
	run->state = round;
	if (!versions_read(run->store, &versions, err) ||
	    !domain_follow(run->store, run->now, moment_add(run->now, -DAY_MS), err) || !mark(run->store, err) ||
	    !begin_round(run, round, err))
		return false;
	followed = versions.counts;
	if (round->count)
		job_keep(run);
	return true;
}

static bool is_wanted(struct store *store, struct moment now, struct arena *arena, bool *wanted, struct error *err) {
	struct versions versions;
	struct mail_domain *due;
	int count;
	if (!versions_read(store, &versions, err) || !domain_due(store, now, 1, arena, &due, &count, err))
		return false;
	*wanted = count > 0 || versions.counts != followed;
	return true;
}

static bool plan(struct store *store, struct moment now, void *context, struct error *err) {
	static int64_t next_ms;
	const struct settings *settings = context;
	ARENA_AUTO arena = arena_new();
	const struct job_request request = { .kind = domain_job.name, .key = domain_job.name };
	const char *id;
	bool already, wanted;
	if (!settings->validate_domains || monotonic_ms() < next_ms)
		return true;
	next_ms = monotonic_ms() + EACH_MS;
	return is_wanted(store, now, arena, &wanted, err) &&
	       (!wanted || queue_ask(store, &request, arena, &id, &already, err));
}

const struct job_kind domain_job = {
	.name = "domains",
	.run = begin,
	.go_on = go_on,
	.plan = plan,
	.lease_ms = LEASE_MS,
	.priority = 3,
	.backoff = { 30 * SECOND_MS, 600 * SECOND_MS },
};
