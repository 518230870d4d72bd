/* The route tables, compiled once into a tree: an address is found by its segments, not row by row. */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "core/http/route.h"

struct router;

/* `tables` are arrays, each terminated by a row without a method. Returns NULL and INVALID, with a message for the
 * operator, if a row is wrong: a second row for the same method and path pattern, an unknown method, or a guard or body
 * without what it requires. The rows must outlive the router. */
struct router *router_new(const struct route *const *tables, int count, struct error *err);
void router_free(struct router *router); /* NULL is a no-op */

/* All rows, in the order of the tables. */
const struct route *const *router_routes(const struct router *router, int *count);

struct route_match {
	const struct route *route;       /* NULL if no row has this address and method */
	const char *allow;               /* then the methods of the address, for the header Allow; or NULL */
	const struct route *link;        /* a GUARD_LINK row whose token may be in this path, matched or not; or NULL */
	const char *values[PATH_VALUES]; /* of ":name", in order */
};

/* HEAD is handled as GET. In each segment a literal takes precedence, whatever the order of the tables; if no row below
 * it matches the rest of the path and the method, ":name" is tried. */
void router_find(const struct router *router, const char *method, const char *path, struct arena *arena,
                 struct route_match *match);

#endif
