/* Library, and the page of one report with its links; as pages and JSON. */
#include "reports/report_pages.h"

#include <string.h>

#include "core/base/choice.h"
#include "core/base/local.h"
#include "core/formats/json.h"
#include "core/formats/period.h"
#include "core/http/parts.h"
#include "core/store/version.h"
#include "reports/builder.h"
#include "reports/builder_pages.h"
#include "reports/compose.h"
#include "reports/drop.h"
#include "reports/file.h"
#include "reports/link.h"
#include "reports/partners/partner.h"

/* As elsewhere, the whole second or day that is named. */
static bool take_as_of(const struct exchange *x, struct report_request *request, struct error *err) {
	struct param named = { "as_of", value_get_text(x->json, "as_of") };
	return period_as_of(&(struct params){ &named, 1 }, x->now, &request->as_of, err);
}

static void put_document(struct value *view, const struct document *document, const struct report *report) {
	struct arena *arena = view->arena;
	value_put_text(view, "report", document->title);
	value_put_text(view, "partner", document->partner);
	value_put_text(view, "period", document->period);
	value_put_text(view, "compared", document->compared);
	value_put_text(view, "data_at", text_of_moment_zone(arena, report->data_at));
	value_put_int(view, "campaigns", report->campaign_count);
}

/* What a form asks for. */
static bool read_form(struct exchange *x, struct report_request *request, struct error *err) {
	struct builder builder;
	if (!builder_read(x->store, &x->form, x->now, x->arena, &x->problems, &builder, err))
		return false;
	*request = builder.request;
	return true;
}

static void put_row(const struct exchange *x, struct value *row, const struct report *report) {
	static const char *const labels[REPORT_STATE_COUNT] = { "Waiting", "In progress", "Ready", "Failed" };
	struct arena *arena = row->arena;
	value_put_text(row, "state_label", labels[report->state]);
	value_put_text(row, "by", text_of_author(arena, report->requested_by));
	value_put_text(row, "requested_near", text_of_moment_near(arena, report->requested_at, x->now));
	value_put_text(row, "period_text", report_period_text(&report->period, report->zone, arena));
	value_put_text(row, "requested", text_of_moment(arena, report->requested_at));
	value_put_text(row, "size",
	               report->bytes == COUNT_NONE ? NULL : arena_print(arena, "%.0f kB", (double)report->bytes / 1000));
	value_put_bool(row, "is_ready", report->state == REPORT_READY);
	value_put_bool(row, "is_active", report->state == REPORT_QUEUED || report->state == REPORT_RUNNING);
	value_put_bool(row, "is_failed", report->state == REPORT_FAILED);
	value_put_text(row, "template_text", report_template_labels[report->template]);
}

struct value *report_put_row(const struct exchange *x, struct value *rows, const struct report *report) {
	struct value *row = value_push(rows, record_to_value(&report_record, report, x->arena));
	put_row(x, row, report);
	return row;
}

struct value *report_put_link(const struct exchange *x, struct value *rows, const struct report_link *link) {
	static const char *const states[] = { "Active", "Expired", "Revoked", "Used up" };
	static const char *const keys[] = { "active", "ended", "revoked", "ended" };
	struct value *row = value_push(rows, record_to_value(&report_link_record, link, x->arena));
	enum link_verdict verdict = link_judge(link, x->now);
	value_put_text(row, "state_text", states[verdict]);
	value_put_text(row, "state_key", keys[verdict]);
	value_put_bool(row, "is_good", verdict == LINK_GOOD);
	value_put_text(row, "created", text_of_moment_near(x->arena, link->created_at, x->now));
	value_put_text(row, "by", text_of_author(x->arena, link->created_by));
	value_put_text(row, "ends", text_of_moment_near(x->arena, link->expires_at, x->now));
	value_put_text(row, "most",
	               link->max_downloads == COUNT_NONE
	                   ? NULL
	                   : arena_print(x->arena, "of %s", text_of_count(x->arena, link->max_downloads)));
	return row;
}

static bool show_library(struct exchange *x, struct error *err) {
	struct rows reports;
	if (!report_list(x->store, REPORTS_SHOWN, x->arena, &reports, err))
		return false;
	struct value *view = value_map(x->arena), *rows = value_put(view, "reports", value_list(x->arena));
	const struct report *items = reports.items;
	for (int i = 0; i < reports.count; i++)
		(void)report_put_row(x, rows, &items[i]);
	value_put_bool(view, "none", reports.count == 0);
	value_put_bool(view, "deleted", params_get(&x->query, "deleted") != NULL);
	return reply_page(x, "reports/reports", "Reports", "reports", view, err);
}

