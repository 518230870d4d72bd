/* Numbers in cells. */
#include "audience/import/number.h"

#include <glib.h>
#include <string.h>

enum { GROUP = 3 };

/* How a number is written. */
struct shape {
	int points, commas, others; /* others: apostrophes and spaces, which part thousands only */
	int after_last;             /* digits after the last point or comma */
	char last;                  /* that sign; 0 without one */
	int digits, leading;        /* in front of the first sign of any kind */
	bool grouped;               /* all signs before the last one have three digits after them */
};

static bool is_parting(char c) {
	return c == '.' || c == ',' || c == '\'' || c == ' ';
}

static bool read_shape(const char *text, struct shape *shape) {
	int run = 0;
	*shape = (struct shape){ .leading = -1, .grouped = true };
	for (; *text; text++) {
		if (g_ascii_isdigit(*text)) {
			run++;
			shape->digits++;
			continue;
		}
		if (!is_parting(*text) || run == 0)
			return false;
		if (shape->leading < 0)
			shape->leading = run;
		else if (run != GROUP)
			shape->grouped = false;
		shape->points += *text == '.';
		shape->commas += *text == ',';
		shape->others += *text == '\'' || *text == ' ';
		if (*text == '.' || *text == ',')
			shape->last = *text;
		run = 0;
	}
	shape->after_last = run;
	if (shape->leading < 0)
		shape->leading = run;
	return run > 0 && shape->digits < NUMBER_SIZE - 3;
}

/* The decimal sign that this number has by itself: '.' or ','; 0: none or not to tell. */
static char own_decimal(const struct shape *shape) {
	int signs = shape->points + shape->commas;
	int of_last = shape->last == '.' ? shape->points : shape->commas;
	if (signs == 0)
		return 0;
	if (signs > of_last || shape->others) /* both kinds: the last one, if it is there once */
		return of_last == 1 ? shape->last : 0;
	return of_last == 1 && (shape->after_last != GROUP || shape->leading > GROUP) ? shape->last : 0;
}

/* The other sign, if several of one kind can only part thousands. */
static char own_other(const struct shape *shape) {
	int of_last = shape->last == '.' ? shape->points : shape->commas;
	return of_last > 1 ? (shape->last == '.' ? ',' : '.') : 0;
}

static bool is_plain(const struct shape *shape) {
	return shape->points + shape->commas + shape->others == 0;
}

/* Three digits between all signs; the whole part is at most three digits before the first. */
static bool is_grouped(const struct shape *shape, char decimal) {
	int signs = shape->points + shape->commas + shape->others;
	bool has_decimal = shape->last && shape->last == decimal;
	if (signs == (has_decimal ? 1 : 0))
		return true;
	return shape->grouped && shape->leading <= GROUP && (has_decimal || shape->after_last == GROUP);
}

static enum number_result write_number(const char *text, bool minus, char decimal, char *out) {
	char *to = out;
	if (minus)
		*to++ = '-';
	for (; *text; text++) {
		if (g_ascii_isdigit(*text))
			*to++ = *text;
		else if (*text == decimal)
			*to++ = '.';
	}
	*to = '\0';
	return NUMBER_READ;
}

enum number_result number_read(const char *text, char decimal, char out[NUMBER_SIZE]) {
	struct shape shape;
	bool minus = *text == '-';
	*out = '\0';
	text += minus || *text == '+';
	if (!read_shape(text, &shape) || (*text == '0' && shape.leading > 1))
		return NUMBER_WRONG;
	if (is_plain(&shape))
		return write_number(text, minus, 0, out);
	char own = own_decimal(&shape), other = own_other(&shape);
	if (decimal && ((own && own != decimal) || (other && other != decimal)))
		return NUMBER_WRONG; /* the column is written the other way */
	if (!own && !other && !decimal && shape.last)
		return NUMBER_AMBIGUOUS;
	char used = decimal ? decimal : own;
	int decimals = used == '.' ? shape.points : used == ',' ? shape.commas : 0;
	return decimals <= 1 && is_grouped(&shape, used) ? write_number(text, minus, used, out) : NUMBER_WRONG;
}

char number_decimal_of(const struct strings *values) {
	char found = 0;
	for (int i = 0; i < values->count; i++) {
		struct shape shape;
		const char *text = values->items[i] + strspn(values->items[i], "+-");
		if (!read_shape(text, &shape))
			continue;
		char own = own_decimal(&shape) ? own_decimal(&shape) : own_other(&shape);
		if (own && found && own != found)
			return 0;
		found = own ? own : found;
	}
	return found;
}
