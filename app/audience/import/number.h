/* Numbers in cells. Pure.
 *
 * "4100", "-12.5", "1.234,50", "1'234.50" and "12,5" are clear. "4,100" is four thousand in one country and four in
 * another, so the column's other values, or a person, say which sign is the decimal one; it is never guessed. */
#ifndef AUDIENCE_IMPORT_NUMBER_H
#define AUDIENCE_IMPORT_NUMBER_H

#include "core/base/text.h"

enum { NUMBER_SIZE = 32 };

enum number_result {
	NUMBER_READ,
	NUMBER_AMBIGUOUS, /* thousands or decimals */
	NUMBER_WRONG,     /* also "04109", which is a code, and "1.23E+11", which has lost its digits */
};

/* `decimal`: '.', ',' or 0 if it is not known. Writes it as "-1234.5". */
enum number_result number_read(const char *text, char decimal, char out[NUMBER_SIZE]);

/* The decimal sign that the values tell; 0 if none does or they contradict each other. */
char number_decimal_of(const struct strings *values);

#endif
