/* Why a message is not sent: the reason of MESSAGE_SUPPRESS (sending/message.h). */
#ifndef DISPATCH_STOP_H
#define DISPATCH_STOP_H

#include "dispatch/verdict.h"

/* 0: it may be sent. Else a verdict, or: */
enum { STOP_GONE = MAILABLE_COUNT }; /* the person was erased, or merged with another */

static inline int stop_of(enum mailable verdict) {
	return verdict == MAILABLE ? 0 : (int)verdict;
}

#endif
