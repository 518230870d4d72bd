/* An incremental parser of SMTP replies (RFC 5321 section 4.2). Pure. */
#ifndef CLIENT_SMTP_REPLY_H
#define CLIENT_SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

enum { SMTP_TEXT_CHARACTERS = 300, SMTP_TEXT_BYTES = 4 * SMTP_TEXT_CHARACTERS, SMTP_ENHANCED = 12 };
enum { SMTP_REPLY_BYTES_MAX = 64 * 1024 };

struct smtp_reply {
	int code;                     /* 200 to 599, of the last line; 0: no reply */
	char enhanced[SMTP_ENHANCED]; /* RFC 3463 ("5.1.1"), of the last line that has one; "" for none */
	/* The lines joined by spaces, without codes: valid UTF-8 without control characters, at most SMTP_TEXT_CHARACTERS.
	 */
	char text[SMTP_TEXT_BYTES + 1];
};

struct smtp_reply_reader {
	struct smtp_reply reply;
	char line[SMTP_TEXT_BYTES]; /* the first bytes of the current line */
	size_t line_size, text_size;
	size_t bytes; /* of the reply so far */
};

enum smtp_reading {
	SMTP_READING,      /* more bytes are needed */
	SMTP_READ_WHOLE,   /* reader->reply holds the reply, until more bytes are read */
	SMTP_READ_GARBAGE, /* not a reply, or longer than SMTP_REPLY_BYTES_MAX: ignore whatever follows */
};

/* Consumes bytes up to the end of one reply; *used is how many. A reader starts zeroed and restarts by itself after a
 * whole reply. A bare LF ends a line, too. */
enum smtp_reading smtp_reply_read(struct smtp_reply_reader *reader, const char *bytes, size_t size, size_t *used);

/* Has part of a reply been read? */
bool smtp_reply_has_begun(const struct smtp_reply_reader *reader);

/* Makes any text valid as the text of a struct smtp_reply. */
void smtp_text_clean(char *text);

/* Replaces `secret` wherever it stands in the text, also where the end of the text cuts it, by "***"; one of fewer than
 * 4 bytes is none. */
void smtp_text_hide(char *text, const char *secret);
/* The same for each run of 32 or more hexadecimal digits. */
void smtp_text_hide_keys(char *text);

#endif
