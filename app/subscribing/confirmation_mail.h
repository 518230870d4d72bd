/* The mail that asks for a confirmation. Private to this folder. */
#ifndef SUBSCRIBING_CONFIRMATION_MAIL_H
#define SUBSCRIBING_CONFIRMATION_MAIL_H

#include "dispatch/single_mail.h"
#include "subscribing/confirmation.h"

/* As mails and pages call who sends them: ORGANISATION, or "us". */
const char *confirmation_us(const struct settings *settings);

/* Has it sent, as a single email that has its id: asked for once more, none is sent twice. CONFLICT: the address is
 * suppressed. INVALID: there is no sender. LIMITED: too many in a minute. Not `really`: fails as it would, takes as
 * long, and sends nothing. */
bool confirmation_mail(const struct acting *acting, const struct confirmation *confirmation, bool really,
                       struct error *err) MUST_CHECK;

#endif
