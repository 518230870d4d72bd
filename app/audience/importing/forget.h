/* What imports keep of people who are erased. */
#ifndef AUDIENCE_IMPORTING_FORGET_H
#define AUDIENCE_IMPORTING_FORGET_H

#include "core/store/store.h"

/* Deletes the lines about these people (their ids; addresses as contact_norm has them, and phone numbers), with the
 * values that undoing would put back; files in which they are named and that wait for somebody's word are deleted, and
 * their imports dropped. What was imported is counted as before. May be repeated. */
bool import_forget(struct store *store, const struct strings *ids, const struct strings *keys, struct moment now,
                   struct error *err) MUST_CHECK;

#endif
