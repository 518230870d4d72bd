/* Public pages: links, and verification of copies. No session, no navigation. */
#include "reports/link_pages.h"

#include <ctype.h>
#include <string.h>

#include "core/base/local.h"
#include "core/formats/json.h"
#include "core/paper/document.h"
#include "reports/file.h"
#include "reports/link.h"
#include "reports/partners/partner.h"

static const struct {
	const char *title, *text;
} verdicts[] = {
	[LINK_GOOD] = { NULL, NULL },
	[LINK_EXPIRED] = { "This link has expired", "It was made to work for a limited time." },
	[LINK_REVOKED] = { "This link was revoked", "Whoever sent it has withdrawn it." },
	[LINK_EXHAUSTED] = { "This link is used up", "It was downloaded as often as it may be." },
};

static char *size_text(struct arena *arena, int64_t bytes) {
	return bytes < 1000 * 1000 ? arena_print(arena, "%lld\u00a0kB", (long long)(bytes + 999) / 1000)
	                           : arena_print(arena, "%.1f\u00a0MB", (double)bytes / 1e6);
}

static bool find_partner(struct exchange *x, const struct report *report, struct partner *partner, bool *found,
                         struct error *err) {
	*found = false;
	return !report->partner_id || partner_find(x->store, report->partner_id, x->arena, partner, found, err);
}

static bool put_partner(struct exchange *x, struct value *view, const struct report *report, struct error *err) {
	struct partner partner;
	bool found;
	if (!find_partner(x, report, &partner, &found, err))
		return false;
	value_put_text(view, "contact", found && !text_is_empty(partner.contact) ? partner.contact : NULL);
	value_put_bool(view, "has_logo", found && partner.logo.data);
	return true;
}

static void put_link(struct exchange *x, struct value *view, const struct report_link *link,
                     const struct report *report) {
	local_use(report->zone);
	value_put_text(view, "ends", text_of_moment_zone(x->arena, link->expires_at));
	value_put_text(view, "address", arena_print(x->arena, "/r/%s", x->values[0]));
}

static void put_report(struct exchange *x, struct value *view, const struct report_link *link,
                       const struct report *report) {
	put_link(x, view, link, report);
	value_put_text(view, "report", report->title);
	value_put_text(view, "partner", report->partner);
	value_put_text(view, "organisation", text_is_empty(report->organisation) ? NULL : report->organisation);
	value_put_text(view, "period", report_period_text(&report->period, report->zone, x->arena));
	value_put_text(view, "size", size_text(x->arena, report->bytes));
	value_put_int(view, "pages", report->pages);
	value_put_bool(view, "has_password", link->has_password);
}

/* Of a link with a password nothing is said before it was given: not for whom the report is, nor of what. */
static bool put_whose(struct exchange *x, struct value *view, const struct report_link *link,
                      const struct report *report, struct error *err) {
	put_link(x, view, link, report);
	value_put_text(view, "report", link->has_password ? NULL : report->title);
	if (!link->has_password)
		return put_partner(x, view, report, err);
	value_put_text(view, "contact", NULL);
	value_put_bool(view, "has_logo", false);
	return true;
}

/* A page that says why the link gives nothing, or that asks for its password. */
static bool reply_closed(struct exchange *x, const struct report_link *link, const struct report *report,
                         struct error *err) {
	struct value *view = value_map(x->arena);
	enum link_verdict verdict = link_judge(link, x->now);
	value_put_text(view, "waiting", NULL);
	value_put_text(view, "verdict", verdicts[verdict].title);
	value_put_text(view, "verdict_text", verdicts[verdict].text);
	if (verdict != LINK_GOOD)
		x->status = 410;
	return put_whose(x, view, link, report, err) && reply_page(x, "reports/report_link", "Report", NULL, view, err);
}

