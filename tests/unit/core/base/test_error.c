/* Texts of errors. */
#include <criterion/criterion.h>

#include "core/base/error.h"

Test(error, text_is_whole_characters) {
	struct error err = ERROR_INIT;
	(void)error_set(&err, ERROR_INVALID, "'%.4s' and '%.3s' and '%.5s'", "äöü", "äöü", "a🌞");
	cr_expect_str_eq(err.text, "'äö' and 'ä' and 'a🌞'");
	(void)error_field(&err, "name", "no '%.3s'.", "a🌞");
	cr_expect_str_eq(err.text, "no 'a'.");
	(void)error_set(&err, ERROR_INVALID, "%s", "a\x80z\xC3");
	cr_expect_str_eq(err.text, "az");
	(void)error_set(&err, ERROR_INVALID, "%383s\xC3\xA4", "x");
	cr_expect_str_eq(err.text + 380, "  x");
}
