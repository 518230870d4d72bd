/* Deleting reports. */
#include "reports/drop.h"

#include "core/jobs/queue.h"
#include "core/store/version.h"
#include "reports/file.h"
#include "reports/link.h"

static const char REPORTS[] = "reports";

bool report_drop(struct store *store, const char *id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct report report;
	bool found, held;
	int64_t deleted;
	if (!report_find(store, id, arena, &report, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no report %.60s", id);
	if (!queue_is_held(store, report_job_key(report.id, arena), &held, err))
		return false;
	if (held)
		return error_set(err, ERROR_CONFLICT, "This report is being created. Delete it when it is ready");
	return queue_cancel(store, report_job_key(report.id, arena), err) && link_drop_all(store, report.id, err) &&
	       file_drop(store, report.file_id, err) &&
	       store_delete(store, REPORTS, FILTER(by_id(report.id)), &deleted, err) &&
	       version_bump(store, REALM_REPORTS, err);
}
