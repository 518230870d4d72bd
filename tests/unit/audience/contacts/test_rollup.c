/* Contacts counted by tag and by mailbox provider, where TEST_STORE_URI names a server. */
#include "audience/contacts/rollup.h"

#include <criterion/criterion.h>
#include <string.h>

#include "audience/contacts/change.h"
#include "core/store/version.h"
#include "unit/store_fixture.h"

TestSuite(rollup, .init = open_all, .fini = close_all);

static const char *create(const char *email, const char *tag) {
	const char *id = store_new_id(arena);
	const struct contact_request request = {
		.email = email, .phone = "+493012345678", .tags = { &tag, 1 }, .rev = COUNT_NONE
	};
	const struct contact_saying saying = {
		.given = *TEXTS("email", "phone", "tags"), .source = SOURCE_API, .by = "mara", .now = { 1760000000000 }
	};
	cr_assert(contact_create(store, id, &request, &saying, arena, &err), "%s", err.text);
	return id;
}

/* As the rows of tags are counted, of a version of the test's. */
static void count_tags(int64_t version) {
	cr_assert(rollup_count(store, "tag_counts", &tag_count_record, &everything, "tags", version, &err), "%s", err.text);
}

static int64_t of_tag(const char *tag) {
	struct rows tags;
	cr_assert(rollup_find_tags(store, arena, &tags, &err), "%s", err.text);
	const struct tag_count *items = tags.items;
	for (int i = 0; i < tags.count; i++)
		if (text_same(items[i].tag, tag))
			return items[i].contacts;
	return 0;
}

Test(rollup, counts_what_was_changed_by_hand) {
	struct versions versions;
	struct domain_count everybody, addressed;
	int64_t domains;
	bool counted;
	memset(&addressed, 'x', sizeof addressed);
	cr_assert(rollup_addressed(store, &addressed, &domains, &err) && domains == 0 && addressed.contacts == 0);
	cr_expect_null(addressed.domain, "where nobody was counted, nothing is read");
	create("a@one.example", "blue");
	create("b@two.example", "blue");
	create(NULL, "red");
	cr_assert(rollup_everybody(store, &everybody, &counted, &err) && !counted);
	cr_assert(rollup_people(store, &err), "%s", err.text);
	cr_assert(rollup_everybody(store, &everybody, &counted, &err) && counted);
	cr_assert(rollup_addressed(store, &addressed, &domains, &err));
	cr_expect_eq(everybody.contacts, 3, "who has no address is somebody, too");
	cr_expect_eq(addressed.contacts, 2);
	cr_expect_eq(domains, 2);
	cr_expect_eq(of_tag("blue"), 2);
	cr_assert(versions_read(store, &versions, &err));
	cr_expect_eq(versions.counted_people, version_of_people(&versions), "counting is no change of people");
	create("c@two.example", "blue");
	cr_assert(versions_read(store, &versions, &err));
	cr_expect_lt(versions.counted_people, version_of_people(&versions));
}

Test(rollup, the_newer_of_two_countings_stands) {
	create("a@one.example", "blue");
	count_tags(5);
	create("b@one.example", "blue");
	create("c@one.example", "red");
	count_tags(4);
	cr_expect_eq(of_tag("blue"), 1, "an older counting changes no row of a newer one");
	cr_expect_eq(of_tag("red"), 0, "nor does it leave rows of its own beside them");
	count_tags(6);
	cr_expect_eq(of_tag("blue"), 2);
	cr_expect_eq(of_tag("red"), 1);
}

Test(rollup, what_nobody_has_any_more_goes) {
	const struct filter *all = &everything;
	const char *id = create("a@one.example", "blue");
	int64_t deleted;
	count_tags(1);
	cr_assert(store_delete(store, "contacts", FILTER(by_id(id)), &deleted, &err) && deleted == 1);
	create("b@one.example", "red");
	count_tags(2);
	cr_expect_eq(of_tag("blue"), 0);
	cr_expect_eq(of_tag("red"), 1);
	cr_assert(store_delete(store, "contacts", all, &deleted, &err));
	count_tags(3);
	cr_expect_eq(of_tag("red"), 0, "although nothing was counted");
}
