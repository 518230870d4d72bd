/* The text of a cell without what nobody sees or means. Pure. */
#ifndef AUDIENCE_IMPORT_CLEAN_H
#define AUDIENCE_IMPORT_CLEAN_H

#include "core/base/text.h"

/* For comparing headings: letters and digits only, without accents and case. "E-Mail-Adresse" is "emailadresse",
 * "Prénom" is "prenom". */
const char *clean_key(struct arena *arena, const char *text);

/* For messages: at most IMPORT_SHOWN characters, on one line. */
const char *clean_short(struct arena *arena, const char *text);

/* Made by a spreadsheet from a long number, of which the last digits are lost: "1.23E+11", "4,9E+12". */
bool clean_is_scientific(const char *text);

#endif
