/* The tables of fields and operators. */
#include "segments/field.h"

#include <string.h>

static const char *const source_names[] = { "observed", "typed", "imported", "api", "form" };
static const struct choices sources = CHOICES(source_names);
static const char *const source_words[] = { "observed at a provider", "typed here", "imported", "added by the API",
	                                        "signed up by a form" };

static const char *const tracking_names[] = { "unknown", "granted", "refused", "withdrawn" };
static const struct choices trackings = CHOICES(tracking_names);

static const char *suppression_words[] = { "complained", "bounced", "manual", "erased", "unsubscribed" };
static const struct strings suppressions = { suppression_words, sizeof suppression_words / sizeof *suppression_words };

#define FACT(path) { #path, offsetof(struct facts, path) }

const struct rule_field rule_fields[] = {
	{ "email", "Email", RULE_TEXT, FACT(search), .exact = FACT(email_norm) },
	{ "domain", "Email domain", RULE_DOMAIN, FACT(domain), .leads = true },
	{ "first_name", "First name", RULE_TEXT, FACT(first_name_fold) },
	{ "last_name", "Last name", RULE_TEXT, FACT(last_name_fold) },
	{ "company", "Company", RULE_TEXT, FACT(company_fold), .leads = true },
	{ "job_title", "Job title", RULE_TEXT, FACT(job_title_fold) },
	{ "location", "Location", RULE_TEXT, FACT(location_fold) },
	{ "phone", "Phone", RULE_TEXT, FACT(phone), .leads = true },
	{ "tag", "Tag", RULE_TAG, FACT(tags), .leads = true },
	{ "list", "List", RULE_LIST, FACT(list_ids), .leads = true },
	{ "status", "Status", RULE_CHOICE, FACT(status), .choices = &contact_statuses, .otherwise = "unknown",
	  .leads = true },
	{ "active", "Active", RULE_BOOLEAN, FACT(is_active), .words = "is active", .no_words = "is not active" },
	{ "created", "Added", RULE_MOMENT, FACT(created_at), .leads = true },
	{ "unsubscribed_here", "Unsubscribed here", RULE_MOMENT, FACT(unsubscribed_at) },
	{ "suppressed", "Suppressed", RULE_OPTION, FACT(suppressed), .options = &suppressions },
	{ "source", "Source", RULE_CHOICE, FACT(source), .choices = &sources, .choice_words = source_words,
	  .otherwise = "observed" },
	{ "consent", "Consent", RULE_CONSENT, FACT(consent.source) },
	{ "unproven", "Unproven consent", RULE_BOOLEAN, FACT(unproven), .words = "has unproven consent",
	  .no_words = "does not have unproven consent" },
	{ "tracking", "Tracking", RULE_CHOICE, FACT(tracking.state), .choices = &trackings, .otherwise = "unknown" },
	{ "opened", "Opened", RULE_DONE, FACT(engagement.opened), .last = FACT(engagement.last_opened_at) },
	{ "clicked", "Clicked", RULE_DONE, FACT(engagement.clicked), .last = FACT(engagement.last_clicked_at),
	  .words = "clicked in" },
	{ "engaged", "Opened or clicked", RULE_LATELY, .last = FACT(engagement.last_opened_at),
	  .other_last = FACT(engagement.last_clicked_at) },
	{ "bounced", "Bounced", RULE_COUNTED, FACT(engagement.bounced), .words = "bounced in" },
	{ "unsubscribed", "Unsubscribed from campaigns", RULE_COUNTED, FACT(engagement.unsubscribed),
	  .words = "unsubscribed from" },
	{ "complained", "Complained", RULE_COUNTED, FACT(engagement.complained), .words = "complained about" },
	{ "campaign", "Campaign", RULE_CAMPAIGN },
	{ "last_campaigns", "Last campaigns", RULE_RECENT },
	{ "segment", "Segment", RULE_SEGMENT },
};
const int rule_field_count = sizeof rule_fields / sizeof *rule_fields;

enum {
	DATES = RULE_MOMENT | RULE_DAY,
	WORDED = RULE_TEXT | RULE_OPTION | RULE_CHOICE | RULE_DOMAIN,
	MAY_LACK = RULE_TEXT | RULE_OPTION | RULE_DOMAIN | RULE_NUMBER | DATES,
	TIMED = RULE_DONE | RULE_LATELY,
	TALLIED = RULE_DONE | RULE_COUNTED,
};

