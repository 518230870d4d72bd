/* Messages as the body of an SMTP transaction: what they may contain and how they are transmitted (RFC 5321 sections
 * 2.3.7, 2.3.8 and 4.5.2). Pure. */
#ifndef CLIENT_SMTP_BODY_H
#define CLIENT_SMTP_BODY_H

#include <stdbool.h>
#include <stddef.h>

enum { SMTP_LINE_MAX = 998 }; /* without CR LF */

/* Returns NULL if the message may be sent, otherwise what is wrong with it: a NUL, a bare CR or LF (servers disagree on
 * where such a message ends, so part of it could pass as another message), or a line that is too long.
 * *eight_bit: does it contain bytes above 127? */
const char *smtp_body_flaw(const char *message, size_t size, bool *eight_bit);

/* A message being transmitted: dots at the start of a line are doubled, an unfinished last line is ended, and the final
 * dot follows. Set message and size, and zero the rest. */
struct smtp_body {
	const char *message;
	size_t size, at;
	bool inside_line; /* the next byte does not start a line */
	bool ended;       /* everything has been produced */
};

/* Writes up to `room` bytes to `out` and returns how many; 0 at the end. room must be at least SMTP_BODY_ROOM. */
enum { SMTP_BODY_ROOM = 8 };
size_t smtp_body_next(struct smtp_body *body, char *out, size_t room);

#endif
