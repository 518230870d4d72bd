/* Suppressions: the list, one of them, adding, lifting, import; as pages, JSON and CSV. */
#ifndef CONSOLE_SUPPRESSION_PAGES_H
#define CONSOLE_SUPPRESSION_PAGES_H

#include "core/http/exchange.h"

extern const struct route suppression_routes[];
extern const struct route suppression_change_routes[];
extern const struct route suppression_import_routes[];

#endif
