/* What the driver's errors mean. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/store/connection.h"

static enum error_kind kind_of(uint32_t domain, uint32_t code, const char *message) {
	struct error err;
	bson_error_t from = { domain, code, "" };
	(void)snprintf(from.message, sizeof from.message, "%s", message);
	cr_expect(!store_failed(&err, &from, "adding to", "reports"));
	return err.kind;
}

Test(failed, tells_a_full_disk_from_an_outage_and_a_defect) {
	static const char full[] = "could not extend file \"base/16384/2619\": No space left on device (SQLSTATE 53100)";
	cr_expect_eq(kind_of(MONGOC_ERROR_SERVER, 1, full), ERROR_FULL);
	cr_expect_eq(kind_of(MONGOC_ERROR_SERVER, 14031, "Cannot continue: free disk space is below 500 MB"), ERROR_FULL);
	cr_expect_eq(kind_of(MONGOC_ERROR_SERVER, 1, "unexpected EOF"), ERROR_UNAVAILABLE);
	cr_expect_eq(kind_of(MONGOC_ERROR_STREAM, 4, "socket error or timeout"), ERROR_UNAVAILABLE);
	cr_expect_eq(kind_of(MONGOC_ERROR_SERVER, 11000, "E11000 duplicate key"), ERROR_CONFLICT);
	cr_expect_eq(kind_of(MONGOC_ERROR_SERVER, 9, "unknown operator"), ERROR_FAULT);
}

Test(failed, the_words_of_the_driver_are_for_the_log_only) {
	static const bson_error_t all[] = { { MONGOC_ERROR_SERVER, 11000, "E11000 duplicate key SECRET" },
		                                { MONGOC_ERROR_SERVER, 1, "pq: SECRET (SQLSTATE 42P01)" },
		                                { MONGOC_ERROR_SERVER, 14031, "SECRET" },
		                                { MONGOC_ERROR_STREAM, 4, "SECRET" } };
	char described[2000];
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct error err = ERROR_INIT;
		cr_expect(!store_failed(&err, &all[i], "adding to", "reports"));
		cr_expect(*err.text && !strstr(err.text, "SECRET") && !strstr(err.text, "reports"), "%s", err.text);
		error_describe(&err, described, sizeof described);
		cr_expect(strstr(described, "adding to reports") && strstr(described, "SECRET"), "%s", described);
	}
}

static bool met_deadlock(const char *reply, const char *message) {
	bson_error_t why = { MONGOC_ERROR_SERVER, 1, "" }, wrong;
	(void)snprintf(why.message, sizeof why.message, "%s", message);
	BSON_AUTO bson = bson_new_from_json((const uint8_t *)reply, -1, &wrong);
	cr_assert(bson, "%s", wrong.message);
	return bulk_met_deadlock(bson, &why);
}

Test(failed, knows_a_deadlock_among_the_errors_of_a_bulk) {
	static const char one[] = "{\"index\": 4, \"code\": 16908292, \"errmsg\": \"deadlock detected\"}";
	static const char other[] = "{\"index\": 3, \"code\": 121, \"errmsg\": \"not valid\"}";
	char both[300];
	(void)snprintf(both, sizeof both, "{\"writeErrors\": [%s, %s]}", other, one);
	cr_expect(met_deadlock(both, "not valid"));
	(void)snprintf(both, sizeof both, "{\"writeErrors\": [%s]}", other);
	cr_expect_not(met_deadlock(both, "not valid"));
	cr_expect(met_deadlock("{}", "ERROR: deadlock detected (SQLSTATE 40P01)"));
	cr_expect_not(met_deadlock("{\"writeErrors\": [5, {}]}", ""));
}
