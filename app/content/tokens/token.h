/* What the addresses of a mail carry instead of a row in a table: which message it is, and a MAC that only we can make.
 * Pure, and nothing is allocated.
 *
 *   pixel, view   key id, campaign, block, index, MAC of 80 bits      36 characters
 *   click         the same with the number of the link, 88 bits       40 characters
 *   return path   as pixel, 104 bits, in base32                       48 characters
 *   unsubscribe   key id, contact, list, campaign, 88 bits            64 characters
 *   confirm       key id, confirmation, 88 bits                       32 characters
 *
 * In base64url (RFC 4648, section 5) without padding; the return path's is in base32 with small letters, because mail
 * systems change the case of local parts. The MAC covers the kind, so a token of one kind is none of another. An
 * unsubscribe token names the person, because it works for years, after messages have been deleted. */
#ifndef CONTENT_TOKENS_TOKEN_H
#define CONTENT_TOKENS_TOKEN_H

#include "core/base/mac.h"

enum token_kind {
	TOKEN_PIXEL,
	TOKEN_CLICK,
	TOKEN_RETURN, /* of the return path (VERP) */
	TOKEN_VIEW,   /* the mail as a page */
	TOKEN_UNSUBSCRIBE,
	TOKEN_CONFIRM, /* what somebody has been asked to confirm */
	TOKEN_KIND_COUNT,
};

enum {
	TOKEN_ID = 25, /* 24 hex digits in small letters, plus a NUL */
	TOKEN_BLOCKS = 65536,
	TOKEN_BLOCK_SIZE = 500,
	TOKEN_LINKS = 4096,
	TOKEN_TEXT = 65, /* the longest token, plus a NUL */
};

/* What a token says. Members that its kind does not have are ignored, and empty when read. */
struct token {
	char campaign_id[TOKEN_ID]; /* all but CONFIRM */
	int block, index;           /* PIXEL, CLICK, RETURN, VIEW: of the message; below TOKEN_BLOCKS, TOKEN_BLOCK_SIZE */
	int link;                   /* CLICK: below TOKEN_LINKS */
	char contact_id[TOKEN_ID];  /* UNSUBSCRIBE */
	char list_id[TOKEN_ID];     /* UNSUBSCRIBE: from this list; "": from everything */
	char confirmation_id[TOKEN_ID]; /* CONFIRM */
};

/* Writes the token, with a NUL, signed with the ring's first key, and returns its length: the same for all of a kind.
 * 0 and "" if the ring has no key, an id is not one, or a number is not within its bounds. */
size_t token_write(const struct mac_ring *keys, enum token_kind kind, const struct token *token, char out[TOKEN_TEXT]);

/* Is this text of `size` bytes a token of this kind, in the one spelling that it has, signed with a key of the ring?
 * False leaves *token alone. The MAC is compared in constant time. A local part is turned into small letters before. */
bool token_read(const struct mac_ring *keys, enum token_kind kind, const char *text, size_t size,
                struct token *token) MUST_CHECK;

/* The length of a token of this kind. */
size_t token_size(enum token_kind kind);

#endif
