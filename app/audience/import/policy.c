/* What a row may change. */
#include "audience/import/policy.h"

#include <string.h>

static const char *const known_names[KNOWN_COUNT] = { "fill", "overwrite", "skip" };
const struct choices import_knowns = CHOICES(known_names);

static const char *const outcome_names[IMPORT_OUTCOME_COUNT] = { "created", "updated", "unchanged", "skipped",
	                                                             "rejected" };
const struct choices import_outcomes = CHOICES(outcome_names);

static const char *suppression_told(struct arena *arena, const struct import_suppression *suppression) {
	static const char *const words[] = { [SUPPRESSED_UNSUBSCRIBED] = "Unsubscribed",
		                                 [SUPPRESSED_BOUNCED] = "Bounced for good",
		                                 [SUPPRESSED_COMPLAINED] = "Complained",
		                                 [SUPPRESSED_BY_HAND] = "Suppressed by hand",
		                                 [SUPPRESSED_ERASED] = "Erased" };
	const char *word = words[suppression->why];
	return moment_is_set(suppression->at) ? arena_print(arena, "%s on %s.", word, text_of_day(arena, suppression->at))
	                                      : arena_print(arena, "%s.", word);
}

static const char *source_of(const struct import_row *row, const struct import_choice *choice) {
	const char *source = text_is_empty(row->consent_source) ? choice->consent_source : row->consent_source;
	return text_is_empty(source) ? NULL : source;
}

static bool says_ended(enum import_status status) {
	return status >= IMPORT_UNSUBSCRIBED;
}

/* May this file subscribe somebody again who had unsubscribed, and does it? */
static bool resubscribes(const struct import_row *row, const struct import_suppression *suppression,
                         const struct import_choice *choice) {
	return choice->resubscribe && source_of(row, choice) && !says_ended(row->status) && row->status != IMPORT_PENDING &&
	       suppression->why <= SUPPRESSED_UNSUBSCRIBED;
}

static void add_change(struct import_decision *decision, struct import_change change) {
	decision->changes[decision->change_count++] = change;
}

/* An empty value is filled; another one gives way only if so chosen. */
static bool gives_way(const char *before, const char *after, const struct import_choice *choice) {
	if (text_is_empty(after))
		return false;
	return text_is_empty(before) || (choice->known == KNOWN_OVERWRITE && strcmp(before, after) != 0);
}

static void change_texts(const struct import_row *row, const struct import_person *person,
                         const struct import_choice *choice, struct import_decision *decision) {
	for (int i = 0; i < MEMBER_COUNT; i++) {
		const char *before = person ? person->texts[i] : NULL, *after = row->texts[i];
		if (gives_way(before, after, choice))
			add_change(decision, (struct import_change){ (enum import_member)i, NULL, IMPORT_TYPE_TEXT,
			                                             text_is_empty(before) ? NULL : before, after });
	}
}

static const char *stored_field(const struct import_person *person, const char *key) {
	for (int i = 0; person && i < person->field_count; i++)
		if (strcmp(person->fields[i].key, key) == 0)
			return person->fields[i].text;
	return NULL;
}

static void change_fields(const struct import_row *row, const struct import_person *person,
                          const struct import_choice *choice, struct import_decision *decision) {
	for (int i = 0; i < row->field_count; i++) {
		const struct import_value *value = &row->fields[i];
		const char *before = stored_field(person, value->key);
		if (gives_way(before, value->text, choice))
			add_change(decision, (struct import_change){ MEMBER_COUNT, value->key, value->type,
			                                             text_is_empty(before) ? NULL : before, value->text });
	}
}

static void add_tags(const struct strings *tags, const struct import_person *person, struct strings *added) {
	for (int i = 0; i < tags->count; i++)
		if (!(person && strings_have(&person->tags, tags->items[i])) && !strings_have(added, tags->items[i]))
			added->items[added->count++] = tags->items[i];
}

static struct import_decision prepare(struct arena *arena, const struct import_row *row,
                                      const struct import_choice *choice) {
	struct import_decision decision = { .outcome = IMPORT_UNCHANGED };
	decision.changes = arena_array(arena, struct import_change, MEMBER_COUNT + row->field_count + 1);
	decision.tags_added.items = arena_array(arena, const char *, row->tags.count + choice->tags.count + 1);
	return decision;
}

static struct import_decision refuse(enum import_outcome outcome, const char *reason) {
	return (struct import_decision){ .outcome = outcome, .reason = reason };
}

