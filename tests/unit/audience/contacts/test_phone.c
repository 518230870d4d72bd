/* Phone numbers in cells. */
#include <criterion/criterion.h>

#include "audience/contacts/phone.h"

static void expect(const char *text, const char *country, const char *number, enum phone_result result) {
	char out[PHONE_SIZE];
	cr_expect_eq(phone_read(text, country, out), result, "%s", text);
	cr_expect_str_eq(out, number, "%s gives %s", text, out);
}

Test(phone, international) {
	expect("+49 30 5550 0142", "", "+493055500142", PHONE_READ);
	expect("+49 (0)30 5550-0142", "", "+493055500142", PHONE_READ);
	expect("0049 30/55500142", "1", "+493055500142", PHONE_READ);
	expect("+1 (212) 555-0142", "49", "+12125550142", PHONE_READ);
	expect("+39 06 5550 0142", "", "+390655500142", PHONE_READ);
	expect("+33\u00a01\u00a055\u00a050\u00a001\u00a042", "", "+33155500142", PHONE_READ);
}

Test(phone, national) {
	expect("0170 555 0199", "49", "+491705550199", PHONE_COMPLETED);
	expect("030/5550142", "49", "+49305550142", PHONE_COMPLETED);
	expect("(212) 555-0142", "1", "+12125550142", PHONE_COMPLETED);
	expect("1 212 555 0142", "1", "+12125550142", PHONE_COMPLETED);
	expect("06 5550 0142", "39", "+390655500142", PHONE_COMPLETED);
	expect("612 555 014", "34", "+34612555014", PHONE_COMPLETED);
	expect("01 55 50 01 42", "33", "+33155500142", PHONE_COMPLETED);
	expect("0170 555 0199", "", "", PHONE_NO_COUNTRY);
	expect("0170 555 0199", "999", "", PHONE_NO_COUNTRY);
}

Test(phone, what_is_not_clear_is_refused) {
	static const char *const texts[] = { "",
		                                 "170 5550199",
		                                 "49 170 5550199",
		                                 "1.23E+11",
		                                 "030 5550142 ext. 5",
		                                 "+0 123 456789",
		                                 "+49",
		                                 "call me",
		                                 "030 5550142 / 0170 5550199 1",
		                                 "+4930555001421234567",
		                                 "0",
		                                 "00",
		                                 "030+5550142" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		expect(texts[i], "49", "", PHONE_WRONG);
	expect("2125550142", "49", "", PHONE_WRONG);
	expect("212555014", "1", "", PHONE_WRONG);
}

Test(phone, columns_of_numbers_are_none) {
	cr_expect(phone_is_likely("+49 30 5550 0142"));
	cr_expect(phone_is_likely("0170 555 0199"));
	cr_expect(phone_is_likely("(212) 555-0142"));
	cr_expect_not(phone_is_likely("4100"));
	cr_expect_not(phone_is_likely("20261127123"));
	cr_expect_not(phone_is_likely("Berlin"));
}
