/* Reports: requests, storage, files. */
#include "reports/report.h"

#include <ctype.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/http/exchange.h"
#include "core/paper/pdf.h"
#include "reports/compose.h"

enum { CHUNK = 255 * 1024, CHUNKS_MAX = 400, LEASE_MS = 60 * SECOND_MS, NAME_TEXT = 40 };

static const char *const template_names[] = {
	[TEMPLATE_CAMPAIGNS] = "campaign_summary",
	[TEMPLATE_LISTS] = "list_performance",
	[TEMPLATE_ENGAGEMENT] = "engagement_analysis",
	[TEMPLATE_CUSTOM] = "custom",
};
_Static_assert(sizeof template_names / sizeof *template_names == TEMPLATE_COUNT, "a name a template");
const struct choices report_templates = CHOICES(template_names);

static const char *const state_names[] = {
	[REPORT_QUEUED] = "queued", [REPORT_RUNNING] = "running", [REPORT_READY] = "ready", [REPORT_FAILED] = "failed"
};
_Static_assert(sizeof state_names / sizeof *state_names == REPORT_STATE_COUNT, "a name a state");
const struct choices report_states = CHOICES(state_names);

static const char *const compare_names[] = {
	[REPORT_PREVIOUS] = "prev", [REPORT_YEAR] = "year", [REPORT_ALONE] = "none"
};
const struct choices report_compares = CHOICES(compare_names);

static const struct field period_fields[] = {
	FIELD(struct report_period, from, .doc = "Campaigns sent from then on"),
	FIELD(struct report_period, to, .doc = "and before then"),
};
static const struct record_type period_record = RECORD_TYPE("ReportPeriod", struct report_period, period_fields);

static const struct field request_fields[] = {
	FIELD(struct report_request, template, .choices = &report_templates),
	FIELD(struct report_request, title, .max = 200),
	FIELD(struct report_request, partner, .max = 100, .doc = "A partner's id or name"),
	FIELD_RECORD(struct report_request, period, period_record),
	FIELD(struct report_request, compare, .choices = &report_compares),
	FIELD(struct report_request, list, .max = 60, .doc = "Id of a list at the provider"),
	FIELD(struct report_request, campaigns, .max = 500),
	FIELD(struct report_request, blocks, .max = 30, .doc = "For the custom template, in this order"),
	FIELD(struct report_request, paper, .choices = &paper_names),
	FIELD(struct report_request, note, .max = 2000),
	FIELD(struct report_request, as_of, .doc = "Figures as they were known then"),
};
const struct record_type report_request_record = RECORD_TYPE("ReportRequest", struct report_request, request_fields);

