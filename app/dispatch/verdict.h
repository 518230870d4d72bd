/* May these people be sent to right now? Asked when they are written down, and again at the hand-over: what is known of
 * the person, and the suppressions themselves (audience/suppression), of which the person has only a copy. */
#ifndef DISPATCH_VERDICT_H
#define DISPATCH_VERDICT_H

#include "audience/contacts/mailable.h"

/* The people with these ids, by id. */
bool verdict_contacts(struct store *store, const struct strings *ids, struct arena *arena, struct contact **contacts,
                      int *count, struct error *err) MUST_CHECK;

/* verdicts[count], one for each contact. */
bool verdict_read(struct store *store, const struct contact *contacts, int count,
                  const struct mailable_question *question, struct arena *arena, enum mailable *verdicts,
                  struct error *err) MUST_CHECK;

#endif
