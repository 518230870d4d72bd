/* What may be said of a list of one's own. */
#include <criterion/criterion.h>

#include "audience/lists/own_list.h"
#include "unit/support.h"

#define ID "aaaaaaaaaaaaaaaaaaaaaaa1"
#define OTHER "aaaaaaaaaaaaaaaaaaaaaaa2"

static struct list_saying saying(const struct strings *given) {
	return (struct list_saying){ *given, "admin", at("2026-11-27T10:00:00Z") };
}

static void expect_wrong(const struct list *before, const struct list_request *request, const struct strings *given,
                         const char *field) {
	const struct list_saying who = saying(given);
	struct error err = ERROR_INIT;
	struct list after;
	cr_expect_not(list_say(before, request, &who, &after, &err));
	cr_expect_eq(err.kind, ERROR_INVALID);
	cr_expect_str_eq(err.field, field);
}

Test(own_list, a_request_changes_what_it_gives) {
	const struct list_saying first = saying(TEXTS("name")), second = saying(TEXTS("description", "tracking"));
	struct error err = ERROR_INIT;
	struct list list = list_fresh(ID, &first), after;
	cr_assert(list_say(&list, &(struct list_request){ .name = "News" }, &first, &after, &err));
	cr_expect_eq(after.list_type, LIST_STATIC);
	cr_expect(after.is_active);
	cr_expect_str_eq(after.created_by, "admin");
	cr_expect_not(moment_is_set(after.tracking_at));
	list = after;
	cr_assert(list_say(&list, &(struct list_request){ .description = "Weekly", .tracking = LIST_TRACKING_COUNTED },
	                   &second, &after, &err));
	cr_expect_str_eq(after.name, "News");
	cr_expect_str_eq(after.description, "Weekly");
	cr_expect(after.is_active);
	cr_expect_eq(after.tracking, LIST_TRACKING_COUNTED);
	cr_expect_str_eq(after.tracking_by, "admin");
}

Test(own_list, each_type_has_its_parts) {
	const struct strings *all = TEXTS("name", "list_type", "rule", "base_list_id");
	const struct list_saying first = saying(all);
	const struct list fresh = list_fresh(ID, &first);
	static const struct {
		struct list_request request;
		const char *field;
	} rows[] = {
		{ { .name = "" }, "list_type" },
		{ { .name = "", .list_type = LIST_STATIC }, "name" },
		{ { .name = "A", .list_type = LIST_STATIC, .rule = "{}" }, "rule" },
		{ { .name = "A", .list_type = LIST_DYNAMIC }, "rule" },
		{ { .name = "A", .list_type = LIST_DYNAMIC, .rule = "{}", .base_list_id = OTHER }, "base_list_id" },
		{ { .name = "A", .list_type = LIST_SEGMENTED, .rule = "{}" }, "base_list_id" },
		{ { .name = "A", .list_type = LIST_SEGMENTED, .rule = "{}", .base_list_id = ID }, "base_list_id" },
		{ { .name = "A", .list_type = LIST_SEGMENTED, .base_list_id = OTHER }, "rule" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		expect_wrong(&fresh, &rows[i].request, all, rows[i].field);
	struct list list = fresh;
	list.list_type = LIST_STATIC;
	list.name = "A";
	expect_wrong(&list, &(struct list_request){ .list_type = LIST_DYNAMIC }, TEXTS("list_type"), "list_type");
}
