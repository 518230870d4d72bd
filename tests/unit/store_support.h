/* A database of its own for each unit test, on the server that TEST_STORE_URI names. */
#ifndef UNIT_STORE_SUPPORT_H
#define UNIT_STORE_SUPPORT_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/store/store.h"

/* Skips the test without a server. Each test is a process, so no two share a database. */
static inline struct store *open_test_store(void) {
	char name[64];
	struct error err = ERROR_INIT;
	const char *uri = getenv("TEST_STORE_URI");
	if (!uri)
		cr_skip_test("TEST_STORE_URI names no server");
	(void)snprintf(name, sizeof name, "telltale_unit_%d", (int)getpid());
	struct store *store = store_open(uri, name, "telltale-unit", 10000, &err);
	cr_assert(store, "%s", err.text);
	return store;
}

/* As if migrations had been applied: what works only on such a database then does. */
static inline void mark_migrated(struct store *store) {
	struct error err = ERROR_INIT;
	cr_assert(store_upsert(store, "schema_migrations", FILTER(eq_text("_id", "1")), UPDATE(set_count("n", 1)), &err),
	          "%s", err.text);
}

/* Drops the database and closes the store; NULL, of a test that was skipped, is nothing. */
static inline void drop_test_store(struct store *store) {
	struct error err = ERROR_INIT;
	if (!store)
		return;
	cr_expect(store_drop_database(store, &err), "%s", err.text);
	store_close(store);
}

#endif
