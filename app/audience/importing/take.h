/* A decision about a row as what is written of the person. Pure. Private to this folder. */
#ifndef AUDIENCE_IMPORTING_TAKE_H
#define AUDIENCE_IMPORTING_TAKE_H

#include "audience/importing/line.h"
#include "audience/importing/read.h"

/* What a row is decided by, of somebody who is known; everything lives in the arena. */
struct import_person import_person_of(const struct contact_known *known, const char *list_id, struct arena *arena);

/* The own values after the decision; `before`: NULL for somebody new. */
struct own import_own(const struct import *import, const struct batch_row *row, const struct own *before,
                      struct moment now, struct arena *arena);

/* "Moved in: … Write it like …": what of an imported row was left out or is to be looked at; NULL if nothing was. */
const char *import_notes(const struct batch_row *row, struct arena *arena);

/* What of the row is imported, in words; "" if there is nothing to say. */
const char *import_told(const struct batch_row *row, struct arena *arena);

#endif
