/* A point in time: milliseconds since 1970-01-01T00:00:00Z, UTC. */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

struct moment {
	int64_t ms;
};

#define MOMENT_NONE ((struct moment){ INT64_MIN })
enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };
#define DAY_MS ((int64_t)24 * HOUR_MS)

/* The wall clock. After moment_freeze(at) it returns `at` until moment_freeze(MOMENT_NONE); for tests. */
struct moment moment_now(void);
void moment_freeze(struct moment at);

/* From now on this process takes all clocks, the database's too, to be so much ahead (negative: behind), and dates the
 * ids that it makes accordingly. For the history of the demo account (operate/demo.h). */
void moment_shift(int64_t ms);
int64_t moment_shifted(void);

/* A monotonic clock in milliseconds; only differences are meaningful. */
int64_t monotonic_ms(void);

/* The same, but it goes on while the machine sleeps: for leases. */
int64_t boot_ms(void);

bool moment_is_set(struct moment at);
struct moment moment_add(struct moment at, int64_t ms);

#endif
