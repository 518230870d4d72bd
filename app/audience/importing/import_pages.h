/* Imports: their list, the steps of one, and its state by API. */
#ifndef AUDIENCE_IMPORTING_IMPORT_PAGES_H
#define AUDIENCE_IMPORTING_IMPORT_PAGES_H

#include "core/http/route.h"

extern const struct route import_routes[], import_csv_routes[];

#endif
