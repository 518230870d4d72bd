/* Amounts of money. */
#include <criterion/criterion.h>

#include "core/base/currency.h"

Test(currency, has_as_many_digits_as_its_minor_units) {
	cr_expect_eq(currency_digits("EUR"), 2);
	cr_expect_eq(currency_digits("JPY"), 0);
	cr_expect_eq(currency_digits("KWD"), 3);
	cr_expect_eq(currency_digits("eur"), -1);
	cr_expect_eq(currency_digits("XYZ"), -1);
	cr_expect_eq(currency_digits("R A"), -1);
	cr_expect_eq(currency_digits(NULL), -1);
}

Test(currency, is_read_as_people_write_it) {
	static const struct {
		const char *text, *code;
		int64_t minor; /* -1: refused */
	} amounts[] = {
		{ "45", "EUR", 4500 },
		{ "45.00", "EUR", 4500 },
		{ "45,5", "EUR", 4550 },
		{ "1,234.50", "EUR", 123450 },
		{ "1.234,50", "EUR", 123450 },
		{ "1,234", "EUR", 123400 },
		{ "1.234.567", "EUR", 123456700 },
		{ "0", "EUR", 0 },
		{ "45", "JPY", 45 },
		{ "1,234", "JPY", 1234 },
		{ "45.5", "JPY", -1 },
		{ "1.234", "KWD", 1234 },
		{ "45.", "EUR", -1 },
		{ "-45", "EUR", -1 },
		{ "45 EUR", "EUR", -1 },
		{ "", "EUR", -1 },
		{ ".", "EUR", -1 },
		{ "4.5.0", "EUR", -1 },
		{ "12345678901234", "EUR", -1 },
		{ "45", "XYZ", -1 },
	};
	for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
		int64_t minor = -1;
		bool fine = currency_read(amounts[i].text, amounts[i].code, &minor);
		cr_expect_eq(fine ? minor : -1, amounts[i].minor, "%s %s: %lld", amounts[i].text, amounts[i].code,
		             (long long)minor);
	}
}

Test(currency, is_written_with_all_digits) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(currency_text(123450, "EUR", arena), "1,234.50");
	cr_expect_str_eq(currency_text(5, "EUR", arena), "0.05");
	cr_expect_str_eq(currency_text(1234, "JPY", arena), "1,234");
	cr_expect_str_eq(currency_full(4500, "EUR", arena), "€45");
	cr_expect_str_eq(currency_full(5400050, "EUR", arena), "€54,000.50");
	cr_expect_str_eq(currency_full(4500, "CHF", arena), "CHF\u00a045");
	cr_expect_str_eq(currency_full(4505, "SEK", arena), "SEK\u00a045.05");
	cr_expect_str_eq(currency_full(1234, "JPY", arena), "JPY\u00a01,234");
	cr_expect_str_eq(currency_full(1234, "KRW", arena), "₩1,234");
	cr_expect_str_eq(currency_full(0, "USD", arena), "$0");
}
