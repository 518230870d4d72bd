/* Which partner a campaign belongs to. */
#include <criterion/criterion.h>

#include "reports/partners/partner.h"

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
