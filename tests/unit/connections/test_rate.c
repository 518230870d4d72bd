/* Prices of text messages. */
#include <criterion/criterion.h>

#include <string.h>

#include "connections/rate.h"

Test(rate, a_beginning_of_numbers_and_a_price) {
	ARENA_AUTO arena = arena_new();
	static const struct {
		const char *line, *prefix;
		int64_t micros;
	} cases[] = {
		{ "+49 0.0748", "+49", 74800 },         { " +1787\t0,04 ", "+1787", 40000 }, { "+ 1", "+", 1000000 },
		{ "+1 9999.999999", "+1", 9999999999 }, { "+44 0.000001", "+44", 1 },        { "+33 0", "+33", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct error err = ERROR_INIT;
		const char *prefix;
		int64_t micros;
		cr_assert(rate_read(cases[i].line, "sms_rates", arena, &prefix, &micros, &err), "%s", cases[i].line);
		cr_expect_str_eq(prefix, cases[i].prefix);
		cr_expect_eq(micros, cases[i].micros);
	}
}

Test(rate, anything_else_is_none) {
	ARENA_AUTO arena = arena_new();
	static const char *const wrong[] = { "",         "+",         "49 0.1",       "+49",        "+49 ",
		                                 "+490.1",   "+049 0.1",  "+49 .1",       "+49 0.",     "+49 0.1.2",
		                                 "+49 -0.1", "+49 1e3",   "+49 10000",    "+1234567 1", "+49 0.1 a",
		                                 "++49 0.1", "+49+1 0.1", "+49 0.0000001" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct error err = ERROR_INIT;
		const char *prefix;
		int64_t micros;
		cr_expect_not(rate_read(wrong[i], "sms_rates", arena, &prefix, &micros, &err), "%s", wrong[i]);
		cr_expect(strstr(err.text, "is not a price"));
	}
}
