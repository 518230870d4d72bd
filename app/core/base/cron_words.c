/* Cron expressions in words, and back. */
#include "core/base/cron_words.h"

#include <stdio.h>
#include <string.h>

#include "core/base/calendar.h"

static const char *const unit_names[] = {
	[EVERY_MONTH] = "month", [EVERY_WEEK] = "week", [EVERY_DAY] = "day", [EVERY_QUARTER] = "quarter"
};
_Static_assert(sizeof unit_names / sizeof *unit_names == CRON_UNIT_COUNT, "a name a unit");
const struct choices cron_units = CHOICES(unit_names);

static const char *const weekday_names[WEEK_DAYS] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
	                                                  "Friday", "Saturday", "Sunday" };

/* Months as bits: the first and the last of each quarter, and all. */
enum {
	FIRST_MONTHS = 1 << 1 | 1 << 4 | 1 << 7 | 1 << 10,
	LAST_MONTHS = 1 << 3 | 1 << 6 | 1 << 9 | 1 << 12,
	ALL_MONTHS = (1 << 13) - 2
};

/* The place of the only bit, or -1. */
static int only_bit(uint64_t bits) {
	return bits && !(bits & (bits - 1)) ? __builtin_ctzll(bits) : -1;
}

/* The days of months in words: every month, or one month of each quarter. */
static bool months_of(const struct cron *cron, struct cron_words *words) {
	words->day = only_bit(cron->days);
	bool quarters = cron->months == (words->day == CRON_LAST_DAY ? LAST_MONTHS : FIRST_MONTHS);
	words->unit = quarters ? EVERY_QUARTER : EVERY_MONTH;
	return (cron->weekdays & 0x7F) == 0x7F && words->day >= 0 && words->day <= CRON_DAY_MAX &&
	       (quarters || cron->months == ALL_MONTHS);
}

static bool weeks_of(const struct cron *cron, struct cron_words *words) {
	words->unit = EVERY_WEEK;
	words->weekday = (only_bit(cron->weekdays & 0x7F) + WEEK_DAYS - 1) % WEEK_DAYS; /* bit 0 is Sunday */
	return only_bit(cron->weekdays & 0x7F) >= 0 && (cron->days | 1) == UINT32_MAX && cron->months == ALL_MONTHS;
}

static bool is_every_day(const struct cron *cron) {
	return (cron->weekdays & 0x7F) == 0x7F && (cron->days | 1) == UINT32_MAX && cron->months == ALL_MONTHS;
}

bool cron_words_of(const struct cron *cron, struct cron_words *words) {
	*words = (struct cron_words){ EVERY_DAY, 1, 0, only_bit(cron->hours), only_bit(cron->minutes) };
	bool fine = is_every_day(cron) || (cron->any_day ? weeks_of(cron, words) : months_of(cron, words));
	return fine && words->hour >= 0 && words->minute >= 0;
}

char *cron_words_cron(const struct cron_words *words, struct arena *arena) {
	const char *day = words->day == CRON_LAST_DAY ? "L" : arena_print(arena, "%d", words->day);
	const char *clock = arena_print(arena, "%d %d", words->minute, words->hour);
	switch (words->unit) {
	case EVERY_WEEK:
		return arena_print(arena, "%s * * %d", clock, (words->weekday + 1) % WEEK_DAYS);
	case EVERY_MONTH:
		return arena_print(arena, "%s %s * *", clock, day);
	case EVERY_QUARTER:
		return arena_print(arena, "%s %s %s *", clock, day, words->day == CRON_LAST_DAY ? "3,6,9,12" : "1,4,7,10");
	case EVERY_DAY:
	case CRON_UNIT_COUNT:
		break;
	}
	return arena_print(arena, "%s * * *", clock);
}

char *cron_day_name(int day, struct arena *arena) {
	static const char *const ends[] = { "th", "st", "nd", "rd" };
	if (day == CRON_LAST_DAY)
		return arena_copy(arena, "last day");
	return arena_print(arena, "%d%s", day, day / 10 != 1 && day % 10 <= 3 ? ends[day % 10] : "th");
}

const char *cron_weekday_name(int weekday) {
	return weekday_names[weekday];
}

char *cron_words_text(const struct cron_words *words, struct arena *arena) {
	const char *on = words->unit == EVERY_DAY    ? ""
	                 : words->unit == EVERY_WEEK ? arena_print(arena, " on %s", cron_weekday_name(words->weekday))
	                                             : arena_print(arena, " on the %s", cron_day_name(words->day, arena));
	return arena_print(arena, "Every %s%s at %02d:%02d", unit_names[words->unit], on, words->hour, words->minute);
}

static bool is_digits(const char *text, size_t size) {
	return size >= 1 && size <= 2 && strspn(text, "0123456789") >= size;
}

bool cron_read_clock(const char *text, int *hour, int *minute) {
	const char *colon = text ? strchr(text, ':') : NULL;
	if (!colon || !is_digits(text, (size_t)(colon - text)) || strlen(colon + 1) != 2 || !is_digits(colon + 1, 2))
		return false;
	return sscanf(text, "%2d:%2d", hour, minute) == 2 && *hour < 24 && *minute < 60;
}
