#ifndef COMPOSING_COMPOSING_PAGES_H
#define COMPOSING_COMPOSING_PAGES_H

#include "core/http/exchange.h"

extern const struct route composing_api_routes[], composer_routes[], composer_files_routes[];

#endif
