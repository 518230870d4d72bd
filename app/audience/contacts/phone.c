/* Phone numbers as E.164. */
#include "audience/contacts/phone.h"

#include <glib.h>
#include <string.h>

enum { DIGITS_MIN = 8, DIGITS_MAX = 15, NOT_READ = -1 };

/* What is dialled before a national number and not from abroad, and how many digits follow it. Without a prefix the
 * number of digits alone tells that a number is complete. */
static const struct {
	const char *code, *trunk;
	int least, most;
} countries[] = {
	{ "1", "", 10, 10 },   { "30", "", 10, 10 },  { "31", "0", 9, 9 },   { "32", "0", 8, 9 },  { "33", "0", 9, 9 },
	{ "34", "", 9, 9 },    { "351", "", 9, 9 },   { "352", "", 8, 9 },   { "353", "0", 7, 9 }, { "354", "", 7, 7 },
	{ "358", "0", 6, 11 }, { "359", "0", 7, 9 },  { "36", "06", 8, 9 },  { "370", "0", 8, 8 }, { "371", "", 8, 8 },
	{ "372", "", 7, 8 },   { "385", "0", 8, 9 },  { "386", "0", 8, 8 },  { "40", "0", 9, 9 },  { "41", "0", 9, 9 },
	{ "420", "", 9, 9 },   { "421", "0", 9, 9 },  { "43", "0", 7, 13 },  { "44", "0", 9, 10 }, { "45", "", 8, 8 },
	{ "46", "0", 7, 9 },   { "47", "", 8, 8 },    { "48", "", 9, 9 },    { "49", "0", 7, 11 }, { "61", "0", 9, 9 },
	{ "64", "0", 8, 10 },  { "90", "0", 10, 10 }, { "91", "0", 10, 10 }, { "27", "0", 9, 9 },  { "81", "0", 9, 10 },
};

/* Digits alone, with a + in front if there was one; NOT_READ if something else is there. A (0) after the country's code
 * is not dialled from abroad. */
static int digits_of(const char *text, char *digits) {
	int count = 0;
	bool plus = *text == '+';
	for (text += plus; *text; text = g_utf8_next_char(text)) {
		if (plus && count > 0 && strncmp(text, "(0)", 3) == 0) {
			text += 2;
			continue;
		}
		gunichar c = g_utf8_get_char(text);
		if (g_ascii_isdigit(*text) && count <= DIGITS_MAX)
			digits[count++] = *text;
		else if (!g_unichar_isspace(c) && !(c < 0x80 && strchr("-./()", (int)c)) && !(c >= 0x2010 && c <= 0x2013) &&
		         c != 0xa0)
			return NOT_READ;
	}
	digits[count] = '\0';
	return count;
}

static enum phone_result international(const char *digits, char *out) {
	size_t count = strlen(digits);
	if (count < DIGITS_MIN || count > DIGITS_MAX || *digits == '0')
		return PHONE_WRONG;
	out[0] = '+';
	memcpy(out + 1, digits, count + 1);
	return PHONE_READ;
}

static enum phone_result national(const char *digits, const char *country, char *out) {
	for (size_t i = 0; i < sizeof countries / sizeof *countries; i++) {
		const char *trunk = countries[i].trunk;
		size_t rest = strlen(digits) - (strncmp(digits, trunk, strlen(trunk)) == 0 ? strlen(trunk) : 0);
		if (strcmp(countries[i].code, country) != 0)
			continue;
		if (*trunk && rest == strlen(digits))
			return PHONE_WRONG;
		const char *number = digits + strlen(digits) - rest;
		if (strcmp(country, "1") == 0 && rest == 11 && *number == '1') {
			number++;
			rest--;
		}
		if ((int)rest < countries[i].least || (int)rest > countries[i].most || *number == '0')
			return PHONE_WRONG;
		g_snprintf(out, PHONE_SIZE, "+%s%s", country, number);
		return PHONE_COMPLETED;
	}
	return PHONE_NO_COUNTRY;
}

/* Italy keeps the 0 of its areas, and its mobile numbers begin with 3. */
static enum phone_result italian(const char *digits, char *out) {
	size_t count = strlen(digits);
	if (count < 6 || count > 11 || (*digits != '0' && !(*digits == '3' && count >= 9 && count <= 10)))
		return PHONE_WRONG;
	g_snprintf(out, PHONE_SIZE, "+39%s", digits);
	return PHONE_COMPLETED;
}

enum phone_result phone_read(const char *text, const char *country, char out[PHONE_SIZE]) {
	char digits[DIGITS_MAX + 2];
	int count = digits_of(text, digits);
	*out = '\0';
	if (count == NOT_READ || count == 0)
		return PHONE_WRONG;
	if (*text == '+')
		return international(digits, out);
	if (strncmp(digits, "00", 2) == 0)
		return international(digits + 2, out);
	if (!*country)
		return PHONE_NO_COUNTRY;
	return strcmp(country, "39") == 0 ? italian(digits, out) : national(digits, country, out);
}

bool phone_is_likely(const char *text) {
	char digits[DIGITS_MAX + 2];
	int count = digits_of(text, digits);
	return count >= DIGITS_MIN - 1 && count <= DIGITS_MAX && (*text == '+' || *digits == '0' || *text == '(');
}
