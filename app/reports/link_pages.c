/* Public pages: links, and verification of copies. No session, no navigation. */
#include "reports/link_pages.h"

#include <ctype.h>
#include <string.h>

#include "core/base/choice.h"
#include "reports/file.h"
#include "reports/link.h"
#include "reports/partners/partner.h"

static const char *const verdict_words[] = {
	[LINK_GOOD] = NULL,
	[LINK_EXPIRED] = "This link has expired.",
	[LINK_REVOKED] = "This link was revoked.",
	[LINK_EXHAUSTED] = "This link has been used up.",
};

static char *size_text(struct arena *arena, int64_t bytes) {
	return bytes < 1000 * 1000 ? arena_print(arena, "%lld kB", (long long)(bytes + 999) / 1000)
	                           : arena_print(arena, "%.1f MB", (double)bytes / 1e6);
}

static bool put_contact(struct exchange *x, struct value *view, const struct report *report, struct error *err) {
	struct partner partner;
	bool found = false;
	if (report->partner_id && !partner_find(x->store, report->partner_id, x->arena, &partner, &found, err))
		return false;
	value_put_text(view, "contact", found ? partner.contact : NULL);
	return true;
}

/* Shows only title, partner, period and size. */
static bool reply_link(struct exchange *x, const struct report_link *link, const struct report *report,
                       struct error *err) {
	struct value *view = value_map(x->arena);
	enum link_verdict verdict = link_judge(link, x->now);
	value_put_text(view, "verdict", verdict_words[verdict]);
	if (verdict != LINK_GOOD)
		x->status = 410;
	value_put_text(view, "report", verdict == LINK_GOOD ? report->title : NULL);
	if (verdict == LINK_GOOD) {
		value_put_text(view, "partner", report->partner);
		value_put_text(view, "period", report_period_text(&report->period, report->zone, x->arena));
		value_put_text(view, "made", text_of_moment(x->arena, report->ended_at));
		value_put_text(view, "size", size_text(x->arena, report->bytes));
		value_put_int(view, "pages", report->pages);
		value_put_text(view, "ends", text_of_moment(x->arena, link->expires_at));
		value_put_text(view, "address", arena_print(x->arena, "/r/%s/pdf", x->values[0]));
		value_put_bool(view, "has_password", link->has_password);
	}
	return put_contact(x, view, report, err) && reply_page(x, "reports/report_link", "Report", NULL, view, err);
}

static bool show_link(struct exchange *x, struct error *err) {
	struct report_link link;
	struct report report;
	return link_find(x->store, x->values[0], x->arena, &link, &report, err) && reply_link(x, &link, &report, err);
}

/* By GET only if there is no password, so that none ever appears in a URL. */
static bool give_file(struct exchange *x, const char *password, struct error *err) {
	struct report_link link;
	struct report report;
	if (!link_find(x->store, x->values[0], x->arena, &link, &report, err))
		return false;
	if (link_judge(&link, x->now) != LINK_GOOD || (link.has_password && !password))
		return reply_link(x, &link, &report, err);
	/* Reads the file first: a failed download does not count. */
	if (!link_open(x->store, &link, password, x->remote, err) ||
	    !file_read(x->store, &report, FILE_PDF, &x->body, err) ||
	    (!exchange_is_head(x) && !link_count(x->store, &link, x->remote, x->agent, x->now, err)))
		return false;
	x->type = "application/pdf";
	reply_header(x, "Content-Disposition",
	             arena_print(x->arena, "attachment; filename=\"%s\"", file_name(&report, FILE_PDF, x->arena)));
	return true;
}

static bool get_file(struct exchange *x, struct error *err) {
	return give_file(x, NULL, err);
}

static bool post_file(struct exchange *x, struct error *err) {
	const char *password = params_get(&x->form, "password");
	return give_file(x, password ? password : "", err);
}

static bool is_digest(const char *text) {
	for (const char *c = text; *c; c++)
		if (!isxdigit((unsigned char)*c))
			return false;
	return strlen(text) == 64;
}

static bool show_verify(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	const char *given = params_get(&x->query, "sha256");
	char *digest = text_trim(x->arena, given ? given : "");
	struct report report;
	bool found = false;
	value_put_text(view, "is_sha256", digest);
	if (*digest && !is_digest(digest)) {
		x->status = 400;
		value_put_text(view, "problem", "A SHA-256 has 64 digits from 0 to 9 and a to f");
	} else if (*digest) {
		if (!report_find_by_digest(x->store, digest, x->arena, &report, &found, err))
			return false;
	}
	value_put_bool(view, "unknown", is_digest(digest) && !found);
	struct value *known = value_put(view, "known", found ? value_map(x->arena) : value_null(x->arena));
	if (found) {
		value_put_text(known, "report", report.title);
		value_put_text(known, "partner", report.partner);
		value_put_text(known, "period", report_period_text(&report.period, report.zone, x->arena));
		value_put_text(known, "made", text_of_moment(x->arena, report.ended_at));
		value_put_text(known, "data_at", text_of_moment(x->arena, report.data_at));
		value_put_int(known, "pages", report.pages);
	}
	return reply_page(x, "reports/verify", "Is this report genuine?", NULL, view, err);
}

const struct route link_routes[] = {
	{ "GET", "/r/:token", GUARD_LINK, show_link },
	{ "GET", "/r/:token/pdf", GUARD_LINK, get_file },
	{ "POST", "/r/:token/pdf", GUARD_LINK, post_file, .form = show_link },
	{ "GET", "/verify", GUARD_PUBLIC, show_verify },
	{ 0 },
};
