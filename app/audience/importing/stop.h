/* What a file says of mailing people, as suppressions. Private to this folder. */
#ifndef AUDIENCE_IMPORTING_STOP_H
#define AUDIENCE_IMPORTING_STOP_H

#include "audience/importing/read.h"

/* Before the people of the batch are written: new ones who must not be mailed are suppressed, and what those had said
 * who are subscribed again is lifted. May be repeated. */
bool import_stop(struct import_work *work, const struct batch *batch, struct error *err) MUST_CHECK;

#endif
