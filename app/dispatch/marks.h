/* What of a mail leads back to us, for one message: its pixel, the addresses of its links, how to unsubscribe. The same
 * for the same message and keys, so a mail can be written again as it was. Pure. */
#ifndef DISPATCH_MARKS_H
#define DISPATCH_MARKS_H

#include "content/tokens/mail_links.h"
#include "dispatch/letter.h"

struct marks_from {
	const struct mac_ring *keys;
	const struct mail_bases *bases;
	bool no_opens, no_clicks;  /* what is not tracked, whatever the campaign says (ENABLE_OPEN_TRACKING …) */
	bool codes_within;         /* QR_IMAGES=data: pictures of codes are written into the HTML */
	const char *return_domain; /* BOUNCE_DOMAIN; NULL or "": undeliverable mails come back to the sender */
};

/* CONFLICT: there is no key. */
bool marks_of(const struct marks_from *from, const struct dispatch *dispatch, const struct letter *letter,
              const struct recipient *person, const struct letter_to *to, struct arena *arena,
              struct letter_marks *marks, struct error *err) MUST_CHECK;

#endif
