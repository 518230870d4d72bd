/* Which addresses anybody may reach. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>
#include <sys/un.h>

#include "core/client/address.h"

static const char *const public_ones[] = { "1.1.1.1",
	                                       "8.8.8.8",
	                                       "9.255.255.255",
	                                       "11.0.0.0",
	                                       "100.63.255.255",
	                                       "100.128.0.0",
	                                       "126.255.255.255",
	                                       "128.0.0.1",
	                                       "169.253.1.1",
	                                       "169.255.0.1",
	                                       "172.15.255.255",
	                                       "172.32.0.1",
	                                       "192.0.1.1",
	                                       "192.167.1.1",
	                                       "192.169.0.1",
	                                       "198.17.255.255",
	                                       "198.20.0.1",
	                                       "223.255.255.255",
	                                       "2606:4700:4700::1111",
	                                       "2a00:1450::1",
	                                       "2001:4860:4860::8888",
	                                       "::ffff:8.8.8.8",
	                                       "64:ff9b::808:808",
	                                       "2001:200::1" };

static const char *const inner_ones[] = {
	"0.0.0.0",
	"0.1.2.3",
	"10.0.0.1",
	"10.255.255.255",
	"100.64.0.1",
	"100.127.255.255",
	"127.0.0.1",
	"127.255.255.254",
	"168.63.129.16",
	"169.254.169.254",
	"172.16.0.1",
	"172.31.255.255",
	"192.0.0.8",
	"192.0.2.1",
	"192.88.99.1",
	"192.168.1.1",
	"198.18.0.1",
	"198.19.255.255",
	"198.51.100.7",
	"203.0.113.9",
	"224.0.0.1",
	"239.255.255.255",
	"240.0.0.1",
	"255.255.255.255",
	"::",
	"::1",
	"fe80::1",
	"fec0::1",
	"fc00::1",
	"fd00:ec2::254",
	"ff02::1",
	"2001::1",
	"2001:db8::1",
	"2002:7f00:1::1",
	"2002:a9fe:a9fe::1",
	"3fff::1",
	"::ffff:127.0.0.1",
	"::ffff:10.0.0.1",
	"::ffff:169.254.169.254",
	"64:ff9b::7f00:1",
	"64:ff9b::a9fe:a9fe",
	"64:ff9b:1::1",
	"::127.0.0.1",
	"100::1",
	"5f00::1",
	"not an address",
	"",
	"127.1",
	"0x7f.1",
};

Test(address, public_and_set_apart) {
	for (size_t i = 0; i < sizeof public_ones / sizeof *public_ones; i++)
		cr_expect(address_text_is_public(public_ones[i]), "%s", public_ones[i]);
	for (size_t i = 0; i < sizeof inner_ones / sizeof *inner_ones; i++)
		cr_expect(!address_text_is_public(inner_ones[i]), "%s", inner_ones[i]);
}

Test(address, of_a_socket) {
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_un local = { .sun_family = AF_UNIX, .sun_path = "/run/x" };
	cr_expect(inet_pton(AF_INET, "1.1.1.1", &v4.sin_addr) == 1 && address_is_public((struct sockaddr *)&v4));
	cr_expect(inet_pton(AF_INET, "10.1.1.1", &v4.sin_addr) == 1 && !address_is_public((struct sockaddr *)&v4));
	cr_expect(inet_pton(AF_INET6, "2a00::1", &v6.sin6_addr) == 1 && address_is_public((struct sockaddr *)&v6));
	cr_expect(inet_pton(AF_INET6, "::1", &v6.sin6_addr) == 1 && !address_is_public((struct sockaddr *)&v6));
	cr_expect(!address_is_public((struct sockaddr *)&local));
}

Test(address, hosts_that_are_addresses_however_written) {
	static const char *const addresses[] = { "127.0.0.1",  "127.1",        "0x7f.1", "0x7F000001",
		                                     "2130706433", "017700000001", "[::1]",  "::1",
		                                     "1.2.3.0x4",  "127.0.0.1.",   "0x",     "10.0.0.0177" };
	static const char *const names[] = { "example.com", "1.example", "x1", "a.0x7g", "123.de",
		                                 "localhost",   "1and1.com", "",   "." };
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
		cr_expect(address_is_host(addresses[i]), "%s", addresses[i]);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		cr_expect(!address_is_host(names[i]), "%s", names[i]);
}

static void expect_kind(const char *text, enum address_kind kind) {
	enum address_kind found = ADDRESS_PUBLIC;
	cr_expect(address_of_text(text, &found), "%s", text);
	cr_expect_eq(found, kind, "%s", text);
}

Test(address, each_range_has_its_kind) {
	static const struct {
		const char *text;
		enum address_kind kind;
	} rows[] = {
		{ "93.184.216.34", ADDRESS_PUBLIC },
		{ "127.0.0.1", ADDRESS_HERE },
		{ "127.1", ADDRESS_HERE },
		{ "2130706433", ADDRESS_HERE },
		{ "0x7f000001", ADDRESS_HERE },
		{ "0177.0.0.1", ADDRESS_HERE },
		{ "127.255.255.254", ADDRESS_HERE },
		{ "10.0.0.1", ADDRESS_PRIVATE },
		{ "10.1", ADDRESS_PRIVATE },
		{ "172.16.0.1", ADDRESS_PRIVATE },
		{ "172.31.255.255", ADDRESS_PRIVATE },
		{ "172.32.0.1", ADDRESS_PUBLIC },
		{ "192.168.1.1", ADDRESS_PRIVATE },
		{ "192.169.1.1", ADDRESS_PUBLIC },
		{ "100.64.0.1", ADDRESS_PRIVATE },
		{ "100.128.0.1", ADDRESS_PUBLIC },
		{ "169.254.169.254", ADDRESS_FORBIDDEN },
		{ "0.0.0.0", ADDRESS_FORBIDDEN },
		{ "0", ADDRESS_FORBIDDEN },
		{ "224.0.0.1", ADDRESS_FORBIDDEN },
		{ "255.255.255.255", ADDRESS_FORBIDDEN },
		{ "198.18.0.1", ADDRESS_FORBIDDEN },
		{ "::1", ADDRESS_HERE },
		{ "[::1]", ADDRESS_HERE },
		{ "::", ADDRESS_FORBIDDEN },
		{ "::ffff:127.0.0.1", ADDRESS_HERE },
		{ "::ffff:169.254.169.254", ADDRESS_FORBIDDEN },
		{ "::ffff:8.8.8.8", ADDRESS_PUBLIC },
		{ "::127.0.0.1", ADDRESS_FORBIDDEN },
		{ "64:ff9b::10.0.0.1", ADDRESS_PRIVATE },
		{ "64:ff9b::a9fe:a9fe", ADDRESS_FORBIDDEN },
		{ "2002:7f00:1::", ADDRESS_FORBIDDEN },
		{ "2002:a00:1::", ADDRESS_FORBIDDEN },
		{ "fc00::1", ADDRESS_PRIVATE },
		{ "fd12:3456::1", ADDRESS_PRIVATE },
		{ "fe80::1", ADDRESS_FORBIDDEN },
		{ "ff02::1", ADDRESS_FORBIDDEN },
		{ "2001:db8::1", ADDRESS_FORBIDDEN },
		{ "2606:4700::1111", ADDRESS_PUBLIC },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		expect_kind(rows[i].text, rows[i].kind);
}

Test(address, a_name_is_no_address) {
	static const char *const names[] = { "smtp.acme.example", "localhost", "", "1.2.3.4.5", "10.0.0.example", "[x]" };
	enum address_kind kind;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		cr_expect_not(address_of_text(names[i], &kind), "%s", names[i]);
}

Test(address, how_far_one_may_go) {
	cr_expect(address_is_in_reach(ADDRESS_PUBLIC, 2525, REACH_PUBLIC));
	cr_expect(address_is_in_reach(ADDRESS_HERE, 587, REACH_PUBLIC));
	cr_expect_not(address_is_in_reach(ADDRESS_HERE, 27017, REACH_PUBLIC));
	cr_expect_not(address_is_in_reach(ADDRESS_PRIVATE, 587, REACH_PUBLIC));
	cr_expect(address_is_in_reach(ADDRESS_PRIVATE, 2525, REACH_PRIVATE));
	cr_expect(address_is_in_reach(ADDRESS_HERE, 2525, REACH_PRIVATE));
	cr_expect_not(address_is_in_reach(ADDRESS_FORBIDDEN, 587, REACH_PRIVATE));
	cr_expect(address_is_in_reach(ADDRESS_FORBIDDEN, 587, REACH_ANYWHERE));
}
