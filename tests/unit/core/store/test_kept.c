/* Rows kept by the versions of their realms: when they are read again, and whose they are. No server is asked. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/store/kept.h"
#include "unit/support.h"

struct row {
	const char *name;
};

static struct {
	int reads, count;
	bool fails;
} stored;

static bool read_rows(struct store *store, const char *of, struct arena *arena, struct rows *rows, struct error *err) {
	(void)of;
	(void)store;
	stored.reads++;
	if (stored.fails)
		return error_set(err, ERROR_UNAVAILABLE, "away");
	struct row *items = arena_array(arena, struct row, stored.count);
	for (int i = 0; i < stored.count; i++)
		items[i].name = arena_print(arena, "%d of reading %d", i, stored.reads);
	*rows = (struct rows){ items, stored.count };
	return true;
}

static const char *whose;
static struct kept kept = { .realms = REALM_PARTNERS, .size = sizeof(struct row), .read = read_rows };

/* The rows, in `arena`. */
static struct row *ask(struct store *store, struct arena *arena) {
	struct error err = ERROR_INIT;
	void *rows;
	int count;
	cr_assert(kept_rows(&kept, store, whose, arena, &rows, &count, &err), "%s", err.text);
	cr_assert_eq(count, stored.count);
	return rows;
}

/* A store that has not been asked yet: nothing connects. */
static struct store *open_silent(void) {
	struct error err = ERROR_INIT;
	struct store *store = store_open("mongodb://127.0.0.1:1/", "telltale_unit_kept", "telltale-unit", 100, &err);
	cr_assert(store, "%s", err.text);
	stored.count = 2;
	return store;
}

Test(kept, rows_are_read_again_only_when_their_realm_has_changed) {
	ARENA_AUTO arena = arena_new();
	struct store *store = open_silent();
	struct versions versions = { .partners = 4, .figures = 9 };
	store_observe(store, &versions);
	cr_expect_str_eq(ask(store, arena)[1].name, "1 of reading 1");
	cr_expect_str_eq(ask(store, arena)[1].name, "1 of reading 1");
	versions.figures++;
	store_observe(store, &versions);
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 1");
	versions.partners++;
	store_observe(store, &versions);
	stored.count = 3;
	cr_expect_str_eq(ask(store, arena)[2].name, "2 of reading 2");
	store_close(store);
}

Test(kept, nothing_is_kept_while_nothing_is_observed) {
	ARENA_AUTO arena = arena_new();
	struct store *store = open_silent();
	const struct versions versions = { .partners = 4 };
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 1");
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 2");
	store_observe(store, &versions);
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 3");
	store_observe(store, NULL);
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 4");
	store_close(store);
}

Test(kept, what_a_caller_does_to_its_rows_is_its_own) {
	ARENA_AUTO arena = arena_new();
	struct store *store = open_silent();
	const struct versions versions = { .partners = 4 };
	store_observe(store, &versions);
	struct row *first = ask(store, arena), *second = ask(store, arena);
	first[0] = first[1];
	second[1].name = "mine";
	ARENA_AUTO next = arena_new();
	struct row *third = ask(store, next);
	cr_expect_str_eq(third[0].name, "0 of reading 1");
	cr_expect_str_eq(third[1].name, "1 of reading 1");
	arena_reset(arena);
	cr_expect_str_eq(ask(store, next)[1].name, "1 of reading 1");
	store_close(store);
}

Test(kept, rows_of_another_are_never_taken) {
	ARENA_AUTO arena = arena_new();
	struct store *store = open_silent();
	const struct versions versions = { .partners = 4 };
	store_observe(store, &versions);
	whose = "ann";
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 1");
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 1");
	whose = "bob";
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 2");
	whose = NULL;
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 3");
	store_close(store);
}

Test(kept, a_failed_reading_is_tried_again) {
	ARENA_AUTO arena = arena_new();
	struct store *store = open_silent();
	struct versions versions = { .partners = 4 };
	struct error err = ERROR_INIT;
	void *rows;
	int count;
	store_observe(store, &versions);
	(void)ask(store, arena);
	versions.partners++;
	store_observe(store, &versions);
	stored.fails = true;
	cr_expect_not(kept_rows(&kept, store, NULL, arena, &rows, &count, &err));
	cr_expect_eq(err.kind, ERROR_UNAVAILABLE);
	stored.fails = false;
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 3");
	store_close(store);
}

Test(kept, too_many_are_the_request_s_only) {
	ARENA_AUTO arena = arena_new();
	struct store *store = open_silent();
	const struct versions versions = { .partners = 4 };
	store_observe(store, &versions);
	stored.count = 200000;
	struct row *first = ask(store, arena);
	cr_expect_str_eq(ask(store, arena)[0].name, "0 of reading 2");
	cr_expect_str_eq(first[199999].name, "199999 of reading 1");
	store_close(store);
}
