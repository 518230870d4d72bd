/* A server that does not answer is not waited for by each request. */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "core/store/store.h"

enum { PATIENCE_MS = 1000 };

static struct store *open_store(int patience_ms) {
	struct error err;
	struct store *store = store_open("mongodb://127.0.0.1:1/", "none", "test", patience_ms, &err);
	cr_assert_not_null(store, "%s", err.text);
	return store;
}

/* How long an operation takes, which must fail. */
static int64_t ask(struct store *store) {
	struct error err = ERROR_INIT;
	int64_t began = monotonic_ms(), count;
	cr_expect(!store_count(store, "things", &everything, &count, &err) && err.kind == ERROR_UNAVAILABLE, "%s",
	          err.text);
	return monotonic_ms() - began;
}

Test(outage, only_the_first_request_waits) {
	struct store *store = open_store(PATIENCE_MS);
	cr_expect_geq(ask(store), 400);
	for (int i = 0; i < 10; i++) {
		store_renew(store);
		cr_expect_lt(ask(store), 20, "a request waits during an outage");
	}
	store_close(store);
}

Test(outage, after_half_a_second_one_tries_for_a_moment) {
	struct store *store = open_store(PATIENCE_MS);
	struct error err = ERROR_INIT;
	(void)ask(store);
	(void)usleep(550000);
	store_renew(store);
	cr_expect_lt(ask(store), 200, "refused at once: there is nothing to wait for");
	cr_expect(!store_ping(store, &err) && strstr(err.notes[0], "a moment ago"), "%s", err.text);
	store_close(store);
}
