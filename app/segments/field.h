/* What a rule can ask: the fields of a person, and the operators of each type. */
#ifndef SEGMENTS_FIELD_H
#define SEGMENTS_FIELD_H

#include "segments/facts.h"

/* Bits, because an operator may serve several types. */
enum rule_type {
	RULE_TEXT = 1,
	RULE_NUMBER = 2,
	RULE_MOMENT = 4,   /* asked by days of the account's zone */
	RULE_DAY = 8,      /* a day of the calendar, the same in all zones */
	RULE_BOOLEAN = 16, /* never absent */
	RULE_CHOICE = 32,  /* one of our words, never absent */
	RULE_OPTION = 64,  /* a custom field with a choice of texts */
	RULE_TAG = 128,
	RULE_LIST = 256,
	RULE_DOMAIN = 512,
	RULE_CONSENT = 1024,
	RULE_DONE = 2048,    /* in how many campaigns, and when last */
	RULE_COUNTED = 4096, /* in how many campaigns */
	RULE_LATELY = 8192,  /* when last */
	RULE_CAMPAIGN = 16384,
	RULE_RECENT = 32768, /* the last campaigns */
	RULE_SEGMENT = 65536,
};

/* What the JSON member "value" holds. */
enum rule_takes {
	TAKES_NOTHING,
	TAKES_TEXT,
	TAKES_TEXTS,
	TAKES_NUMBER,
	TAKES_NUMBERS, /* two: from and to */
	TAKES_DAY,     /* "2026-11-27" */
	TAKES_DAYS,    /* two: the first and the last */
	TAKES_TRUTH,
	TAKES_LIST,     /* its id */
	TAKES_CAMPAIGN, /* its id */
	TAKES_DAY_COUNT,
	TAKES_CAMPAIGN_COUNT,
	TAKES_SEGMENT, /* its name */
};

/* What is asked. A negated operator asks the same and wants the opposite, so that people without a value count. */
enum rule_test {
	TEST_PRESENT,
	TEST_IS, /* one of the texts */
	TEST_CONTAINS,
	TEST_BEGINS,
	TEST_ENDS,
	TEST_WITHIN, /* numbers, days: between two ends, see rule_span */
	TEST_TRUE,
	TEST_ON,
	TEST_SUBSCRIBED,
	TEST_UNSUBSCRIBED,
	TEST_PENDING,
	TEST_AT_LEAST,
	TEST_DID,     /* in the named campaign */
	TEST_IGNORED, /* was sent the named campaign, and did not */
	TEST_DID_ANY, /* in one of the last campaigns */
	TEST_IN,      /* the segment */
};

/* Which ends a number or day gives. */
enum rule_ends {
	ENDS_AT,
	ENDS_BELOW,
	ENDS_UP_TO,
	ENDS_ABOVE,
	ENDS_FROM,
	ENDS_BETWEEN,
	ENDS_LAST,
	ENDS_OLDER,
	ENDS_NEXT
};

struct rule_operator {
	const char *key, *label; /* "is_not", "is not" */
	unsigned types;
	enum rule_takes takes;
	enum rule_test test;
	bool negated;
	const char *words; /* a sentence with "@" for the field and "$" for the value */
	enum rule_ends ends;
	enum event_type event;
};

/* A member of `contacts` and of struct facts. */
struct rule_member {
	const char *stored;
	size_t offset;
};

struct rule_field {
	const char *key, *label; /* "job_title", "Job title" */
	enum rule_type type;
	struct rule_member member;           /* the value; of RULE_DONE: in how many campaigns */
	struct rule_member last, other_last; /* of RULE_DONE and RULE_LATELY: moments */
	struct rule_member exact;            /* of an address: what TEST_IS asks, by contact_norm */
	const char *words;                   /* in a sentence; NULL: the label with a small letter */
	const char *no_words;                /* of RULE_BOOLEAN */
	const struct choices *choices;       /* of RULE_CHOICE */
	const char *const *choice_words;
	const char *otherwise;         /* of RULE_CHOICE: what an absent value means */
	const char *attribute;         /* of a custom field: its key */
	const struct strings *options; /* of a custom field with a choice: what there is; may be empty */
	bool leads;                    /* an index begins with the member */
};

extern const struct rule_field rule_fields[];
extern const int rule_field_count;
extern const struct rule_operator rule_operators[];
extern const int rule_operator_count;

/* NULL if there is none. */
const struct rule_field *rule_field_find(const char *key);
const struct rule_operator *rule_operator_find(unsigned types, const char *key);

/* The keys of a type's operators: "is, is_not, …". */
const char *rule_operator_keys(unsigned types, struct arena *arena);

/* The nearest of the words by letters, if it is near enough to be meant; else NULL. */
const char *rule_nearest(const char *word, const struct strings *words, struct arena *arena);

/* Custom fields are asked for as "custom." and their key. */
#define RULE_CUSTOM "custom."

#endif
