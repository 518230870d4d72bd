/* People whom an earlier version took for one, because it folded addresses by Unicode, become several again. */
#ifndef OBSERVING_SEPARATE_H
#define OBSERVING_SEPARATE_H

#include "core/store/store.h"

/* Gives every membership whose address is not ASCII, and so may have been folded, the person of its own address; events
 * follow: by their membership, or if that is gone by the address in the stored contact reports. May be interrupted and
 * repeated. */
bool separate_people(struct store *store, struct error *err) MUST_CHECK;

#endif
