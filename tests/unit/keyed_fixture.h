/* The store of a test with the key of hashes and the index of suppressions. */
#ifndef UNIT_KEYED_FIXTURE_H
#define UNIT_KEYED_FIXTURE_H

#include "audience/suppression/hashed.h"
#include "unit/store_fixture.h"

static inline void open_keyed(void) {
	open_all();
	hashed_use("a key of hashes for these tests, 64");
	if (!store)
		return;
	BSON_AUTO index = BCON_NEW("createIndexes", BCON_UTF8("suppressions"), "indexes", "[", "{", "key", "{", "key",
	                           BCON_INT32(1), "reason", BCON_INT32(1), "}", "name", BCON_UTF8("key_reason"), "unique",
	                           BCON_BOOL(true), "}", "]");
	cr_assert(store_command(store, index, &err), "%s", err.text);
}

#endif
