/* Reading the lines of an IMAP server. */
#include "core/client/imap_words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { UID_MAX = 0xffffffff };

static bool starts(const char *line, size_t size, const char *words) {
	size_t length = strlen(words);
	return size >= length && strncasecmp(line, words, length) == 0;
}

/* A number of 32 bits that is not 0, behind which *at then stands; 0: there is none. */
static int64_t take_number(const char **at, const char *end) {
	int64_t number = 0;
	if (*at == end || !isdigit((unsigned char)**at))
		return 0;
	for (; *at < end && isdigit((unsigned char)**at); (*at)++)
		if (number <= (int64_t)UID_MAX)
			number = number * 10 + (**at - '0');
	return number <= (int64_t)UID_MAX ? number : 0;
}

int64_t imap_validity(const char *line, size_t size) {
	static const char untagged[] = "* ", words[] = " [UIDVALIDITY ";
	const char *at = line + sizeof untagged - 1, *end = line + size;
	if (!starts(line, size, untagged))
		return 0;
	while (at < end && isalpha((unsigned char)*at))
		at++;
	if (!starts(at, (size_t)(end - at), words))
		return 0;
	at += sizeof words - 1;
	int64_t number = take_number(&at, end);
	return at < end && *at == ']' ? number : 0;
}

bool imap_is_refusal(const char *line, size_t size) {
	size_t tag = 0;
	while (tag < size && isalnum((unsigned char)line[tag]))
		tag++;
	return tag > 0 && (starts(line + tag, size - tag, " NO ") || starts(line + tag, size - tag, " BAD "));
}

int imap_uids(const char *text, size_t size, int64_t above, int64_t uids[IMAP_UIDS_MAX]) {
	static const char words[] = "* SEARCH";
	const char *at = text, *end = text + size;
	int64_t newest = 0;
	int count = 0;
	if (size == 0)
		return 0;
	if (!starts(text, size, words))
		return -1;
	at += sizeof words - 1;
	while (at < end && *at == ' ') {
		at++;
		if (at == end || *at == '\r' || *at == '\n')
			break;
		int64_t uid = take_number(&at, end);
		if (at == end)
			return count;
		if (uid <= newest)
			return -1;
		newest = uid;
		if (uid > above && count < IMAP_UIDS_MAX)
			uids[count++] = uid;
	}
	return at == end || *at == '\r' || *at == '\n' ? count : -1;
}
