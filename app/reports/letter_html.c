/* The same email as HTML: narrow, readable without pictures, light and dark. What must look right in every mail program
 * is said at the element, what the dark changes in the style sheet. */
#include "core/formats/url.h"
#include "reports/letter.h"

static const char HEAD[] = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
						   "<meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" "
						   "content=\"light dark\">\n"
						   "<style>\n@media (prefers-color-scheme: dark) {\n.page { background: #0f1720 !important; }\n"
						   ".card { background: #18222e !important; border-color: #2a3643 !important; }\n"
						   ".text { color: #e6edf3 !important; }\n.muted, .muted a { color: #9fb0c0 !important; }\n"
						   ".button { background: #7cb3ff !important; color: #0f1720 !important; }\n"
						   ".line { border-color: #2a3643 !important; }\n}\n</style>\n";

static const char FONT[] = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Arial,sans-serif";

static const char *safe(struct arena *arena, const char *text) {
	BUF_AUTO out = { 0 };
	html_escape(&out, text ? text : "");
	return arena_copy(arena, buf_text(&out));
}

static void add_paragraph(struct buf *out, const char *class, const char *size, const char *html) {
	buf_print(out, "<p class=\"%s\" style=\"margin:0 0 16px;%s;font-size:%s;color:%s\">%s</p>\n", class, FONT, size,
	          text_same(class, "muted") ? "#57606a" : "#1a2330", html);
}

static void add_figure(struct buf *out, const char *label, const char *value) {
	buf_print(out,
	          "<td style=\"padding:0 32px 0 0\"><span class=\"muted\" style=\"%s;font-size:14px;line-height:20px;"
	          "color:#57606a\">%s</span><br><span class=\"text\" style=\"%s;font-size:28px;line-height:36px;"
	          "font-weight:600;color:#1a2330\">%s</span></td>\n",
	          FONT, label, FONT, value);
}

static void add_figures(struct buf *out, const struct letter *letter, struct arena *arena) {
	if (letter->campaigns < 0)
		return;
	buf_text_add(out,
	             "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:0 0 24px\"><tr>\n");
	add_figure(out, letter->campaigns == 1 ? "Campaign" : "Campaigns", text_of_count(arena, letter->campaigns));
	if (letter->click_rate)
		add_figure(out, "Click rate", safe(arena, letter->click_rate));
	buf_text_add(out, "</tr></table>\n");
}

static void add_report(struct buf *out, const struct letter *letter, struct arena *arena) {
	if (!letter->url) {
		add_paragraph(out, "text", "16px;line-height:24px", "The report is attached as a PDF.");
		return;
	}
	buf_print(out,
	          "<p style=\"margin:0 0 8px\"><a class=\"button\" href=\"%s\" style=\"display:inline-block;padding:12px "
	          "20px;"
	          "border-radius:6px;background:#0b57b5;color:#ffffff;%s;font-size:16px;line-height:24px;font-weight:600;"
	          "text-decoration:none\">Open the report</a></p>\n",
	          safe(arena, letter->url), FONT);
	add_paragraph(out, "muted", "14px;line-height:20px", "As a web page and as a PDF. The link works for 30 days.");
}

static void add_foot(struct buf *out, const struct letter *letter, struct arena *arena) {
	buf_text_add(out, "<div class=\"line\" style=\"margin:8px 0 16px;border-top:1px solid #dfe4ea\"></div>\n");
	add_paragraph(out, "muted", "14px;line-height:20px",
	              arena_print(arena,
	                          "Figures as of %s.<br>Sent automatically by the schedule “%s”. Reply to this email if "
	                          "anything is unclear.",
	                          safe(arena, text_of_moment_zone(arena, letter->data_at)), safe(arena, letter->schedule)));
	add_paragraph(out, "muted", "12px;line-height:18px;overflow-wrap:anywhere",
	              arena_print(arena,
	                          "<a href=\"%s\" style=\"color:#57606a\">Check that a PDF is genuine</a>. Its check code "
	                          "(SHA-256): %s",
	                          safe(arena, letter->verify), safe(arena, letter->sha256)));
}

static const char *heading(const struct letter *letter, struct arena *arena) {
	return text_is_empty(letter->title)
	           ? arena_print(arena, "Your report for %s", letter_period(&letter->period, letter->zone, arena))
	           : letter->title;
}

char *letter_html(const struct letter *letter, struct arena *arena) {
	BUF_AUTO out = { 0 };
	buf_print(
		&out,
		"%s<title>%s</title>\n</head>\n<body class=\"page\" style=\"margin:0;background:#f6f8fa\">\n"
		"<div style=\"display:none;max-height:0;overflow:hidden\">%s</div>\n<table role=\"presentation\" "
		"class=\"page\" "
		"width=\"100%%\" cellpadding=\"0\" cellspacing=\"0\" style=\"background:#f6f8fa\"><tr><td align=\"center\" "
		"style=\"padding:24px 12px\">\n<table role=\"presentation\" class=\"card\" width=\"100%%\" cellpadding=\"0\" "
		"cellspacing=\"0\" style=\"max-width:560px;background:#ffffff;border:1px solid #dfe4ea;border-radius:8px\">"
		"<tr><td align=\"left\" style=\"padding:24px\">\n",
		HEAD, safe(arena, letter_subject(letter, arena)), safe(arena, letter_first_line(letter, arena)));
	if (letter->is_test)
		add_paragraph(&out, "muted", "14px;line-height:20px", "This is a test: it was sent to you only.");
	if (letter->partner)
		add_paragraph(&out, "muted", "14px;line-height:20px", safe(arena, letter->partner));
	buf_print(&out,
	          "<h1 class=\"text\" style=\"margin:0 0 4px;%s;font-size:20px;line-height:28px;color:#1a2330\">%s"
	          "</h1>\n",
	          FONT, safe(arena, heading(letter, arena)));
	add_paragraph(&out, "muted", "14px;line-height:20px",
	              arena_print(arena, "%s%s", letter->partner ? "" : "All campaigns, ",
	                          safe(arena, report_period_text(&letter->period, letter->zone, arena))));
	add_figures(&out, letter, arena);
	add_report(&out, letter, arena);
	add_foot(&out, letter, arena);
	buf_text_add(&out, "</td></tr></table>\n</td></tr></table>\n</body>\n</html>\n");
	return arena_copy(arena, buf_text(&out));
}
