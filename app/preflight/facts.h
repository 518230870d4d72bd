/* What is found out elsewhere about something that is to be sent. */
#ifndef PREFLIGHT_FACTS_H
#define PREFLIGHT_FACTS_H

#include "core/base/choice.h"
#include "core/fields/field.h"

/* A value that people lack. */
struct missing_value {
	const char *name, *label;
	int64_t people;
	const char *instead; /* what they read there; NULL: nothing */
};

struct audience_facts {
	const struct missing_value *missing;
	int count;
	int64_t looked, of;    /* people; looked < of: the first of them */
	int64_t largest_bytes; /* of the HTML of the largest mail; COUNT_NONE: not measured */
};

enum link_state {
	LINK_IS_WAITING,
	LINK_WORKS,
	LINK_IS_SLOW,
	LINK_IS_GONE,      /* 404, 410 */
	LINK_REFUSES,      /* another 4xx: perhaps only us */
	LINK_FAILS,        /* 5xx, no connection, no answer in time */
	LINK_HAS_NO_HOST,  /* there is no such name */
	LINK_IS_PRIVATE,   /* it leads, perhaps by a redirect, to a machine that not everybody reaches */
	LINK_REDIRECTS_ON, /* too often, or in a circle, or to what is no http */
	LINK_STATE_COUNT,
};
extern const struct choices link_states;

struct link_fact {
	const char *id;
	const char *url;
	unsigned state;
	int64_t status, took_ms; /* COUNT_NONE: no answer */
	const char *problem;     /* in words; or NULL */
	const char *leads_to;    /* where its redirects end; NULL: it has none */
	int64_t redirects;
	struct moment checked_at;
	int64_t fence; /* of the job that looked */
};
extern const struct record_type link_fact_record;

struct link_facts {
	const struct link_fact *items;
	int count;
};

enum record_state {
	RECORD_GOOD,
	RECORD_ABSENT,
	RECORD_WRONG,   /* it is there, but says what is no use */
	RECORD_WEAK,    /* it is there, but protects little */
	RECORD_UNKNOWN, /* no server answered */
	RECORD_NOT_ASKED,
	RECORD_STATE_COUNT,
};
extern const struct choices record_states;

/* What the DNS says of a sender's domain. */
struct sender_facts {
	const char *id;
	const char *domain, *selector; /* selector: of DKIM; NULL or "": none is known */
	bool exists;
	unsigned spf, dkim, dmarc, mx;
	const char *spf_record, *dkim_record, *dmarc_record,
		*dmarc_domain; /* dmarc_domain: where it was found, the domain or one above */
	const char *spf_problem, *dkim_problem, *dmarc_problem, *mx_problem; /* in words; NULL: none */
	int64_t spf_lookups;                                                 /* of 10 */
	const char *policy;           /* of DMARC for this domain: "none", "quarantine", "reject"; NULL: none */
	bool strict_spf, strict_dkim; /* alignment */
	struct strings mail_hosts;
	struct moment checked_at;
	int64_t fence;
};
extern const struct record_type sender_facts_record;

#endif