/* A page that says that the report is not there yet, or will not be. */
static bool reply_unready(struct exchange *x, const struct report_link *link, const struct report *report,
                          struct error *err) {
	struct value *view = value_map(x->arena);
	bool failed = report->state == REPORT_FAILED;
	value_put_text(view, "verdict", NULL);
	value_put_bool(view, "waits", !failed);
	value_put_text(view, "waiting", failed ? "This report could not be created" : "This report is being created");
	x->status = failed ? 410 : 200;
	return put_whose(x, view, link, report, err) && reply_page(x, "reports/report_link", "Report", NULL, view, err);
}

/* The document that was kept with the files; an older report has none, only its files. */
static bool put_document(struct exchange *x, struct value *view, const struct report *report, struct error *err) {
	BUF_AUTO page = { 0 };
	struct value *document;
	if (report->page_bytes == COUNT_NONE) {
		value_put_text(view, "document", NULL);
		return true;
	}
	if (!file_read(x->store, report, FILE_PAGE, &page, err) ||
	    !json_read(x->arena, buf_text(&page), page.size, &document, err))
		return false;
	document_view(document);
	(void)value_put(view, "document", document);
	return true;
}

/* Looking at the page is no download. */
static bool reply_open(struct exchange *x, const struct report_link *link, const struct report *report,
                       struct error *err) {
	struct value *view = value_map(x->arena);
	put_report(x, view, link, report);
	value_put_text(view, "ticket",
	               link->has_password ? link_ticket(link, x->settings->secret_key, x->now, x->arena) : NULL);
	return put_partner(x, view, report, err) && put_document(x, view, report, err) &&
	       reply_page(x, "reports/report_page", report->title, NULL, view, err);
}

static bool show_link(struct exchange *x, struct error *err) {
	struct report_link link;
	struct report report;
	if (!link_find(x->store, x->values[0], x->arena, &link, &report, err))
		return false;
	if (link_judge(&link, x->now) == LINK_GOOD && report.state != REPORT_READY)
		return reply_unready(x, &link, &report, err);
	return link_judge(&link, x->now) != LINK_GOOD || link.has_password ? reply_closed(x, &link, &report, err)
	                                                                   : reply_open(x, &link, &report, err);
}

static bool open_link(struct exchange *x, struct error *err) {
	struct report_link link;
	struct report report;
	const char *password = params_get(&x->form, "password");
	if (!link_find(x->store, x->values[0], x->arena, &link, &report, err))
		return false;
	if (link_judge(&link, x->now) != LINK_GOOD)
		return reply_closed(x, &link, &report, err);
	if (report.state != REPORT_READY)
		return reply_unready(x, &link, &report, err);
	return link_open(x->store, &link, password, x->remote, err) && reply_open(x, &link, &report, err);
}

/* By GET only if there is no password, so that none ever appears in a URL. */
static bool may_have(struct exchange *x, const struct report_link *link, struct error *err) {
	return link_takes_ticket(link, x->settings->secret_key, params_get(&x->form, "ticket"), x->now) ||
	       link_open(x->store, link, params_get(&x->form, "password"), x->remote, err);
}

static bool reply_file(struct exchange *x, const struct report *report, enum report_file file) {
	const char *name = file_name(report, file, x->arena);
	if (file == FILE_CSV)
		return reply_csv(x, name);
	x->type = "application/pdf";
	reply_header(x, "Content-Disposition", arena_print(x->arena, "attachment; filename=\"%s\"", name));
	return true;
}

static bool give_file(struct exchange *x, enum report_file file, struct error *err) {
	struct report_link link;
	struct report report;
	if (!link_find(x->store, x->values[0], x->arena, &link, &report, err))
		return false;
	if (link_judge(&link, x->now) == LINK_GOOD && report.state != REPORT_READY)
		return reply_unready(x, &link, &report, err);
	if (link_judge(&link, x->now) != LINK_GOOD || (link.has_password && !exchange_is_write(x)))
		return reply_closed(x, &link, &report, err);
	/* Reads the file first: a failed download does not count. */
	return may_have(x, &link, err) && file_read(x->store, &report, file, &x->body, err) &&
	       (exchange_is_head(x) || link_count(x->store, &link, x->remote, x->agent, x->now, err)) &&
	       reply_file(x, &report, file);
}