const struct rule_operator rule_operators[] = {
	{ "is", "is", WORDED, TAKES_TEXT, TEST_IS, .words = "@ is $" },
	{ "is_not", "is not", WORDED, TAKES_TEXT, TEST_IS, true, "@ is not $" },
	{ "one_of", "is one of", WORDED, TAKES_TEXTS, TEST_IS, .words = "@ is one of $" },
	{ "none_of", "is none of", WORDED, TAKES_TEXTS, TEST_IS, true, "@ is none of $" },
	{ "contains", "contains", RULE_TEXT, TAKES_TEXT, TEST_CONTAINS, .words = "@ contains “$”" },
	{ "not_contains", "does not contain", RULE_TEXT, TAKES_TEXT, TEST_CONTAINS, true, "@ does not contain “$”" },
	{ "begins", "begins with", RULE_TEXT, TAKES_TEXT, TEST_BEGINS, .words = "@ begins with “$”" },
	{ "ends", "ends with", RULE_TEXT | RULE_DOMAIN, TAKES_TEXT, TEST_ENDS, .words = "@ ends with “$”" },

	{ "equals", "=", RULE_NUMBER, TAKES_NUMBER, TEST_WITHIN, .words = "@ is $", .ends = ENDS_AT },
	{ "not_equals", "≠", RULE_NUMBER, TAKES_NUMBER, TEST_WITHIN, true, "@ is not $", ENDS_AT },
	{ "less", "<", RULE_NUMBER, TAKES_NUMBER, TEST_WITHIN, .words = "@ is less than $", .ends = ENDS_BELOW },
	{ "at_most", "≤", RULE_NUMBER, TAKES_NUMBER, TEST_WITHIN, .words = "@ is at most $", .ends = ENDS_UP_TO },
	{ "more", ">", RULE_NUMBER, TAKES_NUMBER, TEST_WITHIN, .words = "@ is more than $", .ends = ENDS_ABOVE },
	{ "at_least", "≥", RULE_NUMBER, TAKES_NUMBER, TEST_WITHIN, .words = "@ is at least $", .ends = ENDS_FROM },
	{ "between", "is between", RULE_NUMBER, TAKES_NUMBERS, TEST_WITHIN, .words = "@ is between $",
	  .ends = ENDS_BETWEEN },

	{ "before", "before", DATES, TAKES_DAY, TEST_WITHIN, .words = "@ before $", .ends = ENDS_BELOW },
	{ "after", "after", DATES, TAKES_DAY, TEST_WITHIN, .words = "@ after $", .ends = ENDS_ABOVE },
	{ "on", "on", DATES, TAKES_DAY, TEST_WITHIN, .words = "@ on $", .ends = ENDS_AT },
	{ "between", "between", DATES, TAKES_DAYS, TEST_WITHIN, .words = "@ between $", .ends = ENDS_BETWEEN },
	{ "in_last_days", "in the last days", DATES, TAKES_DAY_COUNT, TEST_WITHIN, .words = "@ in the last $",
	  .ends = ENDS_LAST },
	{ "more_than_days_ago", "more than days ago", DATES, TAKES_DAY_COUNT, TEST_WITHIN, .words = "@ more than $ ago",
	  .ends = ENDS_OLDER },
	{ "in_next_days", "in the next days", DATES, TAKES_DAY_COUNT, TEST_WITHIN, .words = "@ in the next $",
	  .ends = ENDS_NEXT },

	{ "empty", "is empty", MAY_LACK, TAKES_NOTHING, TEST_PRESENT, true, "@ is empty" },
	{ "not_empty", "is not empty", MAY_LACK, TAKES_NOTHING, TEST_PRESENT, .words = "@ is not empty" },

	{ "is", "is", RULE_BOOLEAN, TAKES_TRUTH, TEST_TRUE, .words = "$" },

	{ "has", "has", RULE_TAG, TAKES_TEXT, TEST_IS, .words = "has the tag $" },
	{ "has_not", "does not have", RULE_TAG, TAKES_TEXT, TEST_IS, true, "does not have the tag $" },
	{ "has_any", "has any of", RULE_TAG, TAKES_TEXTS, TEST_IS, .words = "has any of the tags $" },
	{ "has_none", "has none of", RULE_TAG, TAKES_TEXTS, TEST_IS, true, "has none of the tags $" },
	{ "empty", "has no tags", RULE_TAG, TAKES_NOTHING, TEST_PRESENT, true, "has no tags" },
	{ "not_empty", "has tags", RULE_TAG, TAKES_NOTHING, TEST_PRESENT, .words = "has tags" },

	{ "on", "on", RULE_LIST, TAKES_LIST, TEST_ON, .words = "is on the list $" },
	{ "not_on", "not on", RULE_LIST, TAKES_LIST, TEST_ON, true, "is not on the list $" },
	{ "subscribed", "subscribed to", RULE_LIST, TAKES_LIST, TEST_SUBSCRIBED, .words = "is subscribed to $" },
	{ "not_subscribed", "not subscribed to", RULE_LIST, TAKES_LIST, TEST_SUBSCRIBED, true, "is not subscribed to $" },
	{ "unsubscribed", "unsubscribed from", RULE_LIST, TAKES_LIST, TEST_UNSUBSCRIBED,
	  .words = "has unsubscribed from $" },
	{ "pending", "pending on", RULE_LIST, TAKES_LIST, TEST_PENDING, .words = "is pending on $" },
	{ "empty", "on no list", RULE_LIST, TAKES_NOTHING, TEST_PRESENT, true, "is on no list" },
	{ "not_empty", "on a list", RULE_LIST, TAKES_NOTHING, TEST_PRESENT, .words = "is on a list" },

	{ "on_record", "on record", RULE_CONSENT, TAKES_NOTHING, TEST_PRESENT, .words = "has consent on record" },
	{ "not_on_record", "not on record", RULE_CONSENT, TAKES_NOTHING, TEST_PRESENT, true, "has no consent on record" },

	{ "at_least", "at least", TALLIED, TAKES_CAMPAIGN_COUNT, TEST_AT_LEAST, .words = "@ at least $" },
	{ "fewer_than", "fewer than", TALLIED, TAKES_CAMPAIGN_COUNT, TEST_AT_LEAST, true, "@ fewer than $" },
	{ "in_last_days", "in the last days", TIMED, TAKES_DAY_COUNT, TEST_WITHIN, .words = "@ in the last $",
	  .ends = ENDS_LAST },
	{ "not_in_last_days", "not in the last days", TIMED, TAKES_DAY_COUNT, TEST_WITHIN, true, "has not @ in the last $",
	  ENDS_LAST },

	{ "opened", "opened", RULE_CAMPAIGN, TAKES_CAMPAIGN, TEST_DID, .words = "opened “$”", .event = EVENT_OPENED },
	{ "clicked", "clicked in", RULE_CAMPAIGN, TAKES_CAMPAIGN, TEST_DID, .words = "clicked in “$”",
	  .event = EVENT_CLICKED },
	{ "not_opened", "was sent, but did not open", RULE_CAMPAIGN, TAKES_CAMPAIGN, TEST_IGNORED,
	  .words = "was sent “$” but did not open it", .event = EVENT_OPENED },
	{ "not_clicked", "was sent, but did not click in", RULE_CAMPAIGN, TAKES_CAMPAIGN, TEST_IGNORED,
	  .words = "was sent “$” but did not click in it", .event = EVENT_CLICKED },
	{ "bounced", "bounced in", RULE_CAMPAIGN, TAKES_CAMPAIGN, TEST_DID, .words = "bounced in “$”",
	  .event = EVENT_BOUNCED },
	{ "unsubscribed", "unsubscribed from", RULE_CAMPAIGN, TAKES_CAMPAIGN, TEST_DID, .words = "unsubscribed from “$”",
	  .event = EVENT_UNSUBSCRIBED },
	{ "complained", "complained about", RULE_CAMPAIGN, TAKES_CAMPAIGN, TEST_DID, .words = "complained about “$”",
	  .event = EVENT_COMPLAINED },
	{ "opened_none", "opened none of", RULE_RECENT, TAKES_CAMPAIGN_COUNT, TEST_DID_ANY, true,
	  "opened none of the last $", .event = EVENT_OPENED },
	{ "clicked_none", "clicked in none of", RULE_RECENT, TAKES_CAMPAIGN_COUNT, TEST_DID_ANY, true,
	  "clicked in none of the last $", .event = EVENT_CLICKED },

	{ "in", "in", RULE_SEGMENT, TAKES_SEGMENT, TEST_IN, .words = "is in the segment $" },
	{ "not_in", "not in", RULE_SEGMENT, TAKES_SEGMENT, TEST_IN, true, "is not in the segment $" },
};
const int rule_operator_count = sizeof rule_operators / sizeof *rule_operators;

