/* The picture of a person's code in their mail; private to dispatch/letter.c. Pure. */
#ifndef DISPATCH_LETTER_CODE_H
#define DISPATCH_LETTER_CODE_H

#include "dispatch/letter.h"

/* What stands in a mail for the address of the picture. */
#define QR_ADDRESS "qr_address"

/* A source shows the picture by "cid:qr", as QR blocks do; from here on each mail has an address of its own there.
 * False: *html does not show it, or is NULL. */
bool letter_code_mark(const char **html, struct arena *arena);

struct letter_picture {
	const char *address;
	struct message_file file; /* bytes NULL: the address says it all */
};

/* `from`: the mail's sender. A picture that cannot be drawn is left out. */
void letter_code_draw(const struct letter_code *code, const char *from, bool is_within_the_html, struct arena *arena,
                      struct letter_picture *picture);

#endif
