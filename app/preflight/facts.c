/* What is found out elsewhere. */
#include "preflight/facts.h"

static const char *const link_state_words[LINK_STATE_COUNT] = { "waiting", "works",   "slow",    "gone",     "refuses",
	                                                            "fails",   "no_host", "private", "redirects" };
const struct choices link_states = { link_state_words, LINK_STATE_COUNT };

static const char *const record_state_words[RECORD_STATE_COUNT] = { "good", "absent",  "wrong",
	                                                                "weak", "unknown", "not_asked" };
const struct choices record_states = { record_state_words, RECORD_STATE_COUNT };

static const struct field link_fact_fields[] = {
	FIELD(struct link_fact, id, .stored = "_id", .flags = FIELD_ID | FIELD_PRIVATE),
	FIELD(struct link_fact, url),
	FIELD(struct link_fact, state, .choices = &link_states),
	FIELD(struct link_fact, status, .doc = "Of the last answer"),
	FIELD(struct link_fact, took_ms, .unit = "ms"),
	FIELD(struct link_fact, problem),
	FIELD(struct link_fact, leads_to, .doc = "Where its redirects end"),
	FIELD(struct link_fact, redirects),
	FIELD(struct link_fact, checked_at),
	FIELD(struct link_fact, fence, .flags = FIELD_PRIVATE),
};
const struct record_type link_fact_record = RECORD_TYPE("LinkCheck", struct link_fact, link_fact_fields);

static const struct field sender_fields[] = {
	FIELD(struct sender_facts, id, .stored = "_id", .flags = FIELD_ID | FIELD_PRIVATE),
	FIELD(struct sender_facts, domain),
	FIELD(struct sender_facts, selector, .doc = "Of DKIM"),
	FIELD(struct sender_facts, exists),
	FIELD(struct sender_facts, spf, .choices = &record_states),
	FIELD(struct sender_facts, spf_record),
	FIELD(struct sender_facts, spf_problem),
	FIELD(struct sender_facts, spf_lookups, .doc = "DNS look-ups that receivers need for it; the limit is 10"),
	FIELD(struct sender_facts, dkim, .choices = &record_states),
	FIELD(struct sender_facts, dkim_record),
	FIELD(struct sender_facts, dkim_problem),
	FIELD(struct sender_facts, dmarc, .choices = &record_states),
	FIELD(struct sender_facts, dmarc_record),
	FIELD(struct sender_facts, dmarc_domain),
	FIELD(struct sender_facts, dmarc_problem),
	FIELD(struct sender_facts, policy, .doc = "none, quarantine or reject"),
	FIELD(struct sender_facts, strict_spf),
	FIELD(struct sender_facts, strict_dkim),
	FIELD(struct sender_facts, mx, .choices = &record_states),
	FIELD(struct sender_facts, mx_problem),
	FIELD(struct sender_facts, mail_hosts),
	FIELD(struct sender_facts, checked_at),
	FIELD(struct sender_facts, fence, .flags = FIELD_PRIVATE),
};
const struct record_type sender_facts_record = RECORD_TYPE("SenderCheck", struct sender_facts, sender_fields);
