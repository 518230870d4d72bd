/* Text messages: what a text costs in segments, where it is split, and what would make it cheaper. Pure.
 *
 * A text of the GSM 03.38 alphabet has 160 units in one segment, or 153 in each of several; one with any other
 * character is UCS-2: 70 or 67 units of UTF-16. A character of two units is never split.
 */
#ifndef CONTENT_SMS_H
#define CONTENT_SMS_H

#include "core/base/text.h"

enum sms_encoding { SMS_GSM, SMS_UCS2 };

struct sms_size {
	enum sms_encoding encoding;
	int units, segments;
	int left; /* units that are free in the last segment; 0 for an empty text */
};

/* As the text stands: sms_text first makes it what is sent. */
struct sms_size sms_size(const char *text);

/* In NFC, with LF line ends and without control characters: what is sent. */
const char *sms_text(struct arena *arena, const char *text);

/* The segments, in their order. */
struct strings sms_split(struct arena *arena, const char *text);

/* A character that makes the text UCS-2. */
struct sms_hint {
	const char *character;
	const char *instead; /* of the GSM alphabet; NULL: nothing says the same */
	int count;
};

struct sms_hints {
	const struct sms_hint *items; /* as they first occur */
	int count;
	int segments; /* of the text with all of `instead` */
};

/* At most SMS_HINTS different characters. */
enum { SMS_HINTS = 50 };
struct sms_hints sms_hints(struct arena *arena, const char *text);

/* With all characters replaced for which there is something instead. */
const char *sms_plain(struct arena *arena, const char *text);

#endif
