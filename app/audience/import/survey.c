/* What all rows of a file tell of its columns. */
#include "audience/import/survey.h"

#include <string.h>

#include "audience/import/number.h"

void survey_add(struct import_survey *survey, const struct rows_row *row) {
	survey->rows++;
	survey->faulty += row->fault != ROWS_FINE;
	for (int i = 0; i < row->cells.count && i < IMPORT_COLUMNS_MAX && !row->fault; i++) {
		const char *cell = row->cells.items[i] + strspn(row->cells.items[i], " ");
		struct strings one = { &cell, 1 };
		if (!*cell || !strpbrk(cell, "/-.,"))
			continue;
		survey->columns[i].orders[date_order_of(&one)] = true;
		char decimal = number_decimal_of(&one);
		survey->columns[i].point = survey->columns[i].point || decimal == '.';
		survey->columns[i].comma = survey->columns[i].comma || decimal == ',';
	}
}

void survey_settle(const struct import_survey *survey, struct import_mapping *mapping) {
	for (int i = 0; i < mapping->count; i++) {
		const bool *orders = survey->columns[i].orders;
		bool point = survey->columns[i].point, comma = survey->columns[i].comma;
		mapping->columns[i].order = orders[DATE_DAY_FIRST] == orders[DATE_MONTH_FIRST] ? DATE_UNKNOWN
		                            : orders[DATE_DAY_FIRST]                           ? DATE_DAY_FIRST
		                                                                               : DATE_MONTH_FIRST;
		mapping->columns[i].decimal = point == comma ? '\0' : point ? '.' : ',';
	}
}
