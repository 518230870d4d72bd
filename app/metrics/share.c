/* Percentages and changes. */
#include "metrics/share.h"

#include <math.h>

#include "core/fields/field.h"

static bool is_part(int64_t part, int64_t whole) {
	return whole > 0 && part >= 0 && part <= whole; /* COUNT_NONE is below 0 */
}

double share_fraction(int64_t part, int64_t whole) {
	return is_part(part, whole) ? (double)part / (double)whole : NAN;
}

double share_percent(int64_t part, int64_t whole) {
	return is_part(part, whole) ? 100.0 * (double)part / (double)whole : NAN;
}

double share_people(double percent, int64_t whole) {
	return percent * (double)whole / 100;
}

char *share_text(struct arena *arena, int64_t part, int64_t whole) {
	double percent = share_percent(part, whole);
	return isnan(percent) ? arena_copy(arena, "–") : arena_print(arena, "%.1f\u00a0%%", percent);
}

double change_points(double now, double before) {
	return now - before;
}

double change_percent(double now, double before) {
	return before == 0 ? NAN : 100 * (now - before) / before;
}

double distance_percent(double value, double expected) {
	return 100 * fabs(value / expected - 1);
}
