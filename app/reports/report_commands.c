/* Report commands. */
#include <stdio.h>
#include <unistd.h>

#include "core/cli/invocation.h"
#include "core/formats/period.h"
#include "reports/file.h"
#include "reports/job.h"
#include "reports/partners/partner.h"
#include "reports/report.h"

enum { WATCH_US = 200000, TAKE_OVER_EVERY = 15, TAKE_OVER_AT = 10 };

/* Reads the options as if they were query parameters. */
static bool read_options(const struct invocation *invocation, struct report_request *request, struct error *err) {
	static const char *const names[] = { "template", "title", "partner", "period", "from", "to", "compare", "paper" };
	struct param *items = arena_array(invocation->arena, struct param, sizeof names / sizeof *names);
	struct params params = { items, 0 };
	struct period period;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = invocation_text(invocation, names[i], NULL);
		if (value)
			items[params.count++] = (struct param){ names[i], value };
	}
	if (!record_from_form(&report_request_record, &params, invocation->arena, request, NULL, err) ||
	    !period_read(&params, invocation->now, "lastmonth", &period, err))
		return false;
	request->period = (struct report_period){ period.from, period.to };
	request->period_name = period.name;
	request->organisation = invocation->settings->organisation;
	return true;
}

/* Occasionally tries to make it here, in case no worker is running. */
static bool watch(struct invocation *invocation, const char *id, struct report *report, struct error *err) {
	static const struct job_kind *const kinds[] = { &report_job };
	struct jobs jobs;
	bool found, worked;
	jobs_open(&jobs, invocation->store, kinds, 1, (void *)(uintptr_t)invocation->settings);
	for (int i = 0;; i++) {
		if (!report_find(invocation->store, id, invocation->arena, report, &found, err))
			return false;
		if (!found)
			return error_set(err, ERROR_MISSING, "the report %s has vanished", id);
		if (report->state == REPORT_READY)
			return true;
		if (report->state == REPORT_FAILED)
			return error_set(err, ERROR_FAULT, "%s", report->problem ? report->problem : "the report failed");
		if (i % TAKE_OVER_EVERY == TAKE_OVER_AT && !jobs_turn(&jobs, &worked, err))
			return false;
		(void)usleep(WATCH_US);
	}
}

static bool write_file(const char *path, const struct buf *bytes, struct error *err) {
	FILE *file = fopen(path, "wbe");
	if (!file)
		return error_set(err, ERROR_INVALID, "%s cannot be written", path);
	bool fine = fwrite(bytes->bytes, 1, bytes->size, file) == bytes->size;
	fine = fclose(file) == 0 && fine;
	return fine || error_set(err, ERROR_FAULT, "%s could not be written whole", path);
}

static bool run_report(struct invocation *invocation, struct error *err) {
	struct report_request request;
	struct report report;
	const char *id, *out = invocation_text(invocation, "out", NULL);
	BUF_AUTO pdf = { 0 };
	if (!read_options(invocation, &request, err) ||
	    !report_of(invocation->store, &request, "cli", invocation->now, invocation->arena, &report, err) ||
	    !report_ask(invocation->store, &report, invocation->arena, &id, err) || !watch(invocation, id, &report, err))
		return false;
	if (out && (!file_read(invocation->store, &report, FILE_PDF, &pdf, err) || !write_file(out, &pdf, err)))
		return false;
	invocation_say(invocation, record_to_value(&report_record, &report, invocation->arena), "report_%s: %s, %s, %s", id,
	               text_of_counted(invocation->arena, report.pages, "page", "pages"),
	               text_of_counted(invocation->arena, report.campaign_count, "campaign", "campaigns"), report.sha256);
	return true;
}

static const struct command_option report_options[] = {
	{ "template", OPTION_TEXT, "T", "campaign_summary (the default), list_performance or engagement_analysis" },
	{ "title", OPTION_TEXT, "T", "a title instead of the template's" },
	{ "partner", OPTION_TEXT, "P", "a partner, by id or name (default: all campaigns)" },
	{ "period", OPTION_TEXT, "P", "as in a page’s address: lastmonth (the default), 90d, all …" },
	{ "from", OPTION_TEXT, "DAY", "first day, instead of a period" },
	{ "to", OPTION_TEXT, "DAY", "last day" },
	{ "compare", OPTION_TEXT, "C", "prev, year or none" },
	{ "paper", OPTION_TEXT, "P", "a4 or letter" },
	{ "out", OPTION_TEXT, "FILE", "writes the PDF to this file" },
	{ 0 },
};

const struct command report_commands[] = {
	{ "report", { 0 }, report_options, "Creates a report and waits until it is ready.", NULL, run_report },
	{ 0 },
};