static const struct field report_fields[] = {
	FIELD(struct report, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct report, state, .choices = &report_states),
	FIELD(struct report, template, .choices = &report_templates),
	FIELD(struct report, title),
	FIELD(struct report, partner_id),
	FIELD(struct report, partner),
	FIELD_RECORD(struct report, period, period_record),
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

const char *const report_template_labels[TEMPLATE_COUNT] = { "Campaign summary", "List performance",
	                                                         "Engagement analysis", "Custom: blocks of your choice" };
const char *const report_compare_labels[REPORT_COMPARE_COUNT] = { "the period before", "a year before", "nothing" };
const char *const paper_labels[PAPER_COUNT] = { "A4", "Letter" };

void report_put_options(struct value *view, const char *name, const struct choices *choices, const char *const *labels,
                        int chosen) {
	struct value *list = value_put(view, name, value_list(view->arena));
	for (int i = 0; i < choices->count; i++)
		put_choice(list, choices->names[i], labels[i], i == chosen);
}

struct chunk {
	const char *file_id;
	int64_t n;
	struct bytes data;
};
static const struct field chunk_fields[] = {
	FIELD(struct chunk, file_id),
	FIELD(struct chunk, n),
	FIELD(struct chunk, data, .flags = FIELD_PRIVATE),
};
static const struct record_type chunk_record = RECORD_TYPE("ReportChunk", struct chunk, chunk_fields);

void report_move_block(struct strings *blocks, const char *move) {
	const char *key = move ? strchr(move, ':') : NULL;
	int step = key && text_starts(move, "up:") ? -1 : key && text_starts(move, "down:") ? 1 : 0;
	for (int i = 0; step && i < blocks->count; i++) {
		if (strcmp(blocks->items[i], key + 1) != 0)
			continue;
		int other = i + step;
		if (other < 0 || other >= blocks->count)
			return;
		const char *kept = blocks->items[i];
		blocks->items[i] = blocks->items[other];
		blocks->items[other] = kept;
		return;
	}
}

static bool is_block(const char *key) {
	for (const struct report_block *block = report_blocks; block->key; block++)
		if (strcmp(block->key, key) == 0)
			return true;
	return false;
}

bool report_check(const struct report_request *request, struct error *err) {
	const struct report_period *period = &request->period;
	if (moment_is_set(period->from) != moment_is_set(period->to))
		return error_field(err, "period", "the period needs both from and to");
	if (moment_is_set(period->from) && period->from.ms >= period->to.ms)
		return error_field(err, "period", "the period ends before it begins");
	if (moment_is_set(request->as_of) && request->as_of.ms > moment_now().ms)
		return error_field(err, "as_of", "as_of lies in the future");
	for (int i = 0; i < request->blocks.count; i++)
		if (!is_block(request->blocks.items[i]))
			return error_field(err, "blocks", "there is no block '%.40s'", request->blocks.items[i]);
	if (request->template == TEMPLATE_CUSTOM && request->blocks.count == 0)
		return error_field(err, "blocks", "choose at least one block for a custom report");
	return true;
}

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

bool report_find_last(struct store *store, const struct report *report, struct arena *arena, struct report *last,
                      bool *found, struct error *err) {
	bson_t *filter = BCON_NEW("template", BCON_UTF8(choice_name(&report_templates, (int)report->template)), "state",
	                          BCON_UTF8("ready"), "requested_at", "{", "$lt", BCON_DATE_TIME(report->requested_at.ms),
	                          "}");
	if (report->partner_id)
		BSON_APPEND_UTF8(filter, "partner_id", report->partner_id);
	else
		BSON_APPEND_NULL(filter, "partner_id");
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

static bool drop_file(struct store *store, const char *file_id, struct error *err) {
	int64_t deleted;
	bson_t *filter = BCON_NEW("file_id", BCON_UTF8(file_id));
	bool fine = store_delete(store, "report_files", filter, &deleted, err);
	bson_destroy(filter);
	return fine;
}

static char *file_key(const char *file_id, enum report_file file, struct arena *arena) {
	return arena_print(arena, "%s.%s", file_id, file == FILE_PDF ? "pdf" : "csv");
}

static bool drop_files(struct store *store, const char *file_id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	return !file_id || (drop_file(store, file_key(file_id, FILE_PDF, arena), err) &&
	                    drop_file(store, file_key(file_id, FILE_CSV, arena), err));
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
	bool fine = store_delete(store, "report_links", links, &deleted, err) && drop_files(store, report.file_id, err) &&
	            store_delete(store, "reports", filter, &deleted, err) && version_bump(store, VERSION_DATA, err);
	bson_destroy(filter);
	bson_destroy(links);
	return fine;
}

static bool save_file(struct store *store, const char *key, const struct buf *bytes, struct error *err) {
	struct bulk *bulk = bulk_open(store, "report_files");
	for (size_t at = 0, n = 0; at < bytes->size; at += CHUNK, n++) {
		size_t size = bytes->size - at < CHUNK ? bytes->size - at : CHUNK;
		struct chunk chunk = { key, (int64_t)n, { bytes->bytes + at, size } };
		bson_t document = BSON_INITIALIZER;
		record_to_bson(&chunk_record, &chunk, &document);
		bulk_insert(bulk, &document);
		bson_destroy(&document);
	}
	return bulk_run(bulk, NULL, err);
}

bool report_read_file(struct store *store, const struct report *report, enum report_file file, struct buf *out,
                      struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct chunk *chunks;
	int count;
	char digest[SECRET_HEX];
	if (report->state != REPORT_READY || !report->file_id)
		return error_set(err, ERROR_CONFLICT, "this report is not ready yet");
	bson_t *filter = BCON_NEW("file_id", BCON_UTF8(file_key(report->file_id, file, arena)));
	bson_t *sort = BCON_NEW("n", BCON_INT32(1));
	bool fine = store_list(store, "report_files", filter, sort, CHUNKS_MAX, &chunk_record, arena, (void **)&chunks,
	                       &count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	for (int i = 0; fine && i < count; i++)
		buf_add(out, chunks[i].data.data ? chunks[i].data.data : "", chunks[i].data.size);
	if (!fine)
		return false;
	if ((int64_t)out->size != (file == FILE_PDF ? report->bytes : report->csv_bytes))
		return error_set(err, ERROR_FAULT, "the file of report %s is lost or cut: %zu bytes are there", report->id,
		                 out->size);
	if (file != FILE_PDF)
		return true;
	secret_digest_bytes(buf_text(out), out->size, digest);
	return text_same(digest, report->sha256) ||
	       error_set(err, ERROR_FAULT, "the file of report %s is not the one that was made", report->id);
}

char *report_file_name(const struct report *report, enum report_file file, struct arena *arena) {
	char day[MOMENT_TEXT];
	const char *from = text_is_empty(report->partner) ? choice_name(&report_templates, (int)report->template)
	                                                  : report->partner;
	char name[NAME_TEXT + 1];
	int size = 0;
	for (; *from && size < NAME_TEXT; from++) {
		if (isascii((unsigned char)*from) && isalnum((unsigned char)*from))
			name[size++] = (char)tolower((unsigned char)*from);
		else if (size && name[size - 1] != '-')
			name[size++] = '-';
	}
	name[size] = '\0';
	(void)moment_format_day(moment_is_set(report->period.from) ? report->period.from : report->requested_at, day);
	return arena_print(arena, "%s%s%.7s.%s", size ? name : "report", size && name[size - 1] == '-' ? "" : "-", day,
	                   file == FILE_PDF ? "pdf" : "csv");
}

char *report_period_text(const struct report_period *period, struct arena *arena) {
	if (!moment_is_set(period->from))
		return arena_copy(arena, "all of time");
	return arena_print(arena, "%s – %s (UTC)", text_of_day(arena, period->from),
	                   text_of_day(arena, moment_add(period->to, -1)));
}

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
	    !save_file(store, file_key(file_id, FILE_PDF, arena), &pdf, err) ||
	    !save_file(store, file_key(file_id, FILE_CSV, arena), &csv, err))
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
	return find_where(store, filter, BCON_NEW("sort", "{", "requested_at", BCON_INT32(1), "}"), arena, report, found,
	                  err);
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
