/* Making reports that were asked for. */
#include "reports/job.h"

#include "core/base/secret.h"
#include "core/paper/pdf.h"
#include "reports/compose.h"
#include "reports/file.h"

enum { LEASE_MS = 60 * SECOND_MS };

/* $set of some members of a report that this worker holds. */
static bool set_held(struct store *store, const struct report *report, const char *worker, bson_t *set,
                     struct error *err) {
	bool matched;
	bson_t *filter = store_filter_id(report->id, NULL);
	BSON_APPEND_UTF8(filter, "worker", worker);
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(set));
	bool fine = store_update(store, "reports", filter, change, &matched, err);
	bson_destroy(filter);
	bson_destroy(change);
	bson_destroy(set);
	return fine && (matched || error_set(err, ERROR_CONFLICT, "another worker has taken report %s", report->id));
}

static bool fail(struct store *store, const struct report *report, const char *worker, const char *why,
                 struct error *err) {
	return set_held(store, report, worker,
	                BCON_NEW("state", BCON_UTF8("failed"), "problem", BCON_UTF8(why), "progress", BCON_UTF8("failed"),
	                         "ended_at", BCON_DATE_TIME(moment_now().ms)),
	                err);
}

static bool say_progress(struct store *store, const struct report *report, const char *worker, const char *words,
                         struct error *err) {
	return set_held(store, report, worker,
	                BCON_NEW("progress", BCON_UTF8(words), "lease_until", BCON_DATE_TIME(moment_now().ms + LEASE_MS)),
	                err);
}

/* The files first, under a name of their own; the report names them in its last step, so there is never half a file. */
static bool make(struct store *store, struct report *report, const char *worker, struct error *err) {
	ARENA_AUTO arena = arena_new();
	BUF_AUTO pdf = { 0 };
	BUF_AUTO csv = { 0 };
	struct document *document;
	char digest[SECRET_HEX];
	int pages;
	const char *file_id = store_new_id(arena);
	if (!say_progress(store, report, worker, "reading the figures", err) ||
	    !report_compose(store, report, arena, moment_now(), &document, err) ||
	    !say_progress(store, report, worker, "drawing the pages", err) || !pdf_write(document, &pdf, &pages, err))
		return false;
	document_to_csv(document, &csv);
	secret_digest_bytes(pdf.bytes, pdf.size, digest);
	if (!say_progress(store, report, worker, "storing the files", err) ||
	    !file_save(store, file_id, FILE_PDF, &pdf, err) || !file_save(store, file_id, FILE_CSV, &csv, err))
		return false;
	bson_t *set = BCON_NEW("state", BCON_UTF8("ready"), "progress", BCON_UTF8("ready"), "ended_at",
	                       BCON_DATE_TIME(moment_now().ms), "file_id", BCON_UTF8(file_id), "sha256", BCON_UTF8(digest),
	                       "pages", BCON_INT64(pages), "bytes", BCON_INT64((int64_t)pdf.size), "csv_bytes",
	                       BCON_INT64((int64_t)csv.size), "campaign_count", BCON_INT64(report->campaign_count));
	if (moment_is_set(report->data_at))
		BSON_APPEND_DATE_TIME(set, "data_at", report->data_at.ms);
	/* The next report's "since the last one" is about this one: previews must not be kept. */
	return set_held(store, report, worker, set, err) && version_bump(store, VERSION_DATA, err);
}

/* Queued, or running with a lease that has lapsed. */
static bool find_waiting(struct store *store, struct arena *arena, struct report *report, bool *found,
                         struct error *err) {
	bson_t *filter = BCON_NEW("$or", "[", "{", "state", BCON_UTF8("queued"), "}", "{", "state", BCON_UTF8("running"),
	                          "lease_until", "{", "$lt", BCON_DATE_TIME(moment_now().ms), "}", "}", "]");
	bson_t *options = BCON_NEW("sort", "{", "requested_at", BCON_INT32(1), "}");
	bool fine = store_find(store, "reports", filter, options, &report_record, arena, report, found, err);
	bson_destroy(filter);
	bson_destroy(options);
	return fine;
}

static bool claim(struct store *store, const struct report *report, const char *worker, bool *claimed,
                  struct error *err) {
	struct moment now = moment_now();
	bson_t *filter = store_filter_id(report->id, NULL);
	BSON_APPEND_UTF8(filter, "state", choice_name(&report_states, (int)report->state));
	BSON_APPEND_INT64(filter, "attempts", report->attempts);
	bson_t *change = BCON_NEW("$set", "{", "state", BCON_UTF8("running"), "worker", BCON_UTF8(worker), "lease_until",
	                          BCON_DATE_TIME(now.ms + LEASE_MS), "started_at", BCON_DATE_TIME(now.ms), "}", "$inc", "{",
	                          "attempts", BCON_INT64(1), "}");
	bool fine = store_update(store, "reports", filter, change, claimed, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine;
}

bool report_turn(struct store *store, const char *worker, bool *worked, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct report report;
	struct error problem = ERROR_INIT;
	*worked = false;
	if (!find_waiting(store, arena, &report, worked, err) || !*worked)
		return err->kind == ERROR_NONE;
	if (!claim(store, &report, worker, worked, err) || !*worked)
		return err->kind == ERROR_NONE;
	if (report.attempts >= REPORT_ATTEMPTS)
		return fail(store, &report, worker, "its worker died twice while making it", err);
	if (make(store, &report, worker, &problem))
		return true;
	if (problem.kind == ERROR_UNAVAILABLE ||
	    problem.kind == ERROR_CONFLICT) /* its lease lapses, then it is tried again */
		return *err = problem, false;
	(void)fail(store, &report, worker, "the report could not be made: see the log of telltale-report", err);
	return *err = problem, false;
}
