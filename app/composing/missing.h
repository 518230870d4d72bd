/* What a composition still lacks before it could be sent. Pure. */
#ifndef COMPOSING_MISSING_H
#define COMPOSING_MISSING_H

#include "composing/wording.h"

enum composer_step { STEP_CONTENT, STEP_AUDIENCE, STEP_SETTINGS, STEP_REVIEW, STEP_COUNT };
extern const struct choices steps;
extern const char *const step_labels[STEP_COUNT];

struct missing {
	const char *step, *field, *text; /* "content", "subject", "Write a subject" */
};
extern const struct record_type missing_record;

enum { MISSING_MAX = 16 };

/* Of people who are chosen, and all of whom are left out: whoever counts them adds it. */
#define UNREACHED "Choose other people: nobody who is chosen can get it"

/* In the order of the steps; returns how many. */
int composition_missing(const struct wording *wording, struct missing missing[MISSING_MAX]);

#endif
