/* What the HTML of a mail is made of, found in one walk. Pure; private to the room. */
#ifndef PREFLIGHT_SCAN_H
#define PREFLIGHT_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/text.h"

struct scan_spot {
	size_t offset;
	const char *text; /* what stands there */
};

enum { SCAN_SPOTS = 20 };

/* Places of one kind; `count` counts those, too, for which no room was left. */
struct scan_spots {
	struct scan_spot items[SCAN_SPOTS];
	int count;
};

struct scan_link {
	size_t offset;    /* of its address in the source */
	const char *text; /* between <a> and </a> */
};

struct scan {
	struct scan_spots without_alt, faint, hidden, active; /* active: forms, scripts, frames and the like */
	int images;                                           /* that are seen */
	double image_area, text_area;                         /* in CSS pixels, as far as can be told */
	int64_t letters;                                      /* of text that is seen */
	struct scan_link *links;
	int link_count;
};

void scan_html(const char *html, size_t size, struct arena *arena, struct scan *scan);

#endif
