/* What rules may name: lists, campaigns, custom fields and segments. */
#ifndef SEGMENTS_NAMES_H
#define SEGMENTS_NAMES_H

#include "audience/fields/definition.h"

struct named_list {
	const char *id, *name;
	bool by_rule; /* a rule says who is on it: only who unsubscribed from it can be asked for */
};

struct named_campaign {
	const char *id, *name;
	struct strings list_ids;
	struct moment sent_at; /* MOMENT_NONE: not yet */
};

struct named_custom {
	const char *key, *label;
	enum custom_type type;
	struct strings options; /* of CUSTOM_CHOICE */
};

struct named_segment {
	const char *name, *rule;
};

struct rule_names {
	struct rows lists, campaigns, customs, segments; /* structs as above; campaigns: newest sending first */
};

/* NULL if there is none. An id may have its prefix, list_ or campaign_. */
const struct named_list *names_list(const struct rule_names *names, const char *id);
const struct named_campaign *names_campaign(const struct rule_names *names, const char *id);
const struct named_custom *names_custom(const struct rule_names *names, const char *key);
const struct named_segment *names_segment(const struct rule_names *names, const char *name);

/* The ids of the `count` campaigns that were sent last; fewer if there are not so many. */
struct strings names_recent(const struct rule_names *names, int64_t count, struct arena *arena);

/* Is it a name of a segment: small letters, digits, spaces, "_" and "-", at most 64, first a letter or digit? */
bool segment_name_is_valid(const char *name);

/* ALL, in any case: everybody. */
bool segment_is_all(const char *name);

/* All lists and campaigns that there are, also those that their provider no longer has, the custom fields that are
 * defined, and the saved segments (segment.h). */
bool names_read(struct store *store, struct arena *arena, struct rule_names *names, struct error *err) MUST_CHECK;

/* Only the custom fields: struct named_custom. */
bool names_customs(struct store *store, struct arena *arena, struct rows *customs, struct error *err) MUST_CHECK;

#endif
