/* What was looked up of links and senders' domains: kept in `link_checks` and `sender_checks`, and looked up anew by
 * jobs of telltale-audience, never within a request. */
#ifndef PREFLIGHT_LOOKUPS_H
#define PREFLIGHT_LOOKUPS_H

#include "core/jobs/jobs.h"
#include "preflight/facts.h"

extern const struct job_kind link_check_job, sender_check_job;

enum { LOOKUPS_MAX = 200, LOOKUP_FRESH_MS = HOUR_MS };

struct lookups_request {
	struct strings urls;           /* the first LOOKUPS_MAX are looked at */
	const char *domain, *selector; /* domain: "" or NULL: none */
	bool again;                    /* also what is fresh */
	struct moment now;
};

struct lookups {
	struct link_facts links;
	const struct sender_facts *sender; /* NULL: no domain was asked for, or it is none */
};

/* The domain as it is looked up, in ASCII and small letters; NULL if it is none. */
const char *lookups_domain(const char *domain, struct arena *arena);

/* Removes what is known of these links and of the domain, with whichever DKIM selector: whoever reads them next asks
 * for them anew. */
bool lookups_forget(struct store *store, const struct strings *urls, const char *domain, struct arena *arena,
                    struct error *err) MUST_CHECK;

/* What is known; what is not, or is older than LOOKUP_FRESH_MS, is asked for. What is being looked up anew stays as it
 * was until then. */
bool lookups_read(struct store *store, const struct lookups_request *request, struct arena *arena,
                  struct lookups *lookups, struct error *err) MUST_CHECK;

#endif