static bool need_report(struct exchange *x, struct report *report, struct error *err) {
	bool found;
	return report_find(x->store, x->values[0], x->arena, report, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no report %.60s", x->values[0]));
}

static bool put_links(struct exchange *x, struct value *view, const struct report *report, struct error *err) {
	struct rows links, downloads;
	if (!link_list(x->store, report->id, x->arena, &links, err) ||
	    !link_downloads(x->store, &links, x->arena, &downloads, err))
		return false;
	struct value *rows = value_put(view, "links", value_list(x->arena));
	const struct report_link *items = links.items;
	for (int i = 0; i < links.count; i++)
		(void)report_put_link(x, rows, &items[i]);
	struct value *log = value_put(view, "downloads", value_list(x->arena));
	const struct download *lines = downloads.items;
	for (int i = 0; i < downloads.count; i++) {
		struct value *line = value_push(log, value_map(x->arena));
		value_put_text(line, "when", text_of_moment(x->arena, lines[i].at));
		value_put_text(line, "remote", lines[i].remote);
		value_put_text(line, "agent", lines[i].agent);
	}
	value_put_bool(view, "has_links", links.count > 0);
	value_put_bool(view, "has_downloads", downloads.count > 0);
	return true;
}

/* An email with the link to the partner's contact person, to be sent by the user's own mail program (RFC 6068). */
static char *mail_address(struct arena *arena, const struct report *report, const char *to, const char *url) {
	const char *body = arena_print(arena, "%s\n%s\n\n%s\n", report->title,
	                               report_period_text(&report->period, report->zone, arena), url);
	const char *at = strchr(to, '@');
	const char *whom = at ? arena_print(arena, "%s@%s",
	                                    url_encoded(arena, arena_copy_bytes(arena, to, (size_t)(at - to))),
	                                    url_encoded(arena, at + 1))
	                      : "";
	return arena_print(arena, "mailto:%s?subject=%s&body=%s", whom, url_encoded(arena, report->title),
	                   url_encoded(arena, body));
}

/* `url` is that of a link just created, or NULL. */
static bool report_page(struct exchange *x, const struct report *report, const char *url, struct error *err) {
	struct value *view = value_map(x->arena);
	char since[MOMENT_TEXT];
	const char *to;
	struct value *row = value_put(view, "report", record_to_value(&report_record, report, x->arena));
	put_row(x, row, report);
	value_put_text(view, "new_link", url);
	value_put_bool(view, "revoked", params_get(&x->query, "revoked") != NULL);
	if (!partner_find_address(x->store, url ? report->partner_id : NULL, x->arena, &to, err))
		return false;
	value_put_text(view, "mail_link", url ? mail_address(x->arena, report, to, url) : NULL);
	part_field(x, view, "expires_at", exchange_typed(x, "expires_at", NULL));
	part_field(x, view, "max_downloads", exchange_typed(x, "max_downloads", NULL));
	part_field(x, view, "note", exchange_typed(x, "note", NULL));
	part_field(x, view, "password", NULL);
	value_put_text(row, "data_human", text_of_moment(x->arena, report->data_at));
	value_put_text(row, "since", url_encoded(x->arena, moment_format(report->data_at, since)));
	return put_links(x, view, report, err) && reply_page(x, "reports/report", report->title, "reports", view, err);
}

static const char *link_url(const struct exchange *x, const char *token) {
	return arena_print(x->arena, "%s/r/%s", x->settings->public_url, token);
}

/* A link to a report that has just been asked for, shown at once: it works as soon as the report is ready. The same id
 * for both, so that a repeated request makes one of each. */
static bool ask_with_link(struct exchange *x, const char *id, struct error *err) {
	struct link_request request;
	struct report report;
	struct report_link link;
	const char *token;
	bool found;
	record_clear(&link_request_record, &request);
	if (!report_find(x->store, id, x->arena, &report, &found, err))
		return false;
	request.note = report.partner;
	return link_create(x->store, &report, &request, id, x->identity.user, x->now, x->arena, &link, &token, err) &&
	       report_page(x, &report, link_url(x, token), err);
}

static bool ask(struct exchange *x, struct error *err) {
	struct report_request request = *(const struct report_request *)x->input;
	struct report report;
	const char *id;
	if (!(x->wants_json ? take_as_of(x, &request, err) : read_form(x, &request, err)))
		return false;
	request.organisation = x->settings->organisation;
	if (!report_of(x->store, &request, x->identity.user, x->now, x->arena, &report, err))
		return false;
	report.id = exchange_new_id(x);
	if (!report_ask(x->store, &report, x->arena, &id, err))
		return false;
	if (!text_is_empty(params_get(&x->form, "link")) || !text_is_empty(params_get(&x->query, "link")))
		return ask_with_link(x, id, err);
	struct value *answer = value_map(x->arena);
	value_put_text(answer, "id", id);
	value_put_text(answer, "state", "queued");
	value_put_text(answer, "watch", arena_print(x->arena, "/api/reports/%s", id));
	return reply_done(x, arena_print(x->arena, "/reports/%s", id), answer);
}

static bool show_report(struct exchange *x, struct error *err) {
	struct report report;
	return need_report(x, &report, err) && report_page(x, &report, NULL, err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct report report;
	struct rows links;
	int active = 0;
	if (!need_report(x, &report, err) || !link_list(x->store, report.id, x->arena, &links, err))
		return false;
	const struct report_link *items = links.items;
	for (int i = 0; i < links.count; i++)
		active += link_judge(&items[i], x->now) == LINK_GOOD;
	return reply_confirm(
		x,
		&(struct confirm){
			.question = arena_print(x->arena, "Delete the report “%s”?", report.title),
			.lines = { "Its PDF and CSV are deleted for good.",
	                   active ? arena_print(x->arena, "%s.",
	                                        text_of_counted(x->arena, active, "active link stops working",
	                                                        "active links stop working"))
	                          : NULL,
	                   "Copies that partners have downloaded stay with them, but can no longer be checked." },
			.button = links.count ? "Delete the report and its links" : "Delete report",
			.back = arena_print(x->arena, "/reports/%s", report.id),
			.place = report.title,
			.active = "reports",
		},
		err);
}

static bool drop(struct exchange *x, struct error *err) {
	return report_drop(x->store, x->values[0], err) && reply_deleted(x, "/reports?deleted=1");
}

/* A date such as "2026-12-31" in the form means the end of that local day. */
static struct link_request link_request_of(const struct exchange *x) {
	struct link_request request = *(const struct link_request *)x->input;
	if (!x->wants_json && moment_is_set(request.expires_at) && request.expires_at.ms % DAY_MS == 0)
		request.expires_at = moment_add(local_moment(moment_add(request.expires_at, DAY_MS)), -1);
	return request;
}

static bool reply_link(struct exchange *x, const struct report_link *link, const char *url) {
	struct value *answer = record_to_value(&report_link_record, link, x->arena);
	value_put_text(answer, "url", url);
	return reply_json(x, answer);
}

static bool make_link(struct exchange *x, struct error *err) {
	struct link_request request = link_request_of(x);
	struct report report;
	struct report_link link;
	const char *token;
	if (!need_report(x, &report, err))
		return false;
	if (report.state != REPORT_READY)
		return error_set(err, ERROR_CONFLICT, "This report is not ready yet");
	if (!link_create(x->store, &report, &request, exchange_new_id(x), x->identity.user, x->now, x->arena, &link, &token,
	                 err))
		return false;
	const char *url = link_url(x, token);
	return x->wants_json ? reply_link(x, &link, url) : report_page(x, &report, url, err);
}

static bool ask_revoke(struct exchange *x, struct error *err) {
	struct report report;
	struct rows links;
	const struct report_link *link = NULL;
	if (!need_report(x, &report, err) || !link_list(x->store, report.id, x->arena, &links, err))
		return false;
	const struct report_link *items = links.items;
	for (int i = 0; i < links.count; i++)
		if (text_same(items[i].id, x->values[1]))
			link = &items[i];
	if (!link)
		return error_set(err, ERROR_MISSING, "no link %.60s", x->values[1]);
	const char *note = text_is_empty(link->note) ? NULL : link->note;
	return reply_confirm(
		x,
		&(struct confirm){
			.question = note ? arena_print(x->arena, "Revoke the link for %s?", note) : "Revoke this link?",
			.lines = { arena_print(x->arena, "It opens “%s” and was created %s.", report.title,
	                               text_of_moment_near(x->arena, link->created_at, x->now)),
	                   "Whoever has it can no longer open the report, and it cannot be made to work again. "
	                   "You can create a new link." },
			.button = "Revoke link",
			.back = arena_print(x->arena, "/reports/%s", report.id),
			.place = report.title,
			.active = "reports",
		},
		err);
}

/* The link's id is the last value of the path. */
static bool revoke_link(struct exchange *x, struct error *err) {
	const char *id = x->values[x->wants_json ? 0 : 1];
	bool found;
	if (!link_revoke(x->store, id, x->now, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no link %.60s", id);
	struct value *answer = value_map(x->arena);
	value_put_bool(answer, "revoked", true);
	return reply_done(x, arena_print(x->arena, "/reports/%s?revoked=1", x->values[0]), answer);
}

static bool give_pdf(struct exchange *x, struct error *err) {
	struct report report;
	if (!need_report(x, &report, err) || !file_read(x->store, &report, FILE_PDF, &x->body, err))
		return false;
	x->type = "application/pdf";
	reply_header(x, "Content-Disposition",
	             arena_print(x->arena, "attachment; filename=\"%s\"", file_name(&report, FILE_PDF, x->arena)));
	return true;
}

static bool give_csv(struct exchange *x, struct error *err) {
	struct report report;
	return need_report(x, &report, err) && file_read(x->store, &report, FILE_CSV, &x->body, err) &&
	       reply_csv(x, file_name(&report, FILE_CSV, x->arena));
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows reports;
	int limit;
	return exchange_limit(x, 50, REPORTS_SHOWN, &limit, err) && report_list(x->store, limit, x->arena, &reports, err) &&
	       reply_rows(x, &report_record, reports);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct report report;
	return need_report(x, &report, err) && reply_record(x, &report_record, &report);
}

static bool preview_api(struct exchange *x, struct error *err) {
	struct report report;
	struct report_request request = *(const struct report_request *)x->input;
	struct document *document;
	if (!take_as_of(x, &request, err) || !report_preview(x, &request, &report, &document, err))
		return false;
	struct value *answer = value_map(x->arena);
	(void)value_put(answer, "parts", document_to_value(document, x->arena));
	put_document(answer, document, &report);
	return reply_json(x, answer);
}

static bool links_api(struct exchange *x, struct error *err) {
	struct report report;
	struct rows links;
	return need_report(x, &report, err) && link_list(x->store, report.id, x->arena, &links, err) &&
	       reply_rows(x, &report_link_record, links);
}

const struct route report_routes[] = {
	{ "GET", "/reports", GUARD_SIGNED_IN, show_library },
	{ "POST", "/reports", GUARD_SIGNED_IN, ask, .input = &report_request_record, .form = builder_page,
	  .creates = true },
	{ "GET", "/reports/:report_id", GUARD_SIGNED_IN, show_report },
	{ "GET", "/reports/:report_id/delete", GUARD_SIGNED_IN, ask_drop },
	{ "POST", "/reports/:report_id/delete", GUARD_SIGNED_IN, drop, .form = ask_drop },
	{ "POST", "/reports/:report_id/links", GUARD_SIGNED_IN, make_link, .input = &link_request_record,
	  .form = show_report, .creates = true },
	{ "GET", "/reports/:report_id/links/:link_id/revoke", GUARD_SIGNED_IN, ask_revoke },
	{ "POST", "/reports/:report_id/links/:link_id/revoke", GUARD_SIGNED_IN, revoke_link },
	{ "GET", "/reports/:report_id/pdf", GUARD_SIGNED_IN, give_pdf },
	{ "GET", "/reports/:report_id/csv", GUARD_SIGNED_IN, give_csv },
	{ "GET", "/api/reports", GUARD_SIGNED_IN, list_api, .summary = "Reports, newest first", .output = &report_record,
	  .list = true, .parameters = "limit" },
	{ "POST", "/api/reports", GUARD_SIGNED_IN, ask, .summary = "Request a report; it is created as a job",
	  .status = 202, .input = &report_request_record, .creates = true, .shape = "id:text state:text watch:text" },
	{ "POST", "/api/reports/preview", GUARD_SIGNED_IN, preview_api, .summary = "What a report would hold",
	  .input = &report_request_record,
	  .shape = "report:text partner:text period:text compared:text data_at:text campaigns:count parts[]:any" },
	{ "GET", "/api/reports/:report_id", GUARD_SIGNED_IN, show_api, .summary = "One report and its state",
	  .output = &report_record },
	{ "DELETE", "/api/reports/:report_id", GUARD_SIGNED_IN, drop, .summary = "Delete a report with its links",
	  .shape = "deleted:bool" },
	{ "GET", "/api/reports/:report_id/pdf", GUARD_SIGNED_IN, give_pdf },
	{ "GET", "/api/reports/:report_id/csv", GUARD_SIGNED_IN, give_csv },
	{ "GET", "/api/reports/:report_id/links", GUARD_SIGNED_IN, links_api, .summary = "The links of a report",
	  .output = &report_link_record, .list = true },
	{ "POST", "/api/reports/:report_id/links", GUARD_SIGNED_IN, make_link,
	  .summary = "Create a link; its address is shown only once", .status = 201, .input = &link_request_record,
	  .input_optional = true, .creates = true, .output = &report_link_record, .shape = "url:text" },
	{ "DELETE", "/api/report-links/:link_id", GUARD_SIGNED_IN, revoke_link, .summary = "Revoke a link",
	  .shape = "deleted:bool" },
	{ 0 },
};
