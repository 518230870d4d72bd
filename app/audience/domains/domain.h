/* Domains of addresses: does anybody take mail for them? Looked up in the background (look_up.h), kept, and asked again
 * later. In `mail_domains`, by name in ASCII, as contact_domain gives it; whoever has an address at one that takes none
 * says so (struct contact, bad_domain). */
#ifndef AUDIENCE_DOMAINS_DOMAIN_H
#define AUDIENCE_DOMAINS_DOMAIN_H

#include "core/client/dns.h"
#include "core/store/store.h"

enum domain_verdict {
	DOMAIN_UNKNOWN, /* not looked up yet, or nobody answered */
	DOMAIN_TAKES_MAIL,
	DOMAIN_NO_NAME, /* there is no such domain */
	DOMAIN_NO_HOST, /* neither MX nor address */
	DOMAIN_REFUSES, /* its MX says that it takes none (RFC 7505) */
	DOMAIN_VERDICT_COUNT,
};
extern const struct choices domain_verdicts;

struct mail_domain {
	const char *name;
	unsigned verdict;
	int64_t misses; /* look-ups in a row without an answer */
	struct moment noted_at, looked_at, due_at;
};

bool domain_is_bad(enum domain_verdict verdict);

/* "does not exist"; what follows the name of a bad one. */
const char *domain_verdict_told(enum domain_verdict verdict);

/* Pure. What a domain does, by the answers so far, in the order in which they are asked for: MX, A, AAAA. *again: the
 * next one must be asked for. */
enum domain_verdict domain_judge(const enum dns_result *results, int count, bool refuses, bool *again);

/* Pure. Notes a verdict. What nobody answered stays as it was, and is asked again soon. */
void domain_settle(struct mail_domain *domain, enum domain_verdict verdict, struct moment now);

/* Adds those that are not known yet; they are due at once. */
bool domain_note(struct store *store, const struct strings *names, struct moment now, struct error *err) MUST_CHECK;

/* Which of them take no mail, sorted by name (domain_of); and how many have not been looked up yet. */
bool domain_find_bad(struct store *store, const struct strings *names, struct arena *arena, struct mail_domain **bad,
                     int *count, struct error *err) MUST_CHECK;
const struct mail_domain *domain_of(const struct mail_domain *domains, int count, const char *name);
bool domain_count_new(struct store *store, const struct strings *names, int64_t *count, struct error *err) MUST_CHECK;

/* Up to `limit` that are due, longest due first. */
bool domain_due(struct store *store, struct moment now, int limit, struct arena *arena, struct mail_domain **domains,
                int *count, struct error *err) MUST_CHECK;

bool domain_save(struct store *store, const struct mail_domain *domains, int count, struct error *err) MUST_CHECK;

/* All that take no mail. */
bool domain_all_bad(struct store *store, struct arena *arena, struct strings *names, struct error *err) MUST_CHECK;

/* Notes the domains of all contacts (audience/contacts/rollup.h), and forgets those that no contact has and that were
 * noted before that moment. */
bool domain_follow(struct store *store, struct moment now, struct moment before, struct error *err) MUST_CHECK;

#endif
