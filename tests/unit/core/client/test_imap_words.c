#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/client/imap_words.h"

static int uids_of(const char *text, int64_t above, int64_t *uids) {
	return imap_uids(text, strlen(text), above, uids);
}

Test(imap_words, a_search_gives_the_numbers_above_the_last) {
	int64_t uids[IMAP_UIDS_MAX];
	cr_expect_eq(uids_of("* SEARCH 4 7 9\r\n", 4, uids), 2);
	cr_expect(uids[0] == 7 && uids[1] == 9);
	cr_expect_eq(uids_of("* SEARCH 4294967295\r\n", 0, uids), 1);
	cr_expect_eq(uids_of("* SEARCH\r\n", 0, uids), 0);
	cr_expect_eq(uids_of("* SEARCH \r\n", 0, uids), 0);
	cr_expect_eq(uids_of("", 0, uids), 0);
	cr_expect_eq(uids_of("* SEARCH 4 12", 0, uids), 1, "what stands at a cut may be half a number");
}

Test(imap_words, what_is_no_search_is_refused) {
	static const char *const bad[] = { "* SEARCH 9 3\r\n",        "* SEARCH 3 3\r\n", "* SEARCH 0\r\n",
		                               "* SEARCH -1\r\n",         "* SEARCH one\r\n", "* SEARCH 1x\r\n",
		                               "* SEARCH 4294967296\r\n", "* LIST\r\n" };
	int64_t uids[IMAP_UIDS_MAX];
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_eq(uids_of(bad[i], 0, uids), -1, "%s", bad[i]);
}

Test(imap_words, no_more_than_there_is_room_for) {
	char text[8000] = "* SEARCH";
	int64_t uids[IMAP_UIDS_MAX];
	for (int i = 1; i <= IMAP_UIDS_MAX + 20; i++)
		(void)snprintf(text + strlen(text), 12, " %d", i);
	strcat(text, "\r\n");
	cr_expect_eq(uids_of(text, 0, uids), IMAP_UIDS_MAX);
	cr_expect_eq(uids[IMAP_UIDS_MAX - 1], IMAP_UIDS_MAX);
}

static int64_t validity(const char *line) {
	return imap_validity(line, strlen(line));
}

static bool refuses(const char *line) {
	return imap_is_refusal(line, strlen(line));
}

Test(imap_words, lines) {
	cr_expect_eq(validity("* OK [UIDVALIDITY 17] ok\r\n"), 17);
	cr_expect_eq(validity("* ok [uidvalidity 17]"), 17);
	cr_expect_eq(validity("* OK [UIDVALIDITY 17"), 0);
	cr_expect_eq(validity("* OK [UIDVALIDITY 0] ok"), 0);
	cr_expect_eq(validity("* OK [UIDNEXT 17] ok"), 0);
	cr_expect(refuses("A004 NO not now\r\n") && refuses("A004 BAD what\r\n"));
	cr_expect_not(refuses("* NO something") || refuses("A004 OK done") || refuses("A004") || refuses(" NO x"));
}
