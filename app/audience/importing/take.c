/* A decision about a row as what is written of the person. */
#include "audience/importing/take.h"

#include <string.h>

#include "audience/import/clean.h"
#include "core/formats/json.h"

static const char *value_text_of(const struct value *value, struct arena *arena) {
	BUF_AUTO out = { 0 };
	if (value->kind == VALUE_TEXT)
		return value->text;
	json_write(&out, value);
	return arena_copy(arena, buf_text(&out));
}

static void set_fields(struct import_person *person, const char *json, struct arena *arena) {
	struct value *map;
	struct error ignored = ERROR_INIT;
	if (!json || !json_read(arena, json, strlen(json), &map, &ignored) || map->kind != VALUE_MAP)
		return;
	struct import_value *fields = arena_array(arena, struct import_value, map->count + 1);
	for (const struct value *one = map->first; one; one = one->next)
		if (one->kind != VALUE_NULL)
			fields[person->field_count++] = (struct import_value){ one->name, value_text_of(one, arena),
				                                                   IMPORT_TYPE_TEXT };
	person->fields = fields;
}

static enum import_status status_of(unsigned status) {
	static const enum import_status by_status[CONTACT_STATUS_COUNT] = { [CONTACT_SUBSCRIBED] = IMPORT_SUBSCRIBED,
		                                                                [CONTACT_PENDING] = IMPORT_PENDING,
		                                                                [CONTACT_UNSUBSCRIBED] = IMPORT_UNSUBSCRIBED };
	return by_status[status];
}

struct import_person import_person_of(const struct contact_known *known, const char *list_id, struct arena *arena) {
	const struct profile *profile = &known->contact.profile;
	struct import_person person = { .tags = known->contact.tags, .status = status_of(known->contact.status) };
	const char *texts[MEMBER_COUNT] = {
		[MEMBER_FIRST_NAME] = profile->first_name, [MEMBER_LAST_NAME] = profile->last_name,
		[MEMBER_PHONE] = profile->phone,           [MEMBER_COMPANY] = profile->company,
		[MEMBER_JOB_TITLE] = profile->job_title,   [MEMBER_LOCATION] = profile->location
	};
	memcpy(person.texts, texts, sizeof texts);
	for (int i = 0; list_id && i < known->count; i++)
		if (text_same(known->rows[i].list_id, list_id) &&
		    (membership_is_there(&known->rows[i]) || known->rows[i].status == CONTACT_UNSUBSCRIBED))
			person.membership = status_of(known->rows[i].status);
	set_fields(&person, profile->custom_fields, arena);
	return person;
}

static const char **own_member(struct own *own, enum import_member member) {
	const char **members[MEMBER_COUNT] = {
		[MEMBER_FIRST_NAME] = &own->first_name, [MEMBER_LAST_NAME] = &own->last_name, [MEMBER_PHONE] = &own->phone,
		[MEMBER_COMPANY] = &own->company,       [MEMBER_JOB_TITLE] = &own->job_title, [MEMBER_LOCATION] = &own->location
	};
	return members[member];
}

/* Numbers stand as they are written: "12.50" as JSON is 12.5, but 0012 is no number. */
static struct value *value_of(const struct import_change *change, struct arena *arena) {
	struct value *number;
	struct error ignored = ERROR_INIT;
	if (change->type == IMPORT_TYPE_BOOLEAN)
		return value_bool(arena, strcmp(change->after, "true") == 0);
	if (change->type == IMPORT_TYPE_NUMBER &&
	    json_read(arena, change->after, strlen(change->after), &number, &ignored) &&
	    (number->kind == VALUE_INT || number->kind == VALUE_REAL))
		return number;
	return value_text(arena, change->after);
}

static void set_changes(struct own *own, const struct import_decision *decision, struct arena *arena) {
	struct value *fields = value_map(arena);
	BUF_AUTO json = { 0 };
	for (int i = 0; i < decision->change_count; i++) {
		const struct import_change *change = &decision->changes[i];
		if (change->member < MEMBER_COUNT)
			*own_member(own, change->member) = change->after;
		else
			(void)value_put(fields, change->field, value_of(change, arena));
	}
	if (fields->count == 0)
		return;
	json_write(&json, fields);
	own->fields = own_merge_fields(own->fields, buf_text(&json), true, arena);
}

