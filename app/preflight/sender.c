/* The look-ups of a sender's domain: all at once, and those that follow from an answer as soon as it is there. */
#include "preflight/sender.h"

#include <string.h>

#include "preflight/records.h"

enum { DMARC_LABELS_MAX = 8 };

struct sender_search {
	struct dns_pool *pool;
	struct arena *arena;
	struct sender_facts facts;
	int pending, spf_lookups;
	char spf_all; /* what the domain's own record, or the one that it leads to, says of everybody else */
	bool spf_unknown, no_name, takes_no_mail, has_hosts, has_address, mx_unknown;
};

struct asked {
	struct sender_search *search;
	const char *domain;
	bool is_own; /* SPF: of the domain itself, or where its record leads on to */
};

static void ask(struct sender_search *search, const char *name, enum dns_type type, const char *domain, bool is_own,
                void (*done)(void *, const struct dns_answer *)) {
	struct asked *asked = arena_new_of(search->arena, struct asked);
	*asked = (struct asked){ search, domain, is_own };
	const struct dns_query query = { name, type, done, asked };
	search->pending++;
	dns_start(search->pool, &query);
}

static struct strings texts_of(const struct dns_answer *answer, struct arena *arena) {
	struct strings texts = { arena_array(arena, const char *, answer->count), answer->count };
	for (int i = 0; i < answer->count; i++)
		texts.items[i] = text_clean(arena, answer->records[i].text);
	return texts;
}

static void spf_wrong(struct sender_search *search, const char *problem) {
	if (!search->facts.spf_problem)
		search->facts.spf_problem = problem;
}

static void on_spf(void *context, const struct dns_answer *answer);

/* Each costs the receiver a look-up; those that have a record of their own are followed. */
static void follow(struct sender_search *search, const struct spf *spf, const char *domain, bool is_own) {
	for (int i = 0; i < spf->lookup_count; i++) {
		const struct spf_lookup *lookup = &spf->lookups[i];
		bool leads_on = lookup->kind == SPF_INCLUDE || lookup->kind == SPF_REDIRECT;
		if (++search->spf_lookups > SPF_LOOKUPS_MAX)
			return;
		if (leads_on && strcmp(lookup->domain, domain) == 0)
			spf_wrong(search, arena_print(search->arena, "“%.80s” includes itself", domain));
		else if (leads_on && spf_is_name(lookup->domain))
			ask(search, lookup->domain, DNS_TXT, arena_copy(search->arena, lookup->domain),
			    is_own && lookup->kind == SPF_REDIRECT, on_spf);
	}
}

static void take_spf(struct sender_search *search, const struct asked *asked, const struct strings *texts) {
	const char *record = NULL, *domain = search->facts.domain;
	int count = spf_find(texts, &record);
	bool is_first = strcmp(asked->domain, domain) == 0 && !search->facts.spf_record;
	struct spf spf;
	if (count == 0 && !is_first)
		spf_wrong(search, arena_print(search->arena, "“%.80s”, which it names, has no SPF record", asked->domain));
	if (count > 1)
		spf_wrong(search,
		          arena_print(search->arena, "%d SPF records for “%.80s”: only one is allowed", count, asked->domain));
	if (count == 0)
		return;
	spf_read(record, search->arena, &spf);
	if (spf.problem)
		spf_wrong(search, spf.problem);
	if (asked->is_own && spf.all)
		search->spf_all = spf.all;
	if (is_first)
		search->facts.spf_record = record;
	follow(search, &spf, asked->domain, asked->is_own);
}

static void on_spf(void *context, const struct dns_answer *answer) {
	struct asked *asked = context;
	struct sender_search *search = asked->search;
	const struct strings texts = texts_of(answer, search->arena);
	search->pending--;
	if (answer->result == DNS_FAILED)
		search->spf_unknown = true;
	else
		take_spf(search, asked, &texts);
}

static void on_dkim(void *context, const struct dns_answer *answer) {
	struct sender_search *search = ((struct asked *)context)->search;
	const struct strings texts = texts_of(answer, search->arena);
	search->pending--;
	search->facts.dkim_record = texts.count ? texts.items[0] : NULL;
	search->facts.dkim_problem = texts.count ? dkim_problem(texts.items[0], search->arena) : NULL;
	search->facts.dkim = answer->result == DNS_FAILED ? RECORD_UNKNOWN
	                     : texts.count == 0           ? RECORD_ABSENT
	                     : search->facts.dkim_problem ? RECORD_WRONG
	                                                  : RECORD_GOOD;
}

static void ask_dmarc(struct sender_search *search, const char *domain);

static void take_dmarc(struct sender_search *search, const char *record, const char *domain) {
	struct sender_facts *facts = &search->facts;
	bool is_own = strcmp(domain, facts->domain) == 0;
	struct dmarc dmarc;
	dmarc_read(record, search->arena, &dmarc);
	enum dmarc_policy policy = is_own ? dmarc.policy : dmarc.subdomains;
	facts->dmarc_record = record, facts->dmarc_domain = domain;
	facts->policy = policy < DMARC_NO_POLICY ? dmarc_policies[policy] : NULL;
	facts->strict_spf = dmarc.strict_spf, facts->strict_dkim = dmarc.strict_dkim;
	facts->dmarc = dmarc.problem ? RECORD_WRONG : RECORD_GOOD;
	facts->dmarc_problem = dmarc.problem;
	if (!dmarc.problem && policy == DMARC_NONE && !dmarc.has_reports) {
		facts->dmarc = RECORD_WEAK;
		facts->dmarc_problem = "the policy is “none”, and nobody gets its reports: it does nothing";
	}
}

