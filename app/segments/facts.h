/* What rules know of a person: members of `contacts`, and what the person did in the campaigns that a rule names. */
#ifndef SEGMENTS_FACTS_H
#define SEGMENTS_FACTS_H

#include "core/store/store.h"
#include "events/event.h"

/* A custom field. */
struct attribute_fact {
	const char *key, *fold; /* fold: its text by text_fold */
	double number;          /* NaN: it is none */
	struct moment at;       /* of a day: 00:00 UTC; MOMENT_NONE: it is no day */
};
extern const struct record_type attribute_fact_record;

/* Campaigns in which the person did each thing, of those that were asked for; not stored with the person. */
struct deeds {
	struct strings campaign_ids[EVENT_TYPE_COUNT];
};

/* Members that end in _fold are copies by text_fold: the database compares code points. */
struct facts {
	const char *id, *email_norm, *search, *domain;
	const char *first_name_fold, *last_name_fold, *company_fold, *job_title_fold, *location_fold;
	const char *phone;
	const char *suppressed; /* why nothing is sent to the address; NULL: it is not suppressed */
	struct strings tags, list_ids, subscribed_ids, unsubscribed_ids;
	struct rows attributes;      /* struct attribute_fact */
	const char *status, *source; /* words of contact_statuses; observed, typed, imported or api */
	bool is_active, unproven;
	struct moment created_at, unsubscribed_at;
	struct consent_fact {
		const char *source;
	} consent;
	struct tracking_fact {
		const char *state; /* unknown, granted, refused or withdrawn */
	} tracking;
	struct engagement engagement;
	struct deeds deeds;
};
extern const struct record_type facts_record;

/* Reads the deeds of these people in these campaigns. */
bool facts_read_deeds(struct store *store, const struct strings *campaign_ids, struct facts *people, int count,
                      struct arena *arena, struct error *err) MUST_CHECK;

#endif
