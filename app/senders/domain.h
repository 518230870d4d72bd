/* Sending domains: whose mails are signed by DKIM, with which keys, and what the DNS said of them when it was last
 * asked. Private keys are stored sealed (keys.h). Mails of other domains go unsigned; the relay may sign them. */
#ifndef SENDERS_DOMAIN_H
#define SENDERS_DOMAIN_H

#include "core/store/store.h"
#include "preflight/facts.h"

enum { SENDING_DOMAINS_MAX = 100, SENDING_KEYS_MAX = 12 };

extern const struct choices signature_kinds; /* "rsa", "ed25519" */

/* One key. It signs from the moment at which its record was first found until another one of its kind takes over. */
struct sending_key {
	const char *selector;
	unsigned kind;          /* enum signature_kind */
	const char *public_key; /* as its record has it: base64 */
	struct bytes secret;    /* sealed; absent once it was replaced */
	struct moment created_at, seen_at, replaced_at;
	unsigned record;     /* enum record_state, when it was last looked up: NOT_ASKED before that */
	const char *problem; /* in words; NULL: none */
};

/* What the DNS said of the domain besides. */
struct sending_check {
	struct moment asked_at, ended_at;
	bool exists;
	unsigned spf, dmarc; /* enum record_state */
	const char *spf_record, *spf_problem, *dmarc_record, *dmarc_domain, *dmarc_problem;
};

struct sending_domain {
	const char *id, *domain; /* in ASCII */
	struct rows keys;        /* struct sending_key, oldest first, of one age RSA first */
	struct sending_check check;
	const char *created_by;
	struct moment created_at;
	struct moment warm_up_at; /* since when it is warmed up (senders/warm_up.h); MOMENT_NONE: it is not */
	int64_t rev, fence;
};
extern const struct record_type sending_domain_record;

/* By domain. *domains: struct sending_domain. */
bool sending_domain_list(struct store *store, struct arena *arena, struct rows *domains, struct error *err) MUST_CHECK;

/* By id, or by its name. */
bool sending_domain_find(struct store *store, const char *id, struct arena *arena, struct sending_domain *domain,
                         bool *found, struct error *err) MUST_CHECK;

/* The same; MISSING if it is not there. */
bool sending_domain_need(struct store *store, const char *id, struct arena *arena, struct sending_domain *domain,
                         struct error *err) MUST_CHECK;

/* CONFLICT: it is there already. Asks for a look-up. */
bool sending_domain_insert(struct store *store, const struct sending_domain *domain, struct arena *arena,
                           struct error *err) MUST_CHECK;

/* Its keys, and of a look-up what it found. CONFLICT: it was changed meanwhile (store_is_stale). */
bool sending_domain_save(struct store *store, const struct sending_domain *domain, struct error *err) MUST_CHECK;
bool sending_domain_drop(struct store *store, const struct sending_domain *domain, struct error *err) MUST_CHECK;

/* Has it looked up by telltale-audience. */
bool sending_domain_ask_check(struct store *store, const char *id, struct moment now, struct arena *arena,
                              struct error *err) MUST_CHECK;

/* Pure. The look-up is over. Machines' clocks may differ: it never ends before it was asked for. */
void sending_check_ends(struct sending_check *check, struct moment now);

/* Is a look-up under way? */
bool sending_domain_is_checking(const struct sending_domain *domain);

#endif
