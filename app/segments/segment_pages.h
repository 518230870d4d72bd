/* Saved segments: pages, forms and API. */
#ifndef SEGMENTS_SEGMENT_PAGES_H
#define SEGMENTS_SEGMENT_PAGES_H

#include "core/http/exchange.h"

extern const struct route segment_routes[];

#endif
