/* What all rows of a file tell of its columns, beyond the first ones from which a mapping is guessed: the order of day
 * and month, and the decimal sign. Pure. */
#ifndef AUDIENCE_IMPORT_SURVEY_H
#define AUDIENCE_IMPORT_SURVEY_H

#include "audience/import/mapping.h"

struct import_survey {
	struct {
		bool orders[DATE_ORDER_COUNT];
		bool point, comma; /* as decimal sign */
	} columns[IMPORT_COLUMNS_MAX];
	int64_t rows, faulty;
};

void survey_add(struct import_survey *survey, const struct rows_row *row);

/* Sets order and decimal sign of each column: the one that values tell, and unknown if they contradict each other. */
void survey_settle(const struct import_survey *survey, struct import_mapping *mapping);

#endif
