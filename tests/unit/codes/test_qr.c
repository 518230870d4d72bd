/* QR codes as pictures. That another program reads them is tried in tests/system/test_redeeming.py. */
#include "unit/support.h"

#include <string.h>

#include "codes/qr.h"

Test(qr, is_a_small_png) {
	BUF_AUTO png = { 0 };
	cr_assert(qr_png("0123456789abcdef01234567-76543210fedcba9876543210-abcdefghijklmnopqrstuvwxyz", &png));
	cr_expect_eq(memcmp(buf_text(&png), "\x89PNG", 4), 0);
	cr_expect_lt(png.size, 2000);
}

Test(qr, as_an_address_is_short_enough_for_a_value_of_a_mail) {
	BUF_AUTO address = { 0 };
	cr_assert(qr_address("0123456789abcdef01234567-76543210fedcba9876543210-abcdefghijklmnopqrstuvwxyz", &address));
	cr_expect_eq(strncmp(buf_text(&address), "data:image/png;base64,", 22), 0);
	cr_expect_lt(address.size, 4000);
}

Test(qr, of_a_text_that_is_too_long_is_none) {
	char text[4000];
	BUF_AUTO png = { 0 };
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = 0;
	cr_expect_not(qr_png(text, &png));
	cr_expect_eq(png.size, 0);
}
