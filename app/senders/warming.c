/* The warm-up plan of one destination. */
#include "senders/warming.h"

enum { STEPS = 8, SILENCE_DAYS = 30, USED_OF_TEN = 8, BACK = 2 };

/* Shares in thousandths. */
enum { HARD_MAX = 20, DEFERRED_MAX = 50, COMPLAINED_MAX = 1, COMPLAINED_BACK = 3, WHOLE = 1000 };

const struct warming WARMING_NEW = { 1, { INT64_MIN }, 0, 0, 0, 0 };

int64_t warming_cap(int64_t day) {
	static const int64_t steps[STEPS] = { 50, 100, 200, 400, 800, 1500, 3000, 5000 };
	if (day <= STEPS)
		return steps[day < 1 ? 0 : day - 1];
	int64_t cap = steps[STEPS - 1];
	for (int64_t at = STEPS; at < day && at < 2 * (int64_t)WARMING_DAYS; at++)
		cap = cap * 14 / 10;
	return cap;
}

static bool below(int64_t part, int64_t of, int64_t thousandths) {
	return part == 0 || part * WHOLE < of * thousandths;
}

/* What follows on a day that is over. */
static int64_t day_after(const struct warming *day) {
	int64_t replies = day->taken + day->deferred + day->hard;
	if (!below(day->complained, day->taken, COMPLAINED_BACK))
		return day->day > BACK ? day->day - BACK : 1;
	bool is_used = day->taken * 10 >= warming_cap(day->day) * USED_OF_TEN;
	bool is_well = below(day->complained, day->taken, COMPLAINED_MAX) && below(day->hard, replies, HARD_MAX) &&
	               below(day->deferred, replies, DEFERRED_MAX);
	return day->day + (is_used && is_well);
}

static int64_t day_of_half(int64_t day) {
	int64_t half = warming_cap(day) / 2, at = day;
	while (at > 1 && warming_cap(at) > half)
		at--;
	return at;
}

struct warming warming_at(const struct warming *warming, struct moment now) {
	struct warming next = WARMING_NEW;
	if (!moment_is_set(warming->began_at) || now.ms / DAY_MS <= warming->began_at.ms / DAY_MS)
		return *warming;
	bool was_silent = now.ms - warming->began_at.ms >= SILENCE_DAYS * (int64_t)DAY_MS;
	next.day = was_silent ? day_of_half(warming->day) : day_after(warming);
	return next;
}

void warming_note(struct warming *warming, const struct warming_replies *replies, struct moment now) {
	*warming = warming_at(warming, now);
	if (!moment_is_set(warming->began_at) && replies->taken + replies->deferred + replies->hard > 0)
		warming->began_at = now;
	warming->taken += replies->taken;
	warming->deferred += replies->deferred;
	warming->hard += replies->hard;
	warming->complained += replies->complained;
}

bool warming_is_over(const struct warming *warming) {
	return warming->day > WARMING_DAYS;
}