static enum import_suppressed suppresses(enum import_status status) {
	static const enum import_suppressed by_status[IMPORT_STATUS_COUNT] = {
		[IMPORT_BOUNCED] = SUPPRESSED_BOUNCED,
		[IMPORT_COMPLAINED] = SUPPRESSED_COMPLAINED,
		[IMPORT_BLOCKED] = SUPPRESSED_BY_HAND,
		[IMPORT_UNSUBSCRIBED] = SUPPRESSED_UNSUBSCRIBED
	};
	return by_status[status];
}

static struct import_decision create(struct arena *arena, const struct import_row *row,
                                     const struct import_suppression *suppression, const struct import_choice *choice) {
	if (suppression->why != SUPPRESSED_NOT && !resubscribes(row, suppression, choice))
		return refuse(IMPORT_SKIPPED, suppression_told(arena, suppression));
	struct import_decision decision = prepare(arena, row, choice);
	decision.outcome = IMPORT_CREATED;
	change_texts(row, NULL, choice, &decision);
	change_fields(row, NULL, choice, &decision);
	add_tags(&row->tags, NULL, &decision.tags_added);
	add_tags(&choice->tags, NULL, &decision.tags_added);
	decision.resubscribes = suppression->why != SUPPRESSED_NOT;
	decision.status = says_ended(row->status)         ? IMPORT_UNSUBSCRIBED
	                  : row->status == IMPORT_PENDING ? IMPORT_PENDING
	                                                  : IMPORT_SUBSCRIBED;
	decision.suppresses = suppresses(row->status);
	decision.joins = choice->has_list && !says_ended(row->status);
	decision.consent_source = source_of(row, choice);
	decision.takes_consent = decision.consent_source != NULL;
	decision.is_unproven = !decision.takes_consent && !says_ended(row->status);
	return decision;
}

/* Why somebody who has unsubscribed or is suppressed stays so, though the file would have it otherwise. */
static const char *stays_told(struct arena *arena, const struct import_row *row,
                              const struct import_suppression *suppression, const struct import_choice *choice) {
	if (suppression->why > SUPPRESSED_UNSUBSCRIBED)
		return arena_print(arena, "Not mailed: %s", suppression_told(arena, suppression));
	if (choice->resubscribe && !says_ended(row->status) && !source_of(row, choice))
		return "Stays unsubscribed: nothing says where they agreed again.";
	return "Stays unsubscribed.";
}

static bool is_ended(const struct import_person *person, const struct import_suppression *suppression) {
	return says_ended(person->status) || says_ended(person->membership) || suppression->why != SUPPRESSED_NOT;
}

static void subscribe_again(const struct import_row *row, const struct import_choice *choice,
                            struct import_decision *decision) {
	decision->resubscribes = true;
	decision->status = IMPORT_SUBSCRIBED;
	decision->takes_consent = true;
	decision->consent_source = source_of(row, choice);
}

static void change_status(struct arena *arena, const struct import_row *row, const struct import_person *person,
                          const struct import_suppression *suppression, const struct import_choice *choice,
                          struct import_decision *decision) {
	bool ended = is_ended(person, suppression);
	if (ended && resubscribes(row, suppression, choice) && person->status <= IMPORT_UNSUBSCRIBED &&
	    person->membership <= IMPORT_UNSUBSCRIBED)
		subscribe_again(row, choice, decision);
	else if (ended)
		decision->reason = stays_told(arena, row, suppression, choice);
	else if (says_ended(row->status))
		decision->reason = "Stays subscribed, although the file says otherwise: an import changes nobody's status.";
	bool may_join = !ended || decision->resubscribes;
	decision->joins = choice->has_list && person->membership == IMPORT_STATUS_UNTOLD && may_join &&
	                  !says_ended(row->status);
}

static struct import_decision update(struct arena *arena, const struct import_row *row,
                                     const struct import_person *person, const struct import_suppression *suppression,
                                     const struct import_choice *choice) {
	if (choice->known == KNOWN_SKIP)
		return refuse(IMPORT_SKIPPED, "Is known already.");
	struct import_decision decision = prepare(arena, row, choice);
	change_texts(row, person, choice, &decision);
	change_fields(row, person, choice, &decision);
	add_tags(&row->tags, person, &decision.tags_added);
	change_status(arena, row, person, suppression, choice, &decision);
	if (!decision.change_count && !decision.tags_added.count && !decision.joins && !decision.resubscribes)
		return decision;
	decision.outcome = IMPORT_UPDATED;
	add_tags(&choice->tags, person, &decision.tags_added);
	return decision;
}

struct import_decision import_decide(struct arena *arena, const struct import_row *row,
                                     const struct import_person *person, const struct import_suppression *suppression,
                                     const struct import_choice *choice) {
	if (row->is_rejected)
		return refuse(IMPORT_REJECTED, import_row_reason(arena, row));
	return person ? update(arena, row, person, suppression, choice) : create(arena, row, suppression, choice);
}
