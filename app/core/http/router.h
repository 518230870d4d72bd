/* The route tables, compiled once: an address is found by its segments, not row by row. */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "core/http/route.h"

struct router;

/* `tables` are arrays that each end with a row without method. NULL and INVALID, in words for whoever starts the
 * program, when a row cannot be meant: two rows for the same method and shape of path, an unknown method, a guard or a
 * body that lacks what it needs. The rows must outlive the router. */
struct router *router_new(const struct route *const *tables, int count, struct error *err);
void router_free(struct router *router); /* NULL is nothing */

/* All rows, in the order of the tables. */
const struct route *const *router_routes(const struct router *router, int *count);

struct route_match {
	const struct route *route; /* NULL: no row has this address and method */
	const char *allow;         /* then the methods that the address has, as the header Allow lists them; or NULL */
	const struct route *link;  /* a row of GUARD_LINK whose token may stand in this path, found or not; or NULL */
	const char *values[PATH_VALUES]; /* of ":name", in order */
};

/* HEAD is answered as GET. Segment by segment a literal one is preferred, whatever the order of the tables; where no
 * row under it has the rest of the path and the method, ":name" is tried. */
void router_find(const struct router *router, const char *method, const char *path, struct arena *arena,
                 struct route_match *match);

#endif
