/* Making requested reports. */
#include "reports/job.h"

#include "core/base/secret.h"
#include "core/formats/json.h"
#include "core/paper/pdf.h"
#include "core/process/settings.h"
#include "core/store/version.h"
#include "reports/compose.h"
#include "reports/file.h"

static const char REPORTS[] = "reports";

enum { ADOPTED_AT_ONCE = 100 };

/* Updates a report unless a later worker has it. */
static bool set_held(struct job_run *run, const struct report *report, const struct update *update, struct error *err) {
	bool matched;
	if (!store_update(run->store, REPORTS, FILTER(by_id(report->id), eq_count("fence", run->holder.fence)), update,
	                  &matched, err))
		return false;
	return matched || error_set(err, ERROR_CONFLICT, "another worker has taken report %s", report->id);
}

static bool say_progress(struct job_run *run, const struct report *report, const char *words, struct error *err) {
	return job_beat(run, words, err) && set_held(run, report, UPDATE(set_text("progress", words)), err);
}

static void write_page(const struct document *document, struct arena *arena, struct buf *out) {
	struct value *page = value_map(arena);
	(void)value_put(page, "head", document_head_value(document, arena));
	(void)value_put(page, "parts", document_to_value(document, arena));
	json_write(out, page);
}

/* Files first, under a new id; the last step refers to them in the report, so it never has half a file. */
static bool make(struct job_run *run, struct report *report, struct error *err) {
	BUF_AUTO pdf = { 0 };
	BUF_AUTO csv = { 0 };
	BUF_AUTO page = { 0 };
	const struct settings *settings = run->context;
	struct document *document;
	char digest[SECRET_HEX];
	int pages;
	const char *file_id = store_new_id(run->arena);
	report->check_code = report_new_code(run->arena);
	if (!say_progress(run, report, "reading the figures", err) ||
	    !report_compose(run->store, report, run->arena, run->now, &document, err))
		return false;
	document->check_at = arena_print(run->arena, "%s/verify", settings->public_url);
	if (!say_progress(run, report, "drawing the pages", err) || !pdf_write(document, &pdf, &pages, err))
		return false;
	document_to_csv(document, &csv);
	write_page(document, run->arena, &page);
	secret_digest_bytes(pdf.bytes, pdf.size, digest);
	if (!say_progress(run, report, "storing the files", err) || !file_save(run->store, file_id, FILE_PDF, &pdf, err) ||
	    !file_save(run->store, file_id, FILE_CSV, &csv, err) || !file_save(run->store, file_id, FILE_PAGE, &page, err))
		return false;
	report->state = REPORT_READY;
	report->progress = "ready";
	report->ended_at = job_now(run);
	report->file_id = file_id;
	report->sha256 = digest;
	report->pages = pages;
	report->bytes = (int64_t)pdf.size;
	report->csv_bytes = (int64_t)csv.size;
	report->page_bytes = (int64_t)page.size;
	const struct members *made = ONLY("state", "progress", "ended_at", "file_id", "sha256", "pages", "bytes",
	                                  "csv_bytes", "page_bytes", "check_code", "campaign_count", "data_at");
	/* The next report compares itself with this one, so cached previews must go. */
	return set_held(run, report, UPDATE(set_record(&report_record, report, made)), err) &&
	       version_bump(run->store, REALM_REPORTS, err);
}

/* The job's report, unless it is gone or has already ended. */
static bool find_open(struct job_run *run, struct report *report, bool *open, struct error *err) {
	if (!report_find(run->store, run->job.subject, run->arena, report, open, err))
		return false;
	*open = *open && (report->state == REPORT_QUEUED || report->state == REPORT_RUNNING);
	return !*open || job_admit(run, REPORTS, report->id, err);
}

static bool run_report(struct job_run *run, struct error *err) {
	struct report report;
	bool open;
	if (!find_open(run, &report, &open, err) || !open)
		return !open;
	const struct update *begun = UPDATE(set_choice("state", &report_states, REPORT_RUNNING),
	                                    set_moment("started_at", run->now), set_count("attempts", run->job.attempts));
	return set_held(run, &report, begun, err) && make(run, &report, err);
}

const char *report_problem(const char *why) {
	static const struct {
		const char *begins, *words;
	} rows[] = {
		{ JOB_DIED, "creating it failed twice. Try fewer campaigns or a shorter period" },
		{ "PDF:", "its pages could not be drawn. Try another title or note, or remove the partner’s logo" },
		{ STORE_FULL, "the database’s disk is full. Free some space first" },
		{ STORE_AWAY, "the database did not answer. Check it with telltale doctor, then try again" },
		{ STORE_REFUSED, "the database failed. The log of telltale-report says how (log/report.log)" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (text_starts(why, rows[i].begins))
			return rows[i].words;
	return why;
}

static bool give_up(struct job_run *run, const char *why, struct error *err) {
	struct report report;
	bool open;
	if (!find_open(run, &report, &open, err) || !open)
		return !open;
	return set_held(run, &report,
	                UPDATE(set_choice("state", &report_states, REPORT_FAILED), set_text("progress", "failed"),
	                       set_text("problem", report_problem(why)), set_moment("ended_at", run->now)),
	                err);
}

static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct report *open;
	int count;
	(void)context;
	const struct filter *filter = FILTER(in_texts("state", TEXTS("queued", "running")));
	if (!store_list(store, REPORTS, filter, SORT(asc("requested_at"), asc("_id")), ADOPTED_AT_ONCE, &report_record,
	                arena, (void **)&open, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!report_ask_job(store, open[i].id, arena, err))
			return false;
	return true;
}

const struct job_kind report_job = {
	.name = REPORT_JOB,
	.run = run_report,
	.give_up = give_up,
	.adopt = adopt,
	.lease_ms = 60 * SECOND_MS,
	.attempts_max = 2,
	.priority = 1,
	.backoff = { SECOND_MS, 10 * SECOND_MS },
};
