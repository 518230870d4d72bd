/* What a page says about a report that could not be made. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/jobs/job.h"
#include "core/store/store.h"
#include "reports/job.h"

Test(report_job, says_why_and_what_helps) {
	static const char *const rows[][2] = {
		{ JOB_DIED, "fewer campaigns" },     { "PDF: input string not valid UTF-8", "another title" },
		{ STORE_AWAY, "did not answer" },    { STORE_FULL, "Free some space" },
		{ STORE_REFUSED, "log/report.log" }, { "there is no campaign 'x'", "there is no campaign 'x'" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *words = report_problem(rows[i][0]);
		cr_expect(strstr(words, rows[i][1]), "%s: %s", rows[i][0], words);
		cr_expect(!strstr(words, "suitable") && !strstr(words, "UTF-8"), "%s", words);
	}
}
