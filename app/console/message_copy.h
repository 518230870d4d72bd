/* What pages and answers about sent messages have in common. Private to this folder. */
#ifndef CONSOLE_MESSAGE_COPY_H
#define CONSOLE_MESSAGE_COPY_H

#include "answering/copier.h"
#include "core/http/exchange.h"
#include "dispatch/message_list.h"

/* The parameter status=, in the words of other email platforms, or state= in ours: a set of states, all of them without
 * it. INVALID names it. */
bool message_states_asked(const struct exchange *x, unsigned *states, struct error *err) MUST_CHECK;

#endif
