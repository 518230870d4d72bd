/* Recurring times in words: "every month on the 1st at 08:00" is "0 8 1 * *". Pure. */
#ifndef BASE_CRON_WORDS_H
#define BASE_CRON_WORDS_H

#include "core/base/arena.h"
#include "core/base/choice.h"
#include "core/base/cron.h"

enum cron_unit { EVERY_MONTH, EVERY_WEEK, EVERY_DAY, EVERY_QUARTER, CRON_UNIT_COUNT };
extern const struct choices cron_units; /* month, week, day, quarter */

/* Every month has these days; after them only its last one is offered. */
enum { CRON_DAY_MAX = 28, CRON_LAST_DAY = 0 };

struct cron_words {
	enum cron_unit unit;
	int day;     /* of a month, or of the first or (CRON_LAST_DAY) last month of a quarter: 1 to CRON_DAY_MAX */
	int weekday; /* of a week: 0 is Monday */
	int hour, minute;
};

/* False: it cannot be said in these words. Members that the unit does not need are those of the 1st and of Monday. */
bool cron_words_of(const struct cron *cron, struct cron_words *words);

/* The five fields. */
char *cron_words_cron(const struct cron_words *words, struct arena *arena);

/* "Every month on the 1st at 08:00". */
char *cron_words_text(const struct cron_words *words, struct arena *arena);

/* "1st" … "28th", "last day" for CRON_LAST_DAY; "Monday" for 0. */
char *cron_day_name(int day, struct arena *arena);
const char *cron_weekday_name(int weekday);

/* "08:00", "8:00"; false for anything else. */
bool cron_read_clock(const char *text, int *hour, int *minute);

#endif
