/* What people have agreed to. */
#include "audience/contacts/permission.h"

static const char *const state_names[] = {
	[TRACKING_UNKNOWN] = "unknown",
	[TRACKING_GRANTED] = "granted",
	[TRACKING_REFUSED] = "refused",
	[TRACKING_WITHDRAWN] = "withdrawn",
};
_Static_assert(sizeof state_names / sizeof *state_names == TRACKING_STATE_COUNT, "a name a state");
const struct choices tracking_states = CHOICES(state_names);
const char *const tracking_state_labels[TRACKING_STATE_COUNT] = {
	[TRACKING_UNKNOWN] = "Not known: as the list has it",
	[TRACKING_GRANTED] = "Agreed",
	[TRACKING_REFUSED] = "Refused",
	[TRACKING_WITHDRAWN] = "Withdrawn",
};

static const struct field consent_fields[] = {
	FIELD(struct consent, source, .max = PERMISSION_TEXT_MAX, .doc = "Where or how they agreed; empty: not known"),
	FIELD(struct consent, text, .max = PERMISSION_TEXT_MAX, .doc = "The text that they saw, or its version"),
	FIELD(struct consent, at),
};
const struct record_type consent_record = RECORD_TYPE("Consent", struct consent, consent_fields);

static const struct field tracking_fields[] = {
	FIELD(struct tracking, state, .choices = &tracking_states),
	FIELD(struct tracking, source, .max = PERMISSION_TEXT_MAX),
	FIELD(struct tracking, text, .max = PERMISSION_TEXT_MAX),
	FIELD(struct tracking, at),
};
const struct record_type tracking_record = RECORD_TYPE("Tracking", struct tracking, tracking_fields);

static const struct field note_fields[] = {
	FIELD(struct permission_note, what), FIELD(struct permission_note, source), FIELD(struct permission_note, text),
	FIELD(struct permission_note, by),   FIELD(struct permission_note, at),     FIELD(struct permission_note, noted_at),
};
const struct record_type permission_note_record = RECORD_TYPE("PermissionNote", struct permission_note, note_fields);

static const char *not_empty(const char *text) {
	return text_is_empty(text) ? NULL : text;
}

static bool check_time(struct moment *at, const char *field, struct moment now, struct error *err) {
	char name[64];
	if (!moment_is_set(*at))
		*at = now;
	(void)snprintf(name, sizeof name, "%s.at", field);
	return at->ms <= now.ms || error_field(err, name, "The time is in the future");
}

bool permission_check_consent(struct consent *consent, const char *field, struct moment now, struct error *err) {
	consent->source = not_empty(consent->source);
	consent->text = not_empty(consent->text);
	if (!consent->source) {
		if (consent->text || moment_is_set(consent->at)) {
			char name[64];
			(void)snprintf(name, sizeof name, "%s.source", field);
			return error_field(err, name, "Say where or how they agreed");
		}
		return true;
	}
	return check_time(&consent->at, field, now, err);
}

bool permission_check_tracking(struct tracking *tracking, const char *field, struct moment now, struct error *err) {
	tracking->source = not_empty(tracking->source);
	tracking->text = not_empty(tracking->text);
	if (tracking->state == TRACKING_UNKNOWN) {
		*tracking = (struct tracking){ .at = MOMENT_NONE };
		return true;
	}
	return check_time(&tracking->at, field, now, err);
}

struct rows permission_noted(const struct rows *notes, const struct permission_note *note, struct arena *arena) {
	int before = notes->count, kept = before < PERMISSION_NOTES_MAX ? before : PERMISSION_NOTES_MAX - 1;
	struct permission_note *all = arena_array(arena, struct permission_note, kept + 1);
	const struct permission_note *old = notes->items;
	for (int i = 0; i < kept; i++)
		all[i] = i == 0 ? old[0] : old[before - kept + i];
	all[kept] = *note;
	return (struct rows){ all, kept + 1 };
}

struct permission_note permission_note_consent(const struct consent *consent, const char *by, struct moment now) {
	return (struct permission_note){
		consent->source ? "consent" : "no consent", consent->source, consent->text, by, consent->at, now
	};
}

struct permission_note permission_note_tracking(const struct tracking *tracking, const char *by, struct moment now,
                                                struct arena *arena) {
	const char *what = arena_print(arena, "tracking %s", choice_name(&tracking_states, (int)tracking->state));
	return (struct permission_note){ what, tracking->source, tracking->text, by, tracking->at, now };
}

bool permission_tracks(enum tracking_state state, bool usual, bool required) {
	if (state == TRACKING_UNKNOWN)
		return usual && !required;
	return state == TRACKING_GRANTED;
}