static bool give_pdf(struct exchange *x, struct error *err) {
	return give_file(x, FILE_PDF, err);
}

static bool give_csv(struct exchange *x, struct error *err) {
	return give_file(x, FILE_CSV, err);
}

/* The partner's own picture, for as long as the link works. */
static bool give_logo(struct exchange *x, struct error *err) {
	struct report_link link;
	struct report report;
	struct partner partner;
	bool found;
	if (!link_find(x->store, x->values[0], x->arena, &link, &report, err) ||
	    !find_partner(x, &report, &partner, &found, err))
		return false;
	if (!found || !partner.logo.data || link_judge(&link, x->now) != LINK_GOOD)
		return error_set(err, ERROR_MISSING, "There is no logo");
	buf_add(&x->body, partner.logo.data, partner.logo.size);
	x->type = "image/png";
	return true;
}

static bool is_digest(const char *text) {
	for (const char *c = text; *c; c++)
		if (!isxdigit((unsigned char)*c))
			return false;
	return strlen(text) == 64;
}

/* What is on a copy: the check code that is printed on it, or the SHA-256 of the file. */
static bool find_copy(struct exchange *x, const char *typed, struct report *report, bool *found, struct error *err) {
	const char *code = report_read_code(typed, x->arena);
	*found = false;
	if (is_digest(typed))
		return report_find_by_digest(x->store, typed, x->arena, report, found, err);
	if (code)
		return report_find_by_code(x->store, code, x->arena, report, found, err);
	return error_field(err, "sha256", "Enter the 20 characters from the last page, like 7KQ4-M0XA-…, or a SHA-256");
}

static void put_copy(struct exchange *x, struct value *view, const struct report *report) {
	local_use(report->zone);
	value_put_text(view, "report", report->title);
	value_put_text(view, "partner", report->partner);
	value_put_text(view, "organisation", text_is_empty(report->organisation) ? NULL : report->organisation);
	value_put_text(view, "period", report_period_text(&report->period, report->zone, x->arena));
	value_put_text(view, "made", text_of_moment_zone(x->arena, report->ended_at));
	value_put_text(view, "data_at", text_of_moment_zone(x->arena, report->data_at));
	value_put_int(view, "pages", report->pages);
}

static bool show_verify(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	const char *given = params_get(&x->query, "sha256");
	char *typed = text_trim(x->arena, given ? given : "");
	struct report report;
	struct error problem;
	bool found = false;
	if (*typed && !find_copy(x, typed, &report, &found, &problem)) {
		if (!exchange_show_problem(x, &problem, err))
			return false;
	} else {
		value_put_bool(view, "unknown", *typed && !found);
	}
	if (!value_get(view, "unknown"))
		value_put_bool(view, "unknown", false);
	value_put_text(view, "is_sha256", typed);
	value_put_bool(view, "by_code", found && !is_digest(typed));
	struct value *known = value_put(view, "known", found ? value_map(x->arena) : value_null(x->arena));
	if (found)
		put_copy(x, known, &report);
	return reply_page(x, "reports/verify", "Is this report genuine?", NULL, view, err);
}

const struct route link_routes[] = {
	{ "GET", "/r/:token", GUARD_LINK, show_link },
	{ "POST", "/r/:token", GUARD_LINK, open_link, .form = show_link },
	{ "GET", "/r/:token/pdf", GUARD_LINK, give_pdf },
	{ "POST", "/r/:token/pdf", GUARD_LINK, give_pdf, .form = show_link },
	{ "GET", "/r/:token/csv", GUARD_LINK, give_csv },
	{ "POST", "/r/:token/csv", GUARD_LINK, give_csv, .form = show_link },
	{ "GET", "/r/:token/logo", GUARD_LINK, give_logo },
	{ "GET", "/verify", GUARD_PUBLIC, show_verify },
	{ 0 },
};
