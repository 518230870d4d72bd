/* What a person has agreed to: to be mailed (consent), and that opens and clicks are kept with their name (tracking).
 * Each with its source, time and the version of the text that they saw; earlier ones stay in the history. All pure. */
#ifndef AUDIENCE_CONTACTS_PERMISSION_H
#define AUDIENCE_CONTACTS_PERMISSION_H

#include "core/fields/field.h"

/* Known if there is a source. */
struct consent {
	const char *source; /* "Form on the trade fair" */
	const char *text;   /* the text or its version */
	struct moment at;
};
extern const struct record_type consent_record;

enum tracking_state {
	TRACKING_UNKNOWN, /* as the list has it */
	TRACKING_GRANTED,
	TRACKING_REFUSED,
	TRACKING_WITHDRAWN,
	TRACKING_STATE_COUNT,
};
extern const struct choices tracking_states;
extern const char *const tracking_state_labels[TRACKING_STATE_COUNT];

struct tracking {
	unsigned state;
	const char *source, *text;
	struct moment at;
};
extern const struct record_type tracking_record;

/* What was said, when. */
struct permission_note {
	const char *what; /* "consent", or a word of tracking_states with "tracking " in front */
	const char *source, *text, *by;
	struct moment at; /* as given by whoever said it */
	struct moment noted_at;
};
extern const struct record_type permission_note_record;

enum { PERMISSION_TEXT_MAX = 200, PERMISSION_NOTES_MAX = 100 };

/* Checks and completes what was given: a consent without a time is of `now`, none is of later. INVALID names the member
 * below `field`. */
bool permission_check_consent(struct consent *consent, const char *field, struct moment now,
                              struct error *err) MUST_CHECK;
bool permission_check_tracking(struct tracking *tracking, const char *field, struct moment now,
                               struct error *err) MUST_CHECK;

/* The notes with one more; of too many the oldest but the first are dropped. */
struct rows permission_noted(const struct rows *notes, const struct permission_note *note, struct arena *arena);

struct permission_note permission_note_consent(const struct consent *consent, const char *by, struct moment now);
struct permission_note permission_note_tracking(const struct tracking *tracking, const char *by, struct moment now,
                                                struct arena *arena);

/* Are this person's opens and clicks kept with their name? Otherwise they are counted. `usual`: what the list has for
 * those whose answer is unknown; `required`: TRACKING_CONSENT=required, then unknown is no. */
bool permission_tracks(enum tracking_state state, bool usual, bool required);

#endif
