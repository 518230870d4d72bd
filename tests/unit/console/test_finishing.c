/* Merges and erasures that are interrupted after each of their steps, where TEST_STORE_URI names a server: the program
 * carries them out to their end. */
#include "console/finishing.h"

#include <criterion/criterion.h>

#include "audience/contacts/alias.h"
#include "audience/contacts/change.h"
#include "console/erasing.h"
#include "console/merging.h"
#include "core/store/clock.h"
#include "unit/jobs_support.h"
#include "unit/keyed_fixture.h"

static const struct moment LONG_AGO = { 1760000000000 };

static void open_schema(void) {
	open_keyed();
	if (!store)
		return;
	mark_migrated(store);
}

TestSuite(finishing, .init = open_schema, .fini = close_all, .timeout = 120);

static const char *create(const char *email, const char *first_name) {
	const char *id = store_new_id(arena);
	struct contact_request request = { .email = email, .first_name = first_name, .rev = COUNT_NONE };
	const struct contact_saying saying = {
		.given = *TEXTS("email", "first_name"), .source = SOURCE_API, .by = "mara", .now = LONG_AGO
	};
	cr_assert(contact_create(store, id, &request, &saying, arena, &err), "%s", err.text);
	return id;
}

/* One look of telltale-audience for what was interrupted. */
static void look_around(void) {
	static const struct job_kind *const kinds[] = { &finishing_job };
	work_off(store, kinds, 1, true, NULL);
}

static int64_t count_of(const char *collection, const struct filter *filter) {
	int64_t count;
	cr_assert(store_count(store, collection, filter, &count, &err), "%s", err.text);
	return count;
}

Test(finishing, an_erasure_interrupted_after_each_step) {
	for (int steps = 0; steps <= eraser_count; steps++) {
		const char *id = create(arena_print(arena, "p%d@example.com", steps), "Ann");
		cr_assert(person_erase_steps(store, id, steps, LONG_AGO, arena, &err), "%s", err.text);
		look_around();
		cr_expect_eq(count_of("contacts", &everything), 0, "after %d steps", steps);
		cr_expect_eq(count_of("contact_aliases", &everything), 0, "after %d steps", steps);
		cr_expect_eq(count_of("suppressions", FILTER(eq_text("reason", "erased"))), steps + 1);
		cr_expect_eq(count_of("suppressions", FILTER(is_present("value"))), 0);
	}
}

/* The contact is gone, and the claim was about to be released. */
Test(finishing, an_erasure_interrupted_at_its_very_end) {
	const char *id = store_new_id(arena);
	cr_assert(store_upsert(store, "contact_aliases", FILTER(eq_text("_id", id)),
	                       UPDATE(set_id("contact_id", id), set_moment("claimed_at", LONG_AGO),
	                              set_bool("begun", true)),
	                       &err),
	          "%s", err.text);
	look_around();
	cr_expect_eq(count_of("contact_aliases", &everything), 0);
}

static struct contact need(const char *id) {
	struct contact contact;
	cr_assert(contact_need(store, id, arena, &contact, &err), "%s", err.text);
	return contact;
}

/* 0: claimed; 1: and taken over; 2: and ended; 3: done. */
static void merge_up_to(int step, const char *stays, const char *goes) {
	static const char *const members[] = { "first_name" };
	const struct claim claim = { goes, stays, { (const char **)(uintptr_t)members, 1 }, "mara", LONG_AGO, false };
	const struct contact one = need(stays), other = need(goes);
	if (step == 3) {
		cr_assert(person_merge(store, stays, goes, &claim.of_other, "mara", LONG_AGO, arena, &err), "%s", err.text);
		return;
	}
	cr_assert(alias_claim(store, &claim, arena, &err), "%s", err.text);
	cr_assert(step < 1 || alias_take_over(store, &one, &other, &claim.of_other, LONG_AGO, arena, &err));
	cr_assert(step < 2 || alias_end(store, &one, &other, arena, &err));
}

Test(finishing, a_merge_interrupted_after_each_step) {
	for (int step = 0; step <= 3; step++) {
		const char *stays = create(arena_print(arena, "stays%d@example.com", step), "Ann");
		const char *goes = create(arena_print(arena, "goes%d@example.com", step), "Bea");
		merge_up_to(step, stays, goes);
		look_around();
		const struct contact left = need(goes);
		cr_expect_str_eq(left.id, stays, "step %d", step);
		cr_expect_str_eq(left.profile.first_name, "Bea", "step %d", step);
		cr_expect_eq(count_of("contacts", &everything), step + 1);
		cr_expect_eq(count_of("contact_aliases", FILTER(is_present("claimed_at"))), 0, "step %d", step);
	}
}

/* Of two that met, neither had looked yet: both are given up, and either can be asked for again. */
Test(finishing, claims_that_had_not_begun_are_given_up) {
	const char *a = create("a@example.com", "Ann"), *b = create("b@example.com", "Bea"), *both[] = { a, b };
	for (int i = 0; i < 2; i++)
		cr_assert(store_upsert(store, "contact_aliases", FILTER(eq_text("_id", both[i])),
		                       UPDATE(set_id("contact_id", both[1 - i]), set_moment("claimed_at", LONG_AGO)), &err),
		          "%s", err.text);
	cr_expect_not(person_merge(store, a, b, TEXTS("first_name"), "mara", LONG_AGO, arena, &err));
	err = ERROR_INIT;
	look_around();
	cr_expect_eq(count_of("contacts", &everything), 2);
	cr_expect(person_merge(store, a, b, TEXTS("first_name"), "mara", LONG_AGO, arena, &err), "%s", err.text);
	cr_expect_eq(count_of("contacts", &everything), 1);
}

/* A request that is under way is left alone. */
Test(finishing, what_has_just_been_claimed_is_left_alone) {
	const char *a = create("a@example.com", "Ann"), *b = create("b@example.com", "Bea");
	struct moment now;
	cr_assert(store_now(store, &now, &err), "%s", err.text);
	const struct claim claim = { a, b, { 0 }, "mara", now, false };
	cr_assert(alias_claim(store, &claim, arena, &err), "%s", err.text);
	look_around();
	cr_expect_eq(count_of("contacts", &everything), 2);
	cr_expect_eq(count_of("contact_aliases", FILTER(is_present("claimed_at"))), 1);
}
