/* Uploaded logos. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/paper/logo.h"

Test(pdf, logos_are_checked_before_they_are_unpacked) {
	BUF_AUTO png = { 0 };
	struct error err = ERROR_INIT;
	char bomb[64] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff";
	cr_expect_not(logo_read("GIF89a", 6, &png, &err));
	cr_expect_not(logo_read(bomb, sizeof bomb, &png, &err));
	cr_expect(strstr(err.text, "pixels") != NULL);
	bomb[16] = bomb[17] = bomb[18] = bomb[20] = bomb[21] = bomb[22] = 0;
	bomb[19] = bomb[23] = 9;
	cr_expect_not(logo_read(bomb, sizeof bomb, &png, &err));
	cr_expect(strstr(err.text, "damaged") != NULL);
}

Test(pdf, a_damaged_logo_says_so_whatever_was_wrong_before) {
	BUF_AUTO png = { 0 };
	struct error err = { .kind = ERROR_CONFLICT, .text = "an older error" };
	cr_expect_not(logo_read("\xff\xd8\xff\xe0 no picture", 15, &png, &err));
	cr_expect_str_eq(err.text, "The logo file is damaged");
	cr_expect_str_eq(err.field, "logo");
}
