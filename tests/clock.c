/* A preload library that shifts a program's wall clock by TEST_CLOCK_SECONDS; tests/run builds it for TEST_DATE. With
 * TEST_CLOCK_RATE the clock also runs that many times as fast from the start of the program on. TEST_CLOCK_FILE names a
 * file of eight bytes, seconds that are added, too: whoever changes them steps the clocks of all programs that have it,
 * while they run. Monotonic clocks, timeouts and file times are unaffected. libfaketime would do the same, but keeps
 * shared memory that a second user may not open and that a killed program leaves behind; tests/run has both. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef int (*clock_reader)(clockid_t, struct timespec *);

enum { SECOND = 1000000000 };

static long moved_seconds, rate = 1; /* read once: nginx and PostgreSQL overwrite their environment */
static clock_reader next_clock_gettime;
static struct timespec began;
static const volatile long *step; /* in the file */

static void map_step(const char *path) {
	int file = open(path, O_RDONLY | O_CLOEXEC);
	void *place = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *step, PROT_READ, MAP_SHARED, file, 0);
	if (file >= 0)
		(void)close(file);
	step = place == MAP_FAILED ? NULL : place;
}

__attribute__((constructor)) static void prepare(void) {
	const char *text = getenv("TEST_CLOCK_SECONDS");
	moved_seconds = text ? strtol(text, NULL, 10) : 0;
	text = getenv("TEST_CLOCK_RATE");
	rate = text ? strtol(text, NULL, 10) : 1;
	text = getenv("TEST_CLOCK_FILE");
	if (text)
		map_step(text);
	*(void **)&next_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
	(void)next_clock_gettime(CLOCK_REALTIME, &began);
}

static long long in_ns(const struct timespec *at) {
	return (long long)at->tv_sec * SECOND + at->tv_nsec;
}

static void move(struct timespec *now) {
	long long then = in_ns(&began) + (in_ns(now) - in_ns(&began)) * rate;
	now->tv_sec = then / SECOND + moved_seconds + (step ? *step : 0);
	now->tv_nsec = then % SECOND;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
	if (!next_clock_gettime) /* another library's constructor may call first */
		prepare();
	int result = next_clock_gettime(clock, now);
	if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		move(now);
	return result;
}

int timespec_get(struct timespec *now, int base) {
	return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
	(void)zone;
	struct timespec precise;
	int result = clock_gettime(CLOCK_REALTIME, &precise);
	*now = (struct timeval){ precise.tv_sec, precise.tv_nsec / 1000 };
	return result;
}

time_t time(time_t *into) {
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (into)
		*into = now.tv_sec;
	return now.tv_sec;
}
