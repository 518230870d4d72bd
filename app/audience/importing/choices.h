/* Values of custom fields that are defined as choices: only their options are imported. Private to this folder. */
#ifndef AUDIENCE_IMPORTING_CHOICES_H
#define AUDIENCE_IMPORTING_CHOICES_H

#include "audience/importing/read.h"

/* Pure. An option as the definition writes it, whatever its case; any other value is left out, with a problem that
 * names the options. */
void import_choices_settle(const struct rows *definitions, struct import_row *row, struct arena *arena);

#endif
