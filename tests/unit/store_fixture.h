/* What a unit test with a database needs: its store, an arena and an error. For TestSuite or Test, as .init and .fini.
 */
#ifndef UNIT_STORE_FIXTURE_H
#define UNIT_STORE_FIXTURE_H

#include "unit/store_support.h"

static struct store *store;
static struct arena *arena;
static struct error err;

static inline void open_all(void) {
	arena = arena_new();
	err = ERROR_INIT;
	store = open_test_store();
}

static inline void close_all(void) {
	drop_test_store(store);
	arena_free(arena);
}

#endif
