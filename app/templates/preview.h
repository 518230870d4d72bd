/* A template as somebody reads it, rendered from what every mail is rendered from. Pure but for what it is given. */
#ifndef TEMPLATES_PREVIEW_H
#define TEMPLATES_PREVIEW_H

#include "content/sms.h"
#include "templates/parts.h"
#include "templates/values.h"

struct preview {
	const char *parts[PART_COUNT]; /* NULL: there is none, or it has errors */
	struct strings missing;        /* names without a value here and nothing that stands for it */
	size_t html_bytes;
	struct sms_size sms;
	struct strings sms_texts; /* its segments */
};

bool preview_render(const struct parts *parts, const struct reader *reader, struct moment now, struct arena *arena,
                    struct preview *preview, struct error *err) MUST_CHECK;

/* The HTML with a sample in place of each person's QR code. */
const char *preview_sample_qr(const char *html, const char *qr_address, struct arena *arena);

/* As `preview` of the HTML is put into a frame: for a theme ("light" or "dark"), whatever the device prefers, and with
 * a sample for the QR code. */
const char *preview_frame(const char *html, bool dark, const char *qr_address, struct arena *arena);

#endif
