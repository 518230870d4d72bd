/* A campaign that goes out at an hour of everybody's own clock: when that is in a zone, and first and last. Pure but
 * for the table of zones. */
#ifndef COMPOSING_OWN_HOUR_H
#define COMPOSING_OWN_HOUR_H

#include "audience/contacts/home.h"
#include "composing/composition.h"
#include "core/base/calendar.h"

/* When clocks of the zone (NULL: UTC) show this wall time: what they skip in spring is the moment of the change, of
 * what they show twice in autumn it is the first time. Whose hour has passed by `now` is sent to at once: `now`. */
struct moment own_hour_at(const char *zone, struct moment wall, struct moment now);

/* The first and the last of the people of these zones (struct home) and of `usual`, that of whoever lives nobody knows
 * where. */
struct own_hours {
	struct moment wall;
	struct moment first, last;
	const char *first_zone, *last_zone;
	int64_t passed;  /* people of zones in which the hour has passed by `now`; they are sent to with the first */
	bool has_passed; /* has it in any of the zones? */
	bool is_over;    /* it has in all of them */
};
struct own_hours own_hours_of(const struct rows *homes, const char *usual, struct moment wall, struct moment now);

/* Of what a campaign says of its time, for the zones of all contacts. If counting them takes too long, they may live
 * anywhere. *hours: NULL: it has no time, or goes out to all at once. */
bool own_hours_read(struct store *store, const struct composition *said, struct moment now, struct arena *arena,
                    const struct own_hours **hours, struct error *err) MUST_CHECK;

/* "09:00 where each contact lives: first in Auckland, 28 Nov 2026, 21:00 CET, last in Los Angeles, 29 Nov 2026, 18:00
 * CET". */
const char *own_hours_words(const struct own_hours *hours, struct moment now, struct arena *arena);

/* The wall time itself: "09:00 on 29 Nov 2026". */
const char *own_hour_words(struct moment wall, struct arena *arena);

#endif
