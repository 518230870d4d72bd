/* Points in time and clocks. */
#include "core/base/moment.h"

#include <time.h>

static struct moment frozen = { INT64_MIN };
static int64_t shifted_ms;

struct moment moment_now(void) {
	struct timespec now;
	if (frozen.ms != INT64_MIN)
		return frozen;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (struct moment){ (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + shifted_ms };
}

void moment_shift(int64_t ms) {
	shifted_ms = ms;
}

int64_t moment_shifted(void) {
	return shifted_ms;
}

void moment_freeze(struct moment at) {
	frozen = at;
}

int64_t monotonic_ms(void) {
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t boot_ms(void) {
	struct timespec now;
	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool moment_is_set(struct moment at) {
	return at.ms != INT64_MIN;
}

struct moment moment_add(struct moment at, int64_t ms) {
	return (struct moment){ at.ms + ms };
}
