/* Phone numbers as people write them, read as E.164. Pure.
 *
 * "+49 (0)30 5550-0142" and "0049 30 55500142" are both +493055500142, whatever the default country; "030 5550 0142"
 * is read by the default country, if that country writes its numbers so (the table in phone.c, after the national
 * numbering plans in the ITU's Operational Bulletin, E.129). What may be meant in two ways is refused. */
#ifndef AUDIENCE_CONTACTS_PHONE_H
#define AUDIENCE_CONTACTS_PHONE_H

#include "core/base/arena.h"

enum { PHONE_SIZE = 17 }; /* "+", 15 digits and NUL */

enum phone_result {
	PHONE_READ,
	PHONE_COMPLETED,  /* read with the default country's code */
	PHONE_NO_COUNTRY, /* national, and no default country tells how to read it */
	PHONE_WRONG,
};

/* `country`: code without "+", such as "49"; "" for none. */
enum phone_result phone_read(const char *text, const char *country, char out[PHONE_SIZE]);

/* May it be a phone number at all? For guessing columns: a number without + or 0 in front is not. */
bool phone_is_likely(const char *text);

#endif
