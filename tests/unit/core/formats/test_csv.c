/* CSV. */
#include <criterion/criterion.h>

#include "core/formats/csv.h"

Test(csv, quotes_and_defuses) {
	BUF_AUTO out = { 0 };
	csv_cell(&out, "=1+1", true);
	csv_cell(&out, "a,\"b\"", false);
	csv_cell(&out, "plain", false);
	csv_cell(&out, NULL, false);
	csv_end(&out);
	cr_expect_str_eq(buf_text(&out), "\"'=1+1\",\"a,\"\"b\"\"\",plain,\r\n");
}
