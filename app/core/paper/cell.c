/* Cells. */
#include "core/paper/cell.h"

#include <math.h>

#include "core/base/moment_text.h"
#include "core/base/text.h"

struct cell cell_text(const char *text) {
	return (struct cell){ .text = text };
}

struct cell cell_unknown(void) {
	return (struct cell){ "–", "" };
}

static struct cell cell_of(struct arena *arena, const char *text, int64_t count) {
	return (struct cell){ text, arena_print(arena, "%lld", (long long)count) };
}

struct cell cell_count(struct arena *arena, int64_t count) {
	return count == INT64_MIN ? cell_unknown() : cell_of(arena, text_of_count(arena, count), count);
}

struct cell cell_change(struct arena *arena, int64_t count) {
	return count == INT64_MIN ? cell_unknown() : cell_of(arena, text_of_change(arena, count), count);
}

struct cell cell_number(struct arena *arena, double number, int decimals, const char *unit) {
	if (isnan(number))
		return cell_unknown();
	const char *plain = arena_print(arena, "%.*f", decimals, number == 0 ? 0 : number); /* no "-0" */
	return (struct cell){ unit ? arena_print(arena, "%s\u00a0%s", plain, unit) : plain, plain };
}

struct cell cell_moment(struct arena *arena, struct moment at) {
	char plain[MOMENT_TEXT];
	return (struct cell){ text_of_moment_zone(arena, at), arena_copy(arena, moment_format(at, plain)) };
}

struct cell cell_day(struct arena *arena, struct moment at) {
	char plain[MOMENT_TEXT];
	return (struct cell){ text_of_date(arena, at), arena_copy(arena, moment_format_day(at, plain)) };
}

const char *cell_plain(struct cell cell) {
	return cell.plain ? cell.plain : cell.text;
}
