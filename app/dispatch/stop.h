/* Why a message is not sent: the reason of MESSAGE_SUPPRESS (sending/message.h). The numbers are stored in journals and
 * messages, so none is ever used for something else. */
#ifndef DISPATCH_STOP_H
#define DISPATCH_STOP_H

#include "dispatch/verdict.h"

/* 0: it may be sent. A verdict's own number up to 7, or: */
enum {
	STOP_GONE = 8,  /* the person was erased, or merged with another */
	STOP_FEWER = 9, /* MAILABLE_FEWER */
};
_Static_assert(MAILABLE_NO_ADDRESS == 1 && MAILABLE_INACTIVE == 2 && MAILABLE_SUPPRESSED == 3 &&
                   MAILABLE_UNSUBSCRIBED == 4 && MAILABLE_PENDING == 5 && MAILABLE_UNPROVEN == 6 &&
                   MAILABLE_BAD_DOMAIN == 7,
               "stored numbers stay what they are");

static inline int stop_of(enum mailable verdict) {
	return verdict == MAILABLE_FEWER ? STOP_FEWER : (int)verdict;
}

/* MAILABLE for what is no verdict: STOP_GONE, and what later versions have stored. */
static inline enum mailable verdict_of_stop(int64_t stop) {
	return stop == STOP_FEWER                                           ? MAILABLE_FEWER
	       : stop >= MAILABLE_NO_ADDRESS && stop <= MAILABLE_BAD_DOMAIN ? (enum mailable)stop
	                                                                    : MAILABLE;
}

#endif
