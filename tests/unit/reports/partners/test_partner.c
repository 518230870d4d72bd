/* Which partner a campaign belongs to; and stored partners, where TEST_STORE_URI names a server. */
#include <criterion/criterion.h>
#include <string.h>

#include "reports/partners/partner.h"
#include "unit/store_fixture.h"

Test(partners, longest_prefix_wins_and_the_hand_overrules) {
	const char *short_prefix[] = { "acme" }, *long_prefix[] = { "ACME_Solar" }, *list[] = { "list-1" };
	struct partner partners[] = { { .id = "1", .prefixes = { short_prefix, 1 } },
		                          { .id = "2", .prefixes = { long_prefix, 1 } },
		                          { .id = "3", .list_ids = { list, 1 } } };
	struct campaign campaign = { .name = "Acme_solar tips", .list_ids = { list, 1 } };
	cr_expect_str_eq(partner_of(&campaign, partners, 3)->id, "2");
	campaign.name = "ACME news";
	cr_expect_str_eq(partner_of(&campaign, partners, 3)->id, "1");
	campaign.name = "Other";
	cr_expect_str_eq(partner_of(&campaign, partners, 3)->id, "3");
	campaign.partner_id = "1";
	cr_expect_str_eq(partner_of(&campaign, partners, 3)->id, "1");
	campaign.partner_id = NULL;
	campaign.list_ids.count = 0;
	cr_expect_null(partner_of(&campaign, partners, 3));
}

Test(stored_partners, lists_read_no_logo, .init = open_all, .fini = close_all) {
	const struct partner_request request = { .name = "ACME", .rev = COUNT_NONE };
	const struct bytes logo = { "\x89PNG", 4 };
	struct partner *listed, found;
	const char *id = store_new_id(arena);
	int count;
	bool exists;
	cr_assert(partner_create(store, &request, id, "admin", moment_now(), arena, &err), "%s", err.text);
	cr_assert(partner_save_logo(store, id, &logo, &exists, &err) && exists, "%s", err.text);
	cr_assert(partner_list(store, arena, &listed, &count, &err), "%s", err.text);
	cr_expect(count == 1 && listed->has_logo && !listed->logo.data);
	cr_expect_str_eq(listed->name, "ACME");
	cr_assert(partner_find(store, id, arena, &found, &exists, &err) && exists, "%s", err.text);
	cr_expect_eq(found.logo.size, 4);
}

Test(stored_partners, are_limited_in_number, .init = open_all, .fini = close_all) {
	for (int i = 0; i < PARTNERS_MAX; i++) {
		struct partner_request request = { .name = arena_print(arena, "Partner %d", i), .rev = COUNT_NONE };
		cr_assert(partner_create(store, &request, store_new_id(arena), "ann", moment_now(), arena, &err), "%s",
		          err.text);
	}
	struct partner_request request = { .name = "One more", .rev = COUNT_NONE };
	cr_expect(!partner_create(store, &request, store_new_id(arena), "ann", moment_now(), arena, &err));
	cr_expect(err.kind == ERROR_INVALID && strstr(err.text, "500 partners"), "%s", err.text);
}
