/* Reports: storage. */
#include "reports/report.h"

#include <ctype.h>
#include <string.h>

#include "audience/lists/list.h"
#include "campaigns/campaign.h"
#include "core/base/secret.h"
#include "core/jobs/queue.h"
#include "reports/partners/partner.h"

static const char *const state_names[] = {
	[REPORT_QUEUED] = "queued", [REPORT_RUNNING] = "running", [REPORT_READY] = "ready", [REPORT_FAILED] = "failed"
};
_Static_assert(sizeof state_names / sizeof *state_names == REPORT_STATE_COUNT, "a name a state");
const struct choices report_states = CHOICES(state_names);

static const char REPORTS[] = "reports";

static const struct field report_fields[] = {
	FIELD(struct report, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct report, state, .choices = &report_states),
	FIELD(struct report, template, .choices = &report_templates),
	FIELD(struct report, title),
	FIELD(struct report, partner_id, .flags = FIELD_ID),
	FIELD(struct report, partner),
	FIELD_RECORD(struct report, period, report_period_record),
	FIELD(struct report, period_name, .doc = "As in addresses, such as lastmonth; says what it is compared with"),
	FIELD(struct report, zone, .doc = "Time zone of the period's days; UTC if absent"),
	FIELD(struct report, organisation, .doc = "Who prepared it, as the cover says"),
	FIELD(struct report, compare, .choices = &report_compares),
	FIELD(struct report, list, .flags = FIELD_ID),
	FIELD(struct report, campaigns, .flags = FIELD_ID),
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
	FIELD(struct report, file_id, .flags = FIELD_ID | FIELD_PRIVATE),
	FIELD(struct report, schedule_id, .flags = FIELD_ID),
	FIELD(struct report, sha256, .doc = "Of the PDF"),
	FIELD(struct report, check_code, .doc = "As printed on its last page"),
	FIELD(struct report, data_at, .doc = "Of the figures"),
	FIELD(struct report, attempts),
	FIELD(struct report, pages),
	FIELD(struct report, bytes, .unit = "bytes"),
	FIELD(struct report, csv_bytes, .unit = "bytes"),
	FIELD(struct report, page_bytes, .flags = FIELD_PRIVATE),
	FIELD(struct report, campaign_count),
};
const struct record_type report_record = RECORD_TYPE("Report", struct report, report_fields);

/* "ACME Energy, October 2026" */
static char *usual_title(const struct report_request *request, const char *partner, struct arena *arena) {
	static const char *const titles[TEMPLATE_COUNT] = { "Campaign summary", "List performance", "Engagement",
		                                                "Report" };
	return arena_print(arena, "%s, %s", partner ? partner : titles[request->template],
	                   report_span(&request->period, request->zone, arena));
}

static bool resolve_campaigns(struct store *store, const struct strings *asked, struct arena *arena,
                              struct strings *ids, struct error *err) {
	*ids = (struct strings){ arena_array(arena, const char *, asked->count + 1), 0 };
	for (int i = 0; i < asked->count; i++) {
		struct campaign campaign;
		bool found;
		if (!campaign_find(store, asked->items[i], arena, &campaign, &found, err))
			return false;
		if (!found || !campaign_counts(&campaign))
			return error_field(err, "campaigns", "There is no campaign “%.60s”", asked->items[i]);
		ids->items[ids->count++] = campaign.id;
	}
	return true;
}

bool report_of(struct store *store, const struct report_request *request, const char *by, struct moment now,
               struct arena *arena, struct report *report, struct error *err) {
	struct partner partner;
	bool found = false, wanted = !text_is_empty(request->partner);
	if (!report_check(request, now, err))
		return false;
	if (wanted && !partner_find(store, request->partner, arena, &partner, &found, err))
		return false;
	if (wanted && !found)
		return error_field(err, "partner", "There is no partner “%.60s”", request->partner);
	record_clear(&report_record, report);
	report->template = request->template;
	report->compare = request->compare;
	report->paper = request->paper;
	report->partner_id = found ? partner.id : NULL;
	report->partner = found ? partner.name : NULL;
	report->title = text_is_empty(request->title) ? usual_title(request, report->partner, arena) : request->title;
	report->note = request->note;
	report->period = request->period;
	report->period_name = request->period_name;
	report->zone = request->zone;
	report->organisation = request->organisation;
	report->blocks = request->blocks;
	report->as_of = request->as_of;
	report->requested_by = by;
	report->requested_at = now;
	report->attempts = 0;
	return list_of_request(store, request->list, "list", arena, &report->list, err) &&
	       resolve_campaigns(store, &request->campaigns, arena, &report->campaigns, err);
}

