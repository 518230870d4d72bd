/* Adding to sources what every email must have. */
#include "content/complete.h"

#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/formats/url.h"

/* How blocks hide a preheader (content/blocks): what has one already gets no second one. */
static const char HIDDEN[] = "display:none;max-height:0;overflow:hidden;mso-hide:all";

bool complete_has_unsubscribe(const char *source) {
	return strstr(source, "unsubscribe_url") || strstr(source, "unsubscribe_link_id");
}

/* Behind the <body …> tag and its line end, as blocks and previews have it; the beginning, if there is none. */
static size_t body_begin(const char *html) {
	for (const char *at = html; (at = strchr(at, '<')); at++) {
		const char *end = strncasecmp(at, "<body", 5) == 0 && strchr(" \t\r\n>", at[5]) ? strchr(at, '>') : NULL;
		if (end) {
			end += end[1] == '\r' && end[2] == '\n';
			return (size_t)(end + 1 + (end[1] == '\n') - html);
		}
	}
	return 0;
}

/* Before the last </body; the end, if there is none. */
static size_t body_end(const char *html) {
	size_t end = strlen(html);
	for (const char *at = html; (at = strstr(at, "</")); at++)
		if (strncasecmp(at + 2, "body", 4) == 0)
			end = (size_t)(at - html);
	return end;
}

static void add_preheader(struct buf *out, const char *preheader) {
	buf_print(out, "<div style=\"%s\">", HIDDEN);
	html_escape(out, preheader);
	for (int i = 0; i < 60; i++)
		buf_text_add(out, "&#847;&zwnj;&nbsp;");
	buf_text_add(out, "</div>\n");
}

static void add_footer(struct buf *out, const char *postal_address) {
	buf_text_add(out, "<p style=\"margin:24px 0 0;font:12px Arial,sans-serif;color:#6b7280;text-align:center\">");
	if (postal_address) {
		html_escape(out, postal_address);
		buf_text_add(out, "<br>");
	}
	buf_text_add(out, "<a href=\"{{unsubscribe_url}}\" style=\"color:#6b7280\">Unsubscribe</a></p>");
}

/* The postal address, if the source lacks it; else NULL. */
static const char *lacking_address(const char *source, const struct complete *complete) {
	bool lacks = !text_is_empty(complete->postal_address) && !strstr(source, complete->postal_address);
	return lacks ? complete->postal_address : NULL;
}

const char *complete_html(const char *html, const struct complete *complete, struct arena *arena) {
	bool preheader = !text_is_empty(complete->preheader) && !strstr(html, HIDDEN),
		 link = complete->unsubscribe_link && !complete_has_unsubscribe(html);
	BUF_AUTO out = { 0 };
	size_t begin = preheader ? body_begin(html) : 0, end = body_end(html);
	if (!preheader && !link)
		return html;
	if (end < begin)
		end = strlen(html);
	buf_add(&out, html, begin);
	if (preheader)
		add_preheader(&out, complete->preheader);
	buf_add(&out, html + begin, end - begin);
	if (link)
		add_footer(&out, lacking_address(html, complete));
	buf_text_add(&out, html + end);
	return arena_copy(arena, buf_text(&out));
}

const char *complete_text(const char *text, const struct complete *complete, struct arena *arena) {
	if (!complete->unsubscribe_link || complete_has_unsubscribe(text))
		return text;
	const char *address = lacking_address(text, complete);
	return arena_print(arena, "%s\n\n-- \n%s%sUnsubscribe: {{unsubscribe_url}}\n", text, address ? address : "",
	                   address ? "\n" : "");
}
