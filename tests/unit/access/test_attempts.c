/* Counts of failed sign-ins; stored ones where TEST_STORE_URI names a server. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access/attempts.h"
#include "core/base/text.h"

Test(attempts, a_pause_doubles_up_to_a_quarter_of_an_hour) {
	static const struct {
		int64_t failures, seconds;
	} rows[] = { { 0, 0 }, { 4, 0 }, { 5, 1 }, { 6, 2 }, { 14, 512 }, { 15, 900 }, { 16, 900 }, { INT64_MAX, 900 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_eq(attempt_pause(rows[i].failures, 5), rows[i].seconds * 1000);
}

Test(attempts, an_address_is_one_client) {
	ARENA_AUTO arena = arena_new();
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "::ffff:192.0.2.1", "192.0.2.1", true },
		{ "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true },
		{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
		{ "", NULL, true },
		{ "unix:", "192.0.2.1", false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct attempt a = attempt_of(arena, "anna", rows[i].a), b = attempt_of(arena, "anna", rows[i].b);
		cr_expect_eq(text_same(a.by_name, b.by_name), rows[i].same, "%zu", i);
		cr_expect_eq(text_same(a.by_address, b.by_address), rows[i].same, "%zu", i);
	}
	struct attempt odd = attempt_of(arena, "\xFF\xFE\n", "192.0.2.1");
	cr_expect(text_is_utf8(odd.by_name, strlen(odd.by_name)) && strlen(odd.by_name) < 100);
}

enum { PROCESSES = 20, TRIES_EACH = 3 };

struct stored {
	const char *id;
	int64_t failures;
};
static const struct field stored_fields[] = { FIELD(struct stored, id, .stored = "_id"),
	                                          FIELD(struct stored, failures) };
static const struct record_type stored_record = RECORD_TYPE("Stored", struct stored, stored_fields);

static char database[64];
static struct store *store;
static struct arena *arena;
static struct error err;

static struct store *opened(void) {
	return store_open(getenv("TEST_STORE_URI"), database, "telltale-unit", 10000, &err);
}

static void open_store(void) {
	const struct stored step = { "1", 0 };
	if (!getenv("TEST_STORE_URI"))
		cr_skip_test("TEST_STORE_URI names no server");
	(void)snprintf(database, sizeof database, "telltale_unit_attempts_%d", (int)getpid());
	arena = arena_new();
	err = ERROR_INIT;
	store = opened();
	cr_assert(store, "%s", err.text);
	cr_assert(store_insert(store, "schema_migrations", &stored_record, &step, &err), "%s", err.text);
}

static void close_store(void) {
	if (!store)
		return;
	cr_expect(store_drop_database(store, &err));
	store_close(store);
	arena_free(arena);
}

/* The exit status is how many tries were let through; each has a name of its own if `names`. */
static pid_t try_elsewhere(int process, bool names) {
	pid_t child = fork();
	int passed = 0;
	if (child)
		return child;
	struct store *own = opened();
	for (int i = 0; own && i < TRIES_EACH; i++) {
		struct attempt attempt = attempt_of(arena, names ? arena_print(arena, "%d-%d", process, i) : "anna",
		                                    "192.0.2.1");
		passed += attempt_begin(own, &attempt, &err);
	}
	_exit(own ? passed : 100);
}

static int try_in_parallel(bool names) {
	pid_t children[PROCESSES];
	int passed = 0, status;
	for (int i = 0; i < PROCESSES; i++)
		children[i] = try_elsewhere(i, names);
	for (int i = 0; i < PROCESSES; i++) {
		cr_assert(waitpid(children[i], &status, 0) == children[i] && WIFEXITED(status));
		passed += WEXITSTATUS(status);
	}
	return passed;
}

static int64_t failures_of(const char *id) {
	struct stored found = { 0 };
	bool exists;
	cr_assert(store_find(store, "login_attempts", FILTER(eq_text("_id", id)), NULL, &stored_record, arena, &found,
	                     &exists, &err));
	return exists ? found.failures : -1;
}

/* Where a pause is over before the last try comes, one more is let through. */
Test(stored_attempts, parallel_tries_of_one_name_count_exactly, .init = open_store, .fini = close_store) {
	struct attempt anna = attempt_of(arena, "anna", "192.0.2.1");
	int passed = try_in_parallel(false);
	cr_expect(passed >= 5 && passed <= 8, "%d", passed);
	cr_expect_eq(failures_of(anna.by_name), passed);
	cr_expect_eq(failures_of(anna.by_address), passed);
	cr_expect(attempt_succeed(store, &anna, &err));
	cr_expect_eq(failures_of(anna.by_name), -1);
	cr_expect_eq(failures_of(anna.by_address), passed - 1);
	cr_expect(attempt_check(store, &anna, &err));
}

Test(stored_attempts, parallel_tries_of_many_names_count_exactly, .init = open_store, .fini = close_store) {
	struct attempt anna = attempt_of(arena, "anna", "192.0.2.1");
	int passed = try_in_parallel(true);
	cr_expect(passed >= 30 && passed <= 33, "%d", passed);
	cr_expect_eq(failures_of(anna.by_address), passed);
	cr_expect(!attempt_check(store, &anna, &err) && err.kind == ERROR_LIMITED && err.retry_ms > 0);
	struct attempt elsewhere = attempt_of(arena, "anna", "192.0.2.2");
	cr_expect(attempt_check(store, &elsewhere, &err));
}
