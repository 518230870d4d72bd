/* What the driver's errors mean. */
#include <criterion/criterion.h>
#include <stdio.h>

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
	cr_expect_eq(kind_of(MONGOC_ERROR_SERVER, 1, "deadlock detected"), ERROR_UNAVAILABLE);
	cr_expect_eq(kind_of(MONGOC_ERROR_SERVER, 11000, "E11000 duplicate key"), ERROR_CONFLICT);
	cr_expect_eq(kind_of(MONGOC_ERROR_SERVER, 9, "unknown operator"), ERROR_FAULT);
}
