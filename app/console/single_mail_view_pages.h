#ifndef CONSOLE_SINGLE_MAIL_VIEW_PAGES_H
#define CONSOLE_SINGLE_MAIL_VIEW_PAGES_H

#include "core/http/exchange.h"
#include "dispatch/single_mail.h"

/* The page of one. */
bool single_mail_show(struct exchange *x, const struct single_mail *mail, struct error *err) MUST_CHECK;

extern const struct route single_mail_view_routes[];

#endif
