/* Reports: storage. */
#include "reports/report.h"

#include <string.h>

#include "reports/file.h"
#include "reports/partners/partner.h"

static const char *const state_names[] = {
	[REPORT_QUEUED] = "queued", [REPORT_RUNNING] = "running", [REPORT_READY] = "ready", [REPORT_FAILED] = "failed"
};
_Static_assert(sizeof state_names / sizeof *state_names == REPORT_STATE_COUNT, "a name a state");
const struct choices report_states = CHOICES(state_names);

static const struct field report_fields[] = {
	FIELD(struct report, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct report, state, .choices = &report_states),
	FIELD(struct report, template, .choices = &report_templates),
	FIELD(struct report, title),
	FIELD(struct report, partner_id),
	FIELD(struct report, partner),
	FIELD_RECORD(struct report, period, report_period_record),
	FIELD(struct report, compare, .choices = &report_compares),
	FIELD(struct report, list),
	FIELD(struct report, campaigns),
	FIELD(struct report, blocks),
	FIELD(struct report, paper, .choices = &paper_names),
	FIELD(struct report, note),
	FIELD(struct report, as_of),
	FIELD(struct report, requested_by),
	FIELD(struct report, requested_at),
	FIELD(struct report, started_at),
	FIELD(struct report, ended_at),
	FIELD(struct report, progress, .doc = "What is being done, in words"),
	FIELD(struct report, problem),
	FIELD(struct report, worker, .flags = FIELD_PRIVATE),
	FIELD(struct report, lease_until, .flags = FIELD_PRIVATE),
	FIELD(struct report, file_id, .flags = FIELD_PRIVATE),
	FIELD(struct report, schedule_id),
	FIELD(struct report, sha256, .doc = "Of the PDF"),
	FIELD(struct report, data_at, .doc = "Of the figures"),
	FIELD(struct report, attempts),
	FIELD(struct report, pages),
	FIELD(struct report, bytes, .unit = "bytes"),
	FIELD(struct report, csv_bytes, .unit = "bytes"),
	FIELD(struct report, campaign_count),
};
const struct record_type report_record = RECORD_TYPE("Report", struct report, report_fields);

static char *usual_title(const struct report_request *request, const char *partner, struct arena *arena) {
	static const char *const titles[TEMPLATE_COUNT] = { "Campaign summary", "List performance", "Engagement analysis",
		                                                "Report" };
	const char *title = titles[request->template];
	return partner ? arena_print(arena, "%s for %s", title, partner) : arena_copy(arena, title);
}

bool report_of(struct store *store, const struct report_request *request, const char *by, struct arena *arena,
               struct report *report, struct error *err) {
	struct partner partner;
	bool found = false, wanted = !text_is_empty(request->partner);
	if (!report_check(request, err))
		return false;
	if (wanted && !partner_find(store, request->partner, arena, &partner, &found, err))
		return false;
	if (wanted && !found)
		return error_field(err, "partner", "there is no partner '%.60s'", request->partner);
	record_clear(&report_record, report);
	report->template = request->template;
	report->compare = request->compare;
	report->paper = request->paper;
	report->partner_id = found ? partner.id : NULL;
	report->partner = found ? partner.name : NULL;
	report->title = text_is_empty(request->title) ? usual_title(request, report->partner, arena) : request->title;
	report->list = text_is_empty(request->list) ? NULL : request->list;
	report->note = request->note;
	report->period = request->period;
	report->campaigns = request->campaigns;
	report->blocks = request->blocks;
	report->as_of = request->as_of;
	report->requested_by = by;
	report->requested_at = moment_now();
	report->attempts = 0;
	return true;
}

bool report_ask(struct store *store, struct report *report, struct arena *arena, const char **id, struct error *err) {
	bson_t document = BSON_INITIALIZER;
	*id = report->id = store_new_id(arena);
	report->state = REPORT_QUEUED;
	report->progress = "waiting";
	record_to_bson(&report_record, report, &document);
	bool fine = store_insert(store, "reports", &document, err);
	bson_destroy(&document);
	return fine;
}

static const char *bare_id(const char *id) {
	return text_starts(id, "report_") ? id + strlen("report_") : id;
}

static bool find_where(struct store *store, bson_t *filter, bson_t *options, struct arena *arena, struct report *report,
                       bool *found, struct error *err) {
	bool fine = store_find(store, "reports", filter, options, &report_record, arena, report, found, err);
	bson_destroy(filter);
	bson_destroy(options);
	return fine;
}

bool report_find(struct store *store, const char *id, struct arena *arena, struct report *report, bool *found,
                 struct error *err) {
	return find_where(store, store_filter_id(bare_id(id), NULL), bson_new(), arena, report, found, err);
}

bool report_find_by_digest(struct store *store, const char *sha256, struct arena *arena, struct report *report,
                           bool *found, struct error *err) {
	return find_where(store, BCON_NEW("sha256", BCON_UTF8(text_fold(arena, sha256)), "state", BCON_UTF8("ready")),
	                  bson_new(), arena, report, found, err);
}

/* { name: text }; without a text { name: null }, which finds those that have none. */
static void append_text(bson_t *filter, const char *name, const char *text) {
	if (text)
		BSON_APPEND_UTF8(filter, name, text);
	else
		BSON_APPEND_NULL(filter, name);
}

bool report_find_last(struct store *store, const struct report *report, struct arena *arena, struct report *last,
                      bool *found, struct error *err) {
	bson_t *filter = BCON_NEW("template", BCON_UTF8(choice_name(&report_templates, (int)report->template)), "state",
	                          BCON_UTF8("ready"), "requested_at", "{", "$lt", BCON_DATE_TIME(report->requested_at.ms),
	                          "}");
	append_text(filter, "partner_id", report->partner_id);
	append_text(filter, "list", report->list);
	return find_where(store, filter, BCON_NEW("sort", "{", "requested_at", BCON_INT32(-1), "}"), arena, last, found,
	                  err);
}

bool report_list(struct store *store, int limit, struct arena *arena, struct rows *reports, struct error *err) {
	bson_t all = BSON_INITIALIZER;
	bson_t *sort = BCON_NEW("requested_at", BCON_INT32(-1), "_id", BCON_INT32(-1));
	bool fine = store_list(store, "reports", &all, sort, limit, &report_record, arena, &reports->items, &reports->count,
	                       err);
	bson_destroy(sort);
	return fine;
}

bool report_drop(struct store *store, const char *id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct report report;
	bool found;
	int64_t deleted;
	if (!report_find(store, id, arena, &report, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no report %.60s", id);
	if (report.state == REPORT_RUNNING && report.lease_until.ms > moment_now().ms)
		return error_set(err, ERROR_CONFLICT, "this report is being made: delete it when it is ready");
	bson_t *filter = store_filter_id(report.id, NULL), *links = BCON_NEW("report_id", BCON_UTF8(report.id));
	bool fine = store_delete(store, "report_links", links, &deleted, err) && file_drop(store, report.file_id, err) &&
	            store_delete(store, "reports", filter, &deleted, err) && version_bump(store, VERSION_DATA, err);
	bson_destroy(filter);
	bson_destroy(links);
	return fine;
}
