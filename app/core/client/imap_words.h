/* Only for core/client: what an IMAP server says (RFC 9051), as far as reading a mailbox needs it. Pure; whatever the
 * bytes are. */
#ifndef CLIENT_IMAP_WORDS_H
#define CLIENT_IMAP_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IMAP_UIDS_MAX = 500 };

/* "* OK [UIDVALIDITY 17] …" → 17; 0: another line. */
int64_t imap_validity(const char *line, size_t size);

/* "A004 NO …", "A004 BAD …": the server refuses the command. */
bool imap_is_refusal(const char *line, size_t size);

/* "* SEARCH 4 7 9": the numbers above `above`, ascending, IMAP_UIDS_MAX at most. libcurl cuts a line that is very long:
 * what stands at the cut is left out, it is found the next time. -1: it is no such answer, or one that is not
 * ascending. */
int imap_uids(const char *text, size_t size, int64_t above, int64_t uids[IMAP_UIDS_MAX]);

#endif
