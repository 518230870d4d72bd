/* What came back, as a page: how it gets here, and the newest bounces and complaints. */
#ifndef INBOUND_RETURNED_MAIL_PAGES_H
#define INBOUND_RETURNED_MAIL_PAGES_H

#include "core/http/exchange.h"

extern const struct route returned_mail_routes[];

#endif
