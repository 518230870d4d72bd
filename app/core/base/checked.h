/* Arithmetic with counters: a result that does not fit stays at the limit instead of overflowing.
 *
 * Counters are bounded where they enter (COUNT_MAX in core/fields/field.h), so sums of them stay far below these
 * limits. What an older version or another program has stored may not; then a figure that is visibly absurd is better
 * than no page. INT64_MIN is unknown (COUNT_NONE): it adds nothing to a sum, and a difference with it is unknown. */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#include <stdint.h>

#define CHECKED_UNKNOWN INT64_MIN
#define CHECKED_LEAST (INT64_MIN + 1)

static inline int64_t checked_sum(int64_t a, int64_t b) {
	int64_t sum;
	if (a == CHECKED_UNKNOWN || b == CHECKED_UNKNOWN)
		return a == CHECKED_UNKNOWN ? b : a;
	if (__builtin_add_overflow(a, b, &sum))
		return b > 0 ? INT64_MAX : CHECKED_LEAST;
	return sum == CHECKED_UNKNOWN ? CHECKED_LEAST : sum;
}

static inline void checked_add(int64_t *sum, int64_t number) {
	*sum = checked_sum(*sum, number);
}

static inline int64_t checked_difference(int64_t a, int64_t b) {
	int64_t difference;
	if (a == CHECKED_UNKNOWN || b == CHECKED_UNKNOWN)
		return CHECKED_UNKNOWN;
	if (__builtin_sub_overflow(a, b, &difference))
		return b < 0 ? INT64_MAX : CHECKED_LEAST;
	return difference == CHECKED_UNKNOWN ? CHECKED_LEAST : difference;
}

/* How far apart they are: never negative, 0 if either is unknown. */
static inline int64_t checked_distance(int64_t a, int64_t b) {
	int64_t distance = a > b ? checked_difference(a, b) : checked_difference(b, a);
	return distance == CHECKED_UNKNOWN ? 0 : distance;
}

#endif