/* The domain itself, then those above, until one has a record (RFC 9989, 4.10). */
static void on_dmarc(void *context, const struct dns_answer *answer) {
	struct asked *asked = context;
	struct sender_search *search = asked->search;
	const struct strings texts = texts_of(answer, search->arena);
	const char *record = NULL, *above = domain_above(asked->domain);
	int count = dmarc_find(&texts, &record);
	search->pending--;
	if (answer->result == DNS_FAILED) {
		search->facts.dmarc = RECORD_UNKNOWN;
	} else if (count > 1) {
		search->facts.dmarc = RECORD_WRONG;
		search->facts.dmarc_problem = "several records: receivers then use none";
	} else if (count == 1) {
		take_dmarc(search, record, asked->domain);
	} else if (above) {
		ask_dmarc(search, above);
	} else {
		search->facts.dmarc = RECORD_ABSENT;
	}
}

static void ask_dmarc(struct sender_search *search, const char *domain) {
	ask(search, arena_print(search->arena, "_dmarc.%s", domain), DNS_TXT, domain, false, on_dmarc);
}

static void on_mx(void *context, const struct dns_answer *answer) {
	struct sender_search *search = ((struct asked *)context)->search;
	struct strings *hosts = &search->facts.mail_hosts;
	search->pending--;
	search->no_name = answer->result == DNS_NO_NAME;
	search->mx_unknown = answer->result == DNS_FAILED;
	search->takes_no_mail = answer->count == 1 && !*answer->records[0].text;
	hosts->items = arena_array(search->arena, const char *, answer->count);
	for (int i = 0; i < answer->count; i++)
		if (*answer->records[i].text)
			hosts->items[hosts->count++] = text_clean(search->arena, answer->records[i].text);
	search->has_hosts = hosts->count > 0;
}

static void on_address(void *context, const struct dns_answer *answer) {
	struct sender_search *search = ((struct asked *)context)->search;
	search->pending--;
	search->has_address = search->has_address || answer->result == DNS_FOUND;
}

struct sender_search *sender_search_begin(struct dns_pool *pool, const char *domain, const char *selector,
                                          struct arena *arena) {
	struct sender_search *search = arena_new_of(arena, struct sender_search);
	int labels = 1;
	domain = arena_copy(arena, domain);
	*search = (struct sender_search){ .pool = pool, .arena = arena };
	search->facts = (struct sender_facts){ .domain = domain, .selector = arena_copy(arena, selector) };
	search->facts.checked_at = MOMENT_NONE;
	search->facts.spf_lookups = COUNT_NONE;
	ask(search, domain, DNS_TXT, domain, true, on_spf);
	ask(search, domain, DNS_MX, domain, false, on_mx);
	ask(search, domain, DNS_A, domain, false, on_address);
	ask(search, domain, DNS_AAAA, domain, false, on_address);
	if (text_is_empty(selector))
		search->facts.dkim = RECORD_NOT_ASKED;
	else
		ask(search, arena_print(arena, "%s._domainkey.%s", selector, domain), DNS_TXT, domain, false, on_dkim);
	ask_dmarc(search, domain);
	for (const char *at = domain; (at = strchr(at, '.')); at++)
		labels++;
	if (labels > DMARC_LABELS_MAX)
		search->facts.dmarc_problem = "the name has too many parts";
	return search;
}

bool sender_search_is_over(const struct sender_search *search) {
	return search->pending == 0;
}

static void judge_spf(struct sender_search *search) {
	struct sender_facts *facts = &search->facts;
	facts->spf_lookups = facts->spf_record ? search->spf_lookups : COUNT_NONE;
	if (search->spf_lookups > SPF_LOOKUPS_MAX)
		spf_wrong(search, "receivers need more than 10 look-ups for it, and then treat it as broken");
	if (facts->spf_record && search->spf_all == '+')
		spf_wrong(search, "it allows anyone (+all)");
	if (!facts->spf_record)
		facts->spf = search->spf_unknown ? RECORD_UNKNOWN : RECORD_ABSENT;
	else if (facts->spf_problem)
		facts->spf = RECORD_WRONG;
	else if (search->spf_unknown)
		facts->spf = RECORD_UNKNOWN;
	else if (search->spf_all != '-' && search->spf_all != '~')
		facts->spf = RECORD_WEAK, facts->spf_problem = "it does not say what to do with all others (~all or -all)";
	else
		facts->spf = RECORD_GOOD;
}

static void judge_mx(struct sender_search *search) {
	struct sender_facts *facts = &search->facts;
	facts->exists = !search->no_name;
	facts->mx = search->mx_unknown                         ? RECORD_UNKNOWN
	            : search->takes_no_mail                    ? RECORD_WRONG
	            : search->has_hosts || search->has_address ? RECORD_GOOD
	                                                       : RECORD_ABSENT;
	if (facts->mx == RECORD_WRONG)
		facts->mx_problem = "The domain says that it accepts no email: replies and bounces are lost";
	else if (facts->mx == RECORD_ABSENT)
		facts->mx_problem = "The domain has no mail server: replies and bounces are lost";
}

const struct sender_facts *sender_search_facts(struct sender_search *search) {
	judge_spf(search);
	judge_mx(search);
	return &search->facts;
}