static void set_tags(struct own *own, const struct strings *added, struct arena *arena) {
	struct strings tags = { arena_array(arena, const char *, own->tags.count + added->count + 1), 0 };
	struct strings dropped = { arena_array(arena, const char *, own->dropped.count + 1), 0 };
	for (int i = 0; i < own->tags.count; i++)
		tags.items[tags.count++] = own->tags.items[i];
	for (int i = 0; i < added->count && tags.count < OWN_TAGS_MAX; i++)
		if (!strings_have(&tags, added->items[i]))
			tags.items[tags.count++] = added->items[i];
	for (int i = 0; i < own->dropped.count; i++)
		if (!strings_have(added, own->dropped.items[i]))
			dropped.items[dropped.count++] = own->dropped.items[i];
	own->tags = tags;
	own->dropped = dropped;
}

/* What the row, or whoever imports, says of their consent. */
static void set_consent(struct own *own, const struct import *import, const struct batch_row *row, struct moment now,
                        struct arena *arena) {
	const struct consent consent = { .source = row->decision.consent_source,
		                             .text = row->row.consent_text,
		                             .at = moment_is_set(row->row.consent_at) ? row->row.consent_at : now };
	const struct permission_note note = permission_note_consent(&consent, import->created_by, now);
	own->consent = consent;
	own->permissions = permission_noted(&own->permissions, &note, arena);
}

struct own import_own(const struct import *import, const struct batch_row *row, const struct own *before,
                      struct moment now, struct arena *arena) {
	const struct import_decision *decision = &row->decision;
	struct own own;
	record_clear(&own_record, &own);
	if (before)
		own = *before;
	else
		own.email = row->row.email;
	if (!before || !own_is_any(before)) {
		own.source = SOURCE_IMPORTED;
		own.created_at = moment_is_set(row->row.created_at) && row->row.created_at.ms < now.ms ? row->row.created_at
		                                                                                       : now;
		own.created_by = import->created_by;
	}
	set_changes(&own, decision, arena);
	if (decision->tags_added.count)
		set_tags(&own, &decision->tags_added, arena);
	if (decision->resubscribes)
		own.unsubscribed_at = MOMENT_NONE;
	else if (!before && decision->status == IMPORT_UNSUBSCRIBED)
		own.unsubscribed_at = now;
	if (decision->takes_consent)
		set_consent(&own, import, row, now, arena);
	own.updated_at = now;
	own.import_id = import->id;
	return own;
}

const char *import_notes(const struct batch_row *row, struct arena *arena) {
	BUF_AUTO notes = { 0 };
	for (int i = 0; i < row->row.problem_count; i++) {
		const struct import_problem *problem = &row->row.problems[i];
		if (problem->severity != PROBLEM_REJECTS)
			buf_print(&notes, "%s%s", notes.size ? " " : "", import_problem_told(arena, problem));
	}
	if (row->decision.reason)
		buf_print(&notes, "%s%s", notes.size ? " " : "", row->decision.reason);
	return notes.size ? arena_copy(arena, buf_text(&notes)) : NULL;
}

/* "Phone: +4930 …; usage: 2900; tags: a, b". */
const char *import_told(const struct batch_row *row, struct arena *arena) {
	static const char *const labels[MEMBER_COUNT] = { "First name", "Last name", "Phone",
		                                              "Company",    "Job title", "Location" };
	const struct import_decision *decision = &row->decision;
	BUF_AUTO told = { 0 };
	for (int i = 0; i < decision->change_count; i++) {
		const struct import_change *change = &decision->changes[i];
		if (decision->outcome == IMPORT_CREATED && change->member <= MEMBER_LAST_NAME)
			continue; /* stands in the row's first line */
		buf_print(&told, "%s%s: %s", told.size ? "; " : "",
		          change->member < MEMBER_COUNT ? labels[change->member] : change->field,
		          clean_short(arena, change->after));
	}
	for (int i = 0; i < decision->tags_added.count; i++)
		buf_print(&told, "%s%s", i ? ", " : told.size ? "; tags: " : "Tags: ", decision->tags_added.items[i]);
	return arena_copy(arena, buf_text(&told));
}
