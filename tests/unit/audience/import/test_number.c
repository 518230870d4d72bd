/* Numbers in cells. */
#include <criterion/criterion.h>

#include "audience/import/number.h"

static void expect(const char *text, char decimal, const char *number) {
	char out[NUMBER_SIZE];
	cr_expect_eq(number_read(text, decimal, out), NUMBER_READ, "%s", text);
	cr_expect_str_eq(out, number, "%s gives %s", text, out);
}

static void expect_not(const char *text, char decimal, enum number_result result) {
	char out[NUMBER_SIZE];
	cr_expect_eq(number_read(text, decimal, out), result, "%s", text);
	cr_expect_str_eq(out, "");
}

Test(number, clear_ones) {
	expect("4100", 0, "4100");
	expect("-12.5", 0, "-12.5");
	expect("+12,5", 0, "12.5");
	expect("1.234,50", 0, "1234.50");
	expect("1,234.5", 0, "1234.5");
	expect("1,234,567", 0, "1234567");
	expect("1'234.50", 0, "1234.50");
	expect("12 345,6", 0, "12345.6");
	expect("1 234", 0, "1234");
	expect("12345.678", 0, "12345.678");
	expect("0.5", 0, "0.5");
	expect("0", 0, "0");
	expect("4,100", '.', "4100");
	expect("4,100", ',', "4.100");
	expect("0.125", '.', "0.125");
}

Test(number, others_are_not_guessed) {
	expect_not("4,100", 0, NUMBER_AMBIGUOUS);
	expect_not("4.100", 0, NUMBER_AMBIGUOUS);
	expect_not("12,5", '.', NUMBER_WRONG);
	static const char *const wrong[] = {
		"",        "-",    "04109", "1.23E+11",  "12a",         "1.",   ".5",
		"1,2,3",   "1..2", "1.2.3", "12,34,567", "1,234.567.8", "0x10", "123456789012345678901234567890123",
		"1,2345.6"
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		expect_not(wrong[i], 0, NUMBER_WRONG);
}

static char decimal_of(const char *a, const char *b) {
	return number_decimal_of(&(struct strings){ (const char *[]){ a, b }, 2 });
}

Test(number, a_column_tells_its_decimals) {
	cr_expect_eq(decimal_of("4.100", "12,5"), ',');
	cr_expect_eq(decimal_of("4,100", "1,234,567"), '.');
	cr_expect_eq(decimal_of("4,100", "5,200"), 0);
	cr_expect_eq(decimal_of("1.5", "1,5"), 0);
}
