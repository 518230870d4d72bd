/* The segments of a person, on their page. */
#ifndef CONSOLE_PERSON_SEGMENTS_H
#define CONSOLE_PERSON_SEGMENTS_H

#include "core/http/exchange.h"

/* view.segments { name, address, why }: the saved segments to which this contact belongs. */
bool person_put_segments(struct exchange *x, struct value *view, const char *contact_id, struct error *err) MUST_CHECK;

#endif
