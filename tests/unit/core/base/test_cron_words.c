/* Recurring times in words and back. */
#include <criterion/criterion.h>

#include "core/base/cron_words.h"
#include "unit/support.h"

static bool read(const char *text, struct cron_words *words) {
	struct cron cron;
	struct error err = ERROR_INIT;
	cr_assert(cron_read(text, &cron, &err), "%s: %s", text, err.text);
	return cron_words_of(&cron, words);
}

/* Whatever can be said is written as a cron expression that says the same, and comes every unit. */
Test(cron_words, come_back_as_they_were) {
	static const int64_t longest[] = { 31, 7, 1, 92 };
	for (int unit = 0; unit < CRON_UNIT_COUNT; unit++) {
		for (int day = 0; day <= CRON_DAY_MAX; day++) {
			ARENA_AUTO arena = arena_new();
			struct cron_words words = { (enum cron_unit)unit, day, day % 7, day % 24, day * 2 % 60 }, again;
			const char *text = cron_words_cron(&words, arena);
			struct cron cron;
			struct error err = ERROR_INIT;
			cr_assert(read(text, &again) && again.unit == words.unit, "%s", text);
			cr_expect(again.hour == words.hour && again.minute == words.minute, "%s", text);
			cr_expect(unit == EVERY_WEEK ? again.weekday == words.weekday : unit == EVERY_DAY || again.day == day, "%s",
			          text);
			cr_expect_str_eq(cron_words_text(&again, arena), cron_words_text(&words, arena));
			cr_assert(cron_read(text, &cron, &err));
			struct moment first = cron_next(&cron, "UTC", at("2026-01-01")), next = cron_next(&cron, "UTC", first);
			cr_expect(next.ms - first.ms <= longest[unit] * DAY_MS &&
			              next.ms - first.ms >= (longest[unit] - 3) * DAY_MS,
			          "%s", text);
		}
	}
}

Test(cron_words, are_found_in_any_spelling) {
	static const char *const rows[][2] = {
		{ "monthly", "Every month on the 1st at 08:00" },
		{ "weekly", "Every week on Monday at 08:00" },
		{ "daily", "Every day at 08:00" },
		{ "5 17 1-31 jan-dec 0-7", "Every day at 17:05" },
		{ "0 9 * * SUN", "Every week on Sunday at 09:00" },
		{ "0 9 * * 7", "Every week on Sunday at 09:00" },
		{ "30 6 22 * *", "Every month on the 22nd at 06:30" },
		{ "0 0 11 * *", "Every month on the 11th at 00:00" },
		{ "0 8 L * *", "Every month on the last day at 08:00" },
		{ "0 8 1 */3 *", "Every quarter on the 1st at 08:00" },
		{ "0 8 L 3,6,9,12 *", "Every quarter on the last day at 08:00" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		struct cron_words words;
		cr_assert(read(rows[i][0], &words), "%s", rows[i][0]);
		cr_expect_str_eq(cron_words_text(&words, arena), rows[i][1]);
	}
}

Test(cron_words, do_not_say_everything) {
	static const char *const rows[] = { "0 8 * * mon-fri", "0 8 31 * *",  "0,30 8 1 * *",    "0 */2 * * *",
		                                "0 8 1 1 *",       "0 8 1 * mon", "0 8 1,15 * *",    "0 8 L 1,4,7,10 *",
		                                "0 8 */2 * *",     "* 8 * * *",   "0 8 1-31/2 * mon" };
	struct cron_words words;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_not(read(rows[i], &words), "%s", rows[i]);
}

Test(cron_words, read_a_clock) {
	static const char *const bad[] = { "",       "8",   "8 am",   "24:00", "08:60", "8:0",
		                               "08:00 ", ":30", "008:00", "-1:00", "08:000" };
	int hour, minute;
	cr_expect(cron_read_clock("08:00", &hour, &minute) && hour == 8 && minute == 0);
	cr_expect(cron_read_clock("7:05", &hour, &minute) && hour == 7 && minute == 5);
	cr_expect(cron_read_clock("23:59", &hour, &minute) && hour == 23 && minute == 59);
	cr_expect_not(cron_read_clock(NULL, &hour, &minute));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_not(cron_read_clock(bad[i], &hour, &minute), "%s", bad[i]);
}
