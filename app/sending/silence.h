/* A mail server that stops answering in the middle of mails, or ends sessions there, seen over all mails that go
 * through one connection. Pure. */
#ifndef SENDING_SILENCE_H
#define SENDING_SILENCE_H

#include "core/base/moment.h"
#include "core/client/smtp_dialog.h"

struct silence {
	int unsent;       /* messages in a row at which it broke before they were handed over */
	int unknown;      /* messages in a row that were handed over, and to which it did not reply */
	int64_t since_ms; /* when the first of the unsent ones broke */
};

enum silence_word {
	SILENCE_NONE,
	SILENCE_REST, /* no message fares better: the connection is to rest */
	SILENCE_HOLD, /* each further message would be uncertain, too: the campaign is to be paused */
};

/* Of a message that has ended; is_first: no session broke at it before. Sessions that break at the same moment, as when
 * a network fails or a server is restarted, are no more than `sessions`; one message at which a server always breaks is
 * not first more than twice in SILENCE_MS. */
enum { SILENCE_MS = 10 * MINUTE_MS };
enum silence_word silence_note(struct silence *silence, const struct smtp_outcome *outcome, bool is_first, int sessions,
                               int64_t now_ms);

#endif
