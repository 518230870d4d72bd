/* Whose people a page is about: a saved segment's, or a rule's in the address. */
#ifndef SEGMENTS_ASKED_PAGES_H
#define SEGMENTS_ASKED_PAGES_H

#include "core/http/exchange.h"
#include "segments/audience.h"
#include "segments/segment.h"

struct asked {
	struct segment segment; /* id NULL: a rule in the address */
	struct rule_names names;
	struct rule_reading reading;
	const char *text;  /* the rule */
	const char *query; /* of addresses that ask the same: "segment=…" or "rule=…" */
	int reason;        /* of mailables: only those of this verdict; -1: all */
	struct people_query people;
	struct mailable_question question;
};

/* By the value of the path, if the route has one, else by segment= or rule=; with reason=. MISSING; INVALID for a rule
 * that cannot be read. */
bool asked_read(struct exchange *x, struct asked *asked, struct error *err) MUST_CHECK;

/* The segment in the path, by id or name: "two words" stands there as "two%20words". */
const char *segment_of_path(const struct exchange *x);

/* The clock by which rules count days: in the account's zone, also for a client of the API. */
struct rule_clock asked_clock(struct exchange *x);

/* May they be mailed, by these settings? */
struct mailable_question asked_question(const struct exchange *x);

/* What its answers depend on. */
#define ASKED_REALMS (REALM_FIGURES | REALM_PEOPLE | REALM_SETTINGS)

#endif
