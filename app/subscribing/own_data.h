/* What people decide of what is noted of them, by the link of a mail: whether opens and clicks are kept with their
 * name. */
#ifndef SUBSCRIBING_OWN_DATA_H
#define SUBSCRIBING_OWN_DATA_H

#include "audience/contacts/contact.h"
#include "dispatch/acting.h"

/* Records what they said, with source, text and time, and bumps the version of people. */
bool tracking_say(const struct acting *acting, const char *contact_id, const struct tracking *tracking,
                  struct error *err) MUST_CHECK;

/* Pure. What a person who no longer wants it has said: they take back what they had agreed to, or refuse. *changes:
 * false if they had said so before. */
enum tracking_state tracking_refused(enum tracking_state before, bool *changes);

/* They do not want it: holds at once, also for hits of emails that were sent before. */
bool tracking_refuse(const struct acting *acting, const struct contact *contact, const char *source, const char *text,
                     struct error *err) MUST_CHECK;

#endif
