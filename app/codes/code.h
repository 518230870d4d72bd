/* Codes that people redeem: one for each recipient of a campaign that has them. A code is written in two ways: as the
 * token that its QR picture holds, and short, to be typed. Pure but for the random numbers. */
#ifndef CODES_CODE_H
#define CODES_CODE_H

#include <stdbool.h>

#include "core/base/calendar.h"

enum {
	CODE_RANDOM = 27, /* 130 random bits as 26 letters and digits */
	CODE_TOKEN = 2 * 25 + CODE_RANDOM,
	CODE_SHORT = 12, /* 50 random bits: five, a hyphen, five */
};

/* Both are random and say nothing of each other. */
void code_new(char random[CODE_RANDOM], char short_code[CODE_SHORT]);

/* "CAMPAIGN-CONTACT-RANDOM". Returns out. */
char *code_token(const char *campaign_id, const char *contact_id, const char *random, char out[CODE_TOKEN]);

/* What somebody has scanned or typed. */
struct code_asked {
	char campaign_id[25], contact_id[25], random[CODE_RANDOM]; /* of a token; else "" */
	char short_code[CODE_SHORT];                               /* of a short code; else "" */
};

/* False: it is neither. Spaces around it do not matter, of a short code neither case nor hyphens, and what stands
 * before the last slash is left out, so that the address of the code's page will do. */
bool code_read(const char *text, struct code_asked *asked);

/* Pure. A code holds to the end of its last day in that zone (NULL: UTC), wherever on earth it is redeemed: twelve
 * hours longer. */
struct moment code_expiry(struct moment started_at, int64_t days, const struct zone *zone);
/* A moment of that day. */
struct moment code_last_day(struct moment expires_at);

#endif
