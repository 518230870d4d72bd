#ifndef DISPATCH_SINGLE_MAIL_PAGES_H
#define DISPATCH_SINGLE_MAIL_PAGES_H

#include "core/http/exchange.h"
#include "dispatch/single_mail.h"

/* The page of single emails that a request asks for by status=, to= and cursor=. INVALID names status or cursor. */
bool single_mails_asked(struct exchange *x, int limit, struct page *page, struct error *err) MUST_CHECK;

extern const struct route single_mail_routes[];

#endif
