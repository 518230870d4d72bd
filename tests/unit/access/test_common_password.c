/* Common passwords. */
#include <criterion/criterion.h>

#include "access/common_password.h"

static const char *const listed[] = {
#include "access/common_passwords.inc"
};
enum { LISTED = sizeof listed / sizeof *listed };

Test(common_password, the_list_is_sorted_and_found_whole) {
	cr_expect_gt(LISTED, 3000);
	for (int i = 0; i < LISTED; i++) {
		cr_expect(i == 0 || strcmp(listed[i - 1], listed[i]) < 0, "%s", listed[i]);
		cr_expect(strlen(listed[i]) < 6 || password_is_common(listed[i]), "%s", listed[i]);
	}
}

Test(common_password, what_hardly_differs_is_common_too) {
	static const char *const common[] = { "password",     "PassWord1234",     "12password12",       "!!sunshine!!",
		                                  "telltale2026", "emailoctopus-1",   "aaaaaaaaaaaa",       "abababababab",
		                                  "123412341234", "passwordpassword", "password1password1", "qwertyuiopqwe",
		                                  "P@ssw0rd" };
	static const char *const others[] = { "a longer sentence",
		                                  "correct horse battery",
		                                  "2aa00e74117e1f46b337",
		                                  "password12345678 and so",
		                                  "",
		                                  "x",
		                                  "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F more of them" };
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		cr_expect(password_is_common(common[i]), "%s", common[i]);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		cr_expect(!password_is_common(others[i]), "%s", others[i]);
}
