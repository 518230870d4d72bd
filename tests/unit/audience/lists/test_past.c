/* Lists as they were known at a past moment. */
#include <criterion/criterion.h>

#include "audience/lists/past.h"
#include "unit/store_fixture.h"

enum { FIRST = 1800000000 };
static const char connection[] = "0000000000000000000000aa";

static struct moment at(int64_t second) {
	return (struct moment){ second * SECOND_MS };
}

static const char *read_list(const char *name, int64_t subscribed, int64_t second) {
	struct list list;
	bool changed;
	record_clear(&list_record, &list);
	list.external = (struct external){ connection, "l1" };
	list.name = name;
	list.counts = (struct list_counts){ subscribed, 0, 0 };
	cr_assert(list_save(store, &list, store_new_id(arena), at(second), arena, &changed, &err), "%s", err.text);
	return list.id;
}

static bool was(int64_t second, struct list *list) {
	bool found, known;
	cr_assert(list_find(store, "l1", arena, list, &found, &err) && found);
	cr_assert(list_at(store, list, at(second), arena, &known, &err), "%s", err.text);
	return known;
}

static int had(int64_t second) {
	struct list *lists;
	int count;
	cr_assert(list_all_at(store, at(second), arena, &lists, &count, &err), "%s", err.text);
	return count;
}

Test(past, a_list_has_its_name_and_counts_of_that_time, .init = open_all, .fini = close_all) {
	struct list list;
	(void)read_list("News", 10, FIRST + 10);
	(void)read_list("Letters", 10, FIRST + 20);
	(void)read_list("Letters", 12, FIRST + 30);
	cr_expect_not(was(FIRST + 9, &list));
	cr_assert(was(FIRST + 19, &list));
	cr_expect_str_eq(list.name, "News");
	cr_assert(was(FIRST + 29, &list));
	cr_expect_str_eq(list.name, "Letters");
	cr_expect_eq(list.counts.subscribed, 10);
	cr_assert(was(FIRST + 30, &list));
	cr_expect_eq(list.counts.subscribed, 12);
}

Test(past, a_list_that_was_gone_for_a_while_is_gone_for_that_while, .init = open_all, .fini = close_all) {
	(void)read_list("News", 10, FIRST + 10);
	struct unseen unseen = { .doubted = false };
	cr_assert(list_mark_gone(store, connection, store_new_id(arena), at(FIRST + 20), &unseen, &err), "%s", err.text);
	cr_expect_eq(had(FIRST + 25), 0);
	(void)read_list("News", 10, FIRST + 30);
	cr_expect_eq(had(FIRST + 9), 0);
	cr_expect_eq(had(FIRST + 19), 1);
	cr_expect_eq(had(FIRST + 25), 0);
	cr_expect_eq(had(FIRST + 30), 1);
}

Test(past, engagement_is_what_was_counted_last, .init = open_all, .fini = close_all) {
	struct list list;
	const char *id = read_list("News", 10, FIRST);
	for (int i = 1; i <= 2; i++) {
		struct list_engagement engagement = {
			.contacts = 10, .opened = i, .never_opened = 10 - i, .counted_at = at(FIRST + 10 * i)
		};
		cr_assert(list_save_engagement(store, id, &engagement, &err), "%s", err.text);
	}
	cr_assert(was(FIRST + 5, &list));
	cr_expect_not(moment_is_set(list.engagement.counted_at));
	cr_expect_eq(list.engagement.opened, COUNT_NONE);
	cr_assert(was(FIRST + 15, &list));
	cr_expect_eq(list.engagement.opened, 1);
	cr_assert(was(FIRST + 20, &list));
	cr_expect_eq(list.engagement.opened, 2);
}
