/* Which emails of a campaign a request asks for. Private to this folder. */
#ifndef CONSOLE_MESSAGE_LISTING_H
#define CONSOLE_MESSAGE_LISTING_H

#include "answering/copier.h"
#include "core/http/exchange.h"
#include "dispatch/message_list.h"

/* Is it a status that can be asked for? The parameter status=, in the words of other email platforms, or state= in
 * ours: what became of the emails, or what is known of those that were sent: opened, clicked, unsubscribed, bounced,
 * complained. INVALID names the parameter. */
bool message_listing_asked(const struct exchange *x, struct error *err) MUST_CHECK;

/* A page of those, all of them without such a parameter. `query` has all but the states. */
bool message_listing(struct exchange *x, const struct messages_query *query, struct messages_page *page,
                     struct error *err) MUST_CHECK;

#endif
