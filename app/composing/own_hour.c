/* Hours of everybody's own clock. */
#include "composing/own_hour.h"

#include "core/base/zones.h"

static struct moment shown_at(const char *name, struct moment wall) {
	ZONE_AUTO zone = zone_open(name);
	return zone ? zone_first_moment(zone, wall) : wall;
}

struct moment own_hour_at(const char *zone, struct moment wall, struct moment now) {
	const struct moment at = shown_at(zone, wall);
	return at.ms < now.ms ? now : at;
}

static void add(struct own_hours *hours, const char *zone, int64_t people, struct moment wall, struct moment now) {
	const struct moment at = shown_at(zone, wall);
	const bool has_passed = at.ms < now.ms;
	hours->has_passed |= has_passed;
	hours->is_over &= has_passed;
	hours->passed += has_passed ? people : 0;
	if (!moment_is_set(hours->first) || at.ms < hours->first.ms) {
		hours->first = at;
		hours->first_zone = zone;
	}
	if (!moment_is_set(hours->last) || at.ms > hours->last.ms) {
		hours->last = at;
		hours->last_zone = zone;
	}
}

struct own_hours own_hours_of(const struct rows *homes, const char *usual, struct moment wall, struct moment now) {
	struct own_hours hours = { .wall = wall, .first = MOMENT_NONE, .last = MOMENT_NONE, .is_over = true };
	const struct home *items = homes->items;
	add(&hours, usual, 0, wall, now);
	for (int i = 0; i < homes->count; i++)
		add(&hours, items[i].zone, items[i].people, wall, now);
	return hours;
}

/* Instead of zones that are not known: where the day begins first and last. */
static struct rows anywhere(struct arena *arena) {
	struct home *items = arena_array(arena, struct home, 2);
	items[0] = (struct home){ "Pacific/Kiritimati", 0 };
	items[1] = (struct home){ "Pacific/Pago_Pago", 0 };
	return (struct rows){ items, 2 };
}

bool own_hours_read(struct store *store, const struct composition *said, struct moment now, struct arena *arena,
                    const struct own_hours **hours, struct error *err) {
	ZONE_AUTO zone = zone_open(said->time_zone);
	struct own_hours *found = arena_new_of(arena, struct own_hours);
	struct rows homes;
	bool is_known;
	*hours = NULL;
	if (!said->recipient_zones || !moment_is_set(said->scheduled_time))
		return true;
	if (!homes_count(store, arena, &homes, &is_known, err))
		return false;
	if (!is_known)
		homes = anywhere(arena);
	*found = own_hours_of(&homes, said->time_zone, zone_wall(zone, said->scheduled_time), now);
	*hours = found;
	return true;
}

const char *own_hour_words(struct moment wall, struct arena *arena) {
	char text[MOMENT_TEXT];
	return arena_print(arena, "%.5s on %s", moment_format(wall, text) + 11, text_of_date(arena, wall));
}

static const char *place_words(const char *zone, struct moment at, struct arena *arena) {
	return arena_print(arena, "%s (%s)", text_of_moment_zone(arena, at),
	                   text_is_empty(zone) ? "UTC" : zones_city(zone, arena));
}

const char *own_hours_words(const struct own_hours *hours, struct moment now, struct arena *arena) {
	const char *hour = own_hour_words(hours->wall, arena);
	if (hours->first.ms == hours->last.ms)
		return arena_print(arena, "%s where each contact lives: %s for all of them", hour,
		                   place_words(hours->first_zone, hours->first, arena));
	const char *first = hours->first.ms < now.ms
	                        ? arena_print(arena, "at once where it has passed, as in %s",
	                                      zones_city(hours->first_zone, arena))
	                        : arena_print(arena, "first at %s", place_words(hours->first_zone, hours->first, arena));
	return arena_print(arena, "%s where each contact lives: %s, last at %s", hour, first,
	                   place_words(hours->last_zone, hours->last, arena));
}
