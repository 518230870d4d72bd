/* What of a mail leads back to us, for one message. */
#ifndef SENDER_MARKS_H
#define SENDER_MARKS_H

#include "sender/hand.h"

bool marks_make(const struct shared *shared, const struct sent_campaign *campaign, const struct recipient *person,
                const struct letter_to *to, struct arena *arena, struct letter_marks *marks,
                struct error *err) MUST_CHECK;

#endif
