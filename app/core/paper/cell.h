/* What stands in a table or on a card: as people read it, and plain for machines (numbers with a point and nothing
 * else, times in ISO 8601). */
#ifndef PAPER_CELL_H
#define PAPER_CELL_H

#include "core/base/arena.h"
#include "core/base/moment.h"

struct cell {
	const char *text;  /* NULL: empty */
	const char *plain; /* NULL: the same; "" where the text says that nothing is known */
	const char *below; /* a second, quieter line, for people only; or NULL */
	double share;      /* of the greatest in its column, for a bar under it; 0: no bar */
};

struct cell cell_text(const char *text);
struct cell cell_unknown(void); /* "–" */

/* INT64_MIN, which stands for no count, is unknown. */
struct cell cell_count(struct arena *arena, int64_t count);  /* 1,234 */
struct cell cell_change(struct arena *arena, int64_t count); /* +1,234 */

/* NaN is unknown. `unit` is only for people; NULL for none. */
struct cell cell_number(struct arena *arena, double number, int decimals, const char *unit);

struct cell cell_moment(struct arena *arena, struct moment at);
struct cell cell_day(struct arena *arena, struct moment at);

/* What a machine reads; NULL is empty. */
const char *cell_plain(struct cell cell);

#endif
