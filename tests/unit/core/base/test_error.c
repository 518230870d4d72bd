/* Texts of errors. */
#include <criterion/criterion.h>
#include <string.h>

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

Test(error, codes_are_for_programs) {
	struct error err = ERROR_INIT, told;
	cr_expect(
		!(error_field(&err, "period", "“%s” is not a period", "x") || error_codes(&err, ". Use %s or all", "7d")));
	cr_expect_str_eq(err.text, "“x” is not a period. Use 7d or all");
	error_for_people(&err, &told);
	cr_expect_str_eq(told.text, "“x” is not a period. Choose one of those offered");
	(void)error_field(&err, "since", "Write it like 2026-11-21");
	(void)error_codes(&err, " or 2026-11-21T10:00:00Z");
	error_for_people(&err, &told);
	cr_expect_str_eq(told.text, "Write it like 2026-11-21");
	cr_expect_str_eq(told.field, "since");
	(void)error_field(&err, "since", "Write it");
	error_for_people(&err, &told);
	cr_expect_str_eq(told.text, "Write it");
	(void)error_field(&err, "long", "%380s", "x");
	(void)error_codes(&err, ". Use %s", "this");
	error_for_people(&err, &told);
	cr_expect_eq(strlen(told.text), 380); /* no room for more than people read */
}
