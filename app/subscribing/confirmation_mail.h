/* The mail that asks for a confirmation. Private to this folder. */
#ifndef SUBSCRIBING_CONFIRMATION_MAIL_H
#define SUBSCRIBING_CONFIRMATION_MAIL_H

#include "dispatch/single_mail.h"
#include "subscribing/confirmation.h"

/* Has it sent, as a single email. CONFLICT: the address is suppressed. INVALID: there is no sender. */
bool confirmation_mail(const struct acting *acting, const struct confirmation *confirmation,
                       struct error *err) MUST_CHECK;

#endif
