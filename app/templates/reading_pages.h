/* What people have written, as somebody reads it: for the pages and the JSON of templates and of campaigns. */
#ifndef TEMPLATES_READING_PAGES_H
#define TEMPLATES_READING_PAGES_H

#include "core/http/exchange.h"
#include "templates/preview.h"

struct reading {
	struct reader reader;
	struct preview preview;
	bool has_html; /* also if it has errors: the frame says them */
};

/* For whom as= names: a contact's id, or sample, longest, emptiest. INVALID, MISSING. */
bool reading_render(struct exchange *x, const struct template *template, struct reading *reading,
                    struct error *err) MUST_CHECK;

/* For views/templates/reading. */
struct reading_page {
	const char *address, *frame; /* of the page, and of the HTML in it */
	const char *sender;          /* as inboxes show it; NULL: not known */
};
bool reading_put(struct exchange *x, struct value *view, const struct reading *reading, const struct reading_page *page,
                 struct error *err) MUST_CHECK;

/* The HTML alone, as a document for a frame: deploy/nginx.conf.in has its policy. */
bool reading_reply_frame(struct exchange *x, const struct template *template, struct error *err) MUST_CHECK;

/* By READING_SHAPE. */
struct value *reading_json(struct exchange *x, const struct reading *reading);
#define READING_SHAPE                                                                                       \
	"as:text subject:text preheader:text html:text text:text sms:text sms_segments:count html_bytes:count " \
	"missing[]:text"

#endif
