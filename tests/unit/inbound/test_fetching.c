#include <criterion/criterion.h>

#include "inbound/fetching.h"

Test(fetching, the_address_with_a_token_counts) {
	ARENA_AUTO arena = arena_new();
	static const char
		mail[] = "To: \"A, b\" <news@acme.example>,\n other@acme.example\nDelivered-To: box@acme.example\n"
				 "delivered-to: second@acme.example\n\nTo: body@acme.example\n";
	struct strings addresses;
	mime_addresses(mail, sizeof mail - 1, arena, &addresses);
	cr_assert_eq(addresses.count, 4);
	cr_expect_str_eq(addresses.items[0], "box@acme.example");
	cr_expect_str_eq(addresses.items[1], "second@acme.example");
	cr_expect_str_eq(addresses.items[2], "news@acme.example");
	cr_expect_str_eq(addresses.items[3], "other@acme.example");
	cr_expect_str_eq(mailbox_address(&addresses, arena), "");
	mime_addresses("", 0, arena, &addresses);
	cr_expect_eq(addresses.count, 0);
}
