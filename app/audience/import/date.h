/* Dates and times in cells. Pure but for the local zone (core/base/local.h), in which a time without a zone is meant.
 *
 * Read: 2026-11-27 with or without a time; 27.11.2026; 27/11/2026 and 11/27/2026, if the column's order is known; 27
 * Nov 2026. Between slashes or hyphens only a number beyond 12 tells day from month, so an order that no value of the
 * column tells is chosen by a person; it is never guessed. Between dots the day comes first in every country that
 * writes so. */
#ifndef AUDIENCE_IMPORT_DATE_H
#define AUDIENCE_IMPORT_DATE_H

#include "core/base/choice.h"
#include "core/base/moment.h"
#include "core/base/text.h"

enum date_order { DATE_UNKNOWN, DATE_DAY_FIRST, DATE_MONTH_FIRST, DATE_ORDER_COUNT };
extern const struct choices date_orders; /* "unknown", "day_first", "month_first" */

enum date_result {
	DATE_READ,
	DATE_AMBIGUOUS, /* day and month may be either way round */
	DATE_WRONG,
};

struct date_value {
	struct moment at; /* of a day without a time: its local beginning */
	bool has_time;
};

enum date_result date_read(const char *text, enum date_order order, struct date_value *value);

/* The order that the values tell; DATE_UNKNOWN if none does or they contradict each other. */
enum date_order date_order_of(const struct strings *values);

#endif