const struct rule_field *rule_field_find(const char *key) {
	for (int i = 0; i < rule_field_count; i++)
		if (strcmp(rule_fields[i].key, key) == 0)
			return &rule_fields[i];
	return NULL;
}

const struct rule_operator *rule_operator_find(unsigned types, const char *key) {
	for (int i = 0; i < rule_operator_count; i++)
		if (rule_operators[i].types & types && strcmp(rule_operators[i].key, key) == 0)
			return &rule_operators[i];
	return NULL;
}

const char *rule_operator_keys(unsigned types, struct arena *arena) {
	BUF_AUTO keys = { 0 };
	for (int i = 0; i < rule_operator_count; i++)
		if (rule_operators[i].types & types)
			buf_print(&keys, "%s%s", keys.size ? ", " : "", rule_operators[i].key);
	return arena_copy(arena, buf_text(&keys));
}

static int least(int a, int b, int c) {
	int two = a < b ? a : b;
	return two < c ? two : c;
}

/* How many letters are added, removed or changed to make one of the other. */
static int distance(const char *a, const char *b, int *row) {
	int size = (int)strlen(b);
	for (int k = 0; k <= size; k++)
		row[k] = k;
	for (int i = 1; *a; a++, i++) {
		int before = row[0];
		row[0] = i;
		for (int k = 1; k <= size; k++) {
			int here = least(row[k] + 1, row[k - 1] + 1, before + (*a != b[k - 1]));
			before = row[k];
			row[k] = here;
		}
	}
	return row[size];
}

const char *rule_nearest(const char *word, const struct strings *words, struct arena *arena) {
	const char *nearest = NULL;
	int size = (int)strlen(word), best = 1 + (size < 9 ? size / 3 : 3);
	if (size > 200) /* nobody has misspelled that */
		return NULL;
	for (int i = 0; i < words->count; i++) {
		int apart = distance(word, words->items[i], arena_array(arena, int, strlen(words->items[i]) + 1));
		if (apart < best) {
			best = apart;
			nearest = words->items[i];
		}
	}
	return nearest;
}
