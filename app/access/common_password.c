/* The list of common passwords, and what hardly differs from it. */
#include "access/common_password.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "access/password.h"

enum { ADDED_MAX = 4, SHORTEST = 6, UNIT_MAX = 4 };

static const char *const listed[] = {
#include "access/common_passwords.inc"
};
static const char *const our_own[] = { "administrator", "emailoctopus", "telltale" };

struct piece {
	const char *text;
	size_t size;
};

static int compare(const void *key, const void *row) {
	const struct piece *piece = key;
	const char *word = *(const char *const *)row;
	int order = strncmp(piece->text, word, piece->size);
	return order || !word[piece->size] ? order : -1;
}

#define IN(list, piece) (bsearch(piece, list, sizeof(list) / sizeof *(list), sizeof *(list), compare) != NULL)

static bool is_listed(struct piece piece) {
	return piece.size >= SHORTEST && (IN(listed, &piece) || IN(our_own, &piece));
}

static bool is_listed_with_more(const char *text, size_t size) {
	for (size_t added = 0; added <= ADDED_MAX && added < size; added++)
		for (size_t before = 0; before <= added; before++)
			if (is_listed((struct piece){ text + before, size - added }))
				return true;
	return false;
}

static bool repeats(const char *text, size_t size, size_t unit) {
	return memcmp(text, text + unit, size - unit) == 0;
}

static bool is_repetition(const char *text, size_t size) {
	for (size_t unit = 1; unit <= size / 2; unit++)
		if (repeats(text, size, unit) && (unit <= UNIT_MAX || is_listed_with_more(text, unit)))
			return true;
	return false;
}

bool password_is_common(const char *password) {
	char text[PASSWORD_MAX + 1];
	size_t size = strnlen(password, PASSWORD_MAX);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)tolower((unsigned char)password[i]);
	text[size] = '\0';
	return is_listed_with_more(text, size) || is_repetition(text, size);
}
