/* The zone in use. */
#include "core/base/local.h"

#include <glib.h>
#include <string.h>

static struct {
	const char *name;
	struct zone *zone; /* NULL: UTC */
} used = { "UTC", NULL };

void local_use(const char *name) {
	const char *wanted = name && *name ? name : "UTC";
	if (strcmp(wanted, used.name) == 0)
		return;
	zone_close(used.zone);
	used.zone = strcmp(wanted, "UTC") == 0 ? NULL : zone_open(wanted);
	used.name = used.zone ? g_intern_string(wanted) : "UTC";
}

const char *local_name(void) {
	return used.name;
}

const struct zone *local_zone(void) {
	return used.zone;
}

struct moment local_wall(struct moment at) {
	return zone_wall(used.zone, at);
}

struct moment local_moment(struct moment wall) {
	return zone_moment(used.zone, wall);
}

struct moment local_day_start(struct moment at) {
	return local_moment(day_start(local_wall(at)));
}

const char *local_clock(struct moment at) {
	return used.zone && moment_is_set(at) ? zone_clock(used.zone, at) : "UTC";
}
