/* What a sender's domain says in its DNS records: SPF (RFC 7208), DMARC (RFC 9989, 7489), keys of DKIM (RFC 6376).
 * Pure; the texts are anybody's. */
#ifndef PREFLIGHT_RECORDS_H
#define PREFLIGHT_RECORDS_H

#include "core/base/text.h"

/* A record among the TXT records of a name: how many there are, and the first of them. */
int spf_find(const struct strings *texts, const char **record);
int dmarc_find(const struct strings *texts, const char **record);

enum spf_kind { SPF_INCLUDE, SPF_A, SPF_MX, SPF_PTR, SPF_EXISTS, SPF_REDIRECT };

/* A term for which a receiver must ask the DNS. */
struct spf_lookup {
	enum spf_kind kind;
	const char *domain; /* as written, perhaps with macros ("%{i}"); "" for the domain itself */
};

enum { SPF_LOOKUPS_MAX = 10, SPF_TERMS_MAX = 100 };

struct spf {
	struct spf_lookup lookups[SPF_TERMS_MAX];
	int lookup_count;
	char all;            /* what of everybody else: '+', '-', '~', '?'; 0: it has no "all" */
	const char *problem; /* in words; NULL: it can be read */
};

void spf_read(const char *record, struct arena *arena, struct spf *spf);

/* Is it a name that can be looked up as it stands, without macros? */
bool spf_is_name(const char *domain);

enum dmarc_policy { DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT, DMARC_NO_POLICY };
extern const char *const dmarc_policies[]; /* "none" … */

struct dmarc {
	enum dmarc_policy policy, subdomains; /* subdomains: as the policy if it says nothing */
	bool strict_spf, strict_dkim;         /* aspf=s, adkim=s */
	bool has_reports;                     /* rua= */
	const char *ignored;                  /* a tag that RFC 9989 has done away with; or NULL */
	const char *problem;                  /* in words; NULL: it can be read */
};

void dmarc_read(const char *record, struct arena *arena, struct dmarc *dmarc);

/* Of "v=DKIM1; k=rsa; p=…". NULL: it can be used; else why not. */
const char *dkim_problem(const char *record, struct arena *arena);

/* The key in it (p=), without blanks; NULL: there is none. */
const char *dkim_key_of(const char *record, struct arena *arena);

/* The domain one level above; NULL if that is a top-level domain, or there is none. */
const char *domain_above(const char *domain);

#endif