const char *report_job_key(const char *id, struct arena *arena) {
	return arena_print(arena, REPORT_JOB ":%s", id);
}

bool report_ask_job(struct store *store, const char *id, struct arena *arena, struct error *err) {
	const struct job_request request = { .kind = REPORT_JOB, .key = report_job_key(id, arena), .subject = id };
	const char *job_id;
	bool already;
	return queue_ask(store, &request, arena, &job_id, &already, err);
}

bool report_ask(struct store *store, struct report *report, struct arena *arena, const char **id, struct error *err) {
	bool was_there;
	if (!report->id)
		report->id = store_new_id(arena);
	*id = report->id;
	report->state = REPORT_QUEUED;
	report->progress = "waiting";
	return store_insert_once(store, REPORTS, &report_record, report, &was_there, err) &&
	       report_ask_job(store, report->id, arena, err);
}

bool report_find(struct store *store, const char *id, struct arena *arena, struct report *report, bool *found,
                 struct error *err) {
	return store_find(store, REPORTS, FILTER(by_id(text_after(id, "report_"))), NULL, &report_record, arena, report,
	                  found, err);
}

bool report_find_by_digest(struct store *store, const char *sha256, struct arena *arena, struct report *report,
                           bool *found, struct error *err) {
	return store_find(store, REPORTS,
	                  FILTER(eq_text("sha256", text_fold(arena, sha256)),
	                         eq_choice("state", &report_states, REPORT_READY)),
	                  NULL, &report_record, arena, report, found, err);
}

/* Crockford's base 32, which has no I, L, O and U. */
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
enum { CODE_DIGITS = 20, CODE_GROUP = 4 };

char *report_new_code(struct arena *arena) {
	unsigned char random[CODE_DIGITS];
	char *code = arena_alloc(arena, CODE_DIGITS + CODE_DIGITS / CODE_GROUP);
	int size = 0;
	secret_random_bytes(random, sizeof random);
	for (int i = 0; i < CODE_DIGITS; i++) {
		if (i && i % CODE_GROUP == 0)
			code[size++] = '-';
		code[size++] = digits[random[i] % 32];
	}
	code[size] = '\0';
	return code;
}

char *report_read_code(const char *typed, struct arena *arena) {
	char *code = arena_alloc(arena, CODE_DIGITS + CODE_DIGITS / CODE_GROUP);
	int count = 0, size = 0;
	for (; *typed; typed++) {
		char c = (char)toupper((unsigned char)*typed);
		c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
		if (c == '-' || c == ' ')
			continue;
		if (!strchr(digits, c) || count == CODE_DIGITS)
			return NULL;
		if (count && count % CODE_GROUP == 0)
			code[size++] = '-';
		code[size++] = c;
		count++;
	}
	code[size] = '\0';
	return count == CODE_DIGITS ? code : NULL;
}

bool report_find_by_code(struct store *store, const char *code, struct arena *arena, struct report *report, bool *found,
                         struct error *err) {
	return store_find(store, REPORTS,
	                  FILTER(eq_text("check_code", code), eq_choice("state", &report_states, REPORT_READY)), NULL,
	                  &report_record, arena, report, found, err);
}

bool report_find_last(struct store *store, const struct report *report, struct arena *arena, struct report *last,
                      bool *found, struct error *err) {
	return store_find(store, REPORTS,
	                  FILTER(eq_choice("template", &report_templates, report->template),
	                         eq_choice("state", &report_states, REPORT_READY),
	                         lt_moment("requested_at", report->requested_at),
	                         report->partner_id ? eq_id("partner_id", report->partner_id) : is_absent("partner_id"),
	                         report->list ? eq_id("list", report->list) : is_absent("list")),
	                  SORT(desc("requested_at"), desc("_id")), &report_record, arena, last, found, err);
}

bool report_list(struct store *store, int limit, struct arena *arena, struct rows *reports, struct error *err) {
	return store_list(store, REPORTS, &everything, SORT(desc("requested_at"), desc("_id")), limit, &report_record,
	                  arena, &reports->items, &reports->count, err);
}

bool report_list_for(struct store *store, const char *partner_id, int limit, struct arena *arena, struct rows *reports,
                     struct error *err) {
	return store_list(store, REPORTS, FILTER(eq_id("partner_id", partner_id)), SORT(desc("requested_at"), desc("_id")),
	                  limit, &report_record, arena, &reports->items, &reports->count, err);
}
