/* The segments of a person, and the lists with a rule, on their page. */
#ifndef CONSOLE_PERSON_SEGMENTS_H
#define CONSOLE_PERSON_SEGMENTS_H

#include "audience/contacts/contact.h"
#include "core/http/exchange.h"

/* view.segments { name, address, why }: the saved segments to which this contact belongs; view.ruled { name, list_id,
 * contact_id, status, status_label, left, other, other_label }: the lists on which their rule has the contact, or from
 * which it has unsubscribed; view.has_lists: view.memberships or these have any. */
bool person_put_segments(struct exchange *x, struct value *view, const struct contact *contact,
                         struct error *err) MUST_CHECK;

#endif
