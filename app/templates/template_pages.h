/* Templates: API and pages. */
#ifndef TEMPLATES_TEMPLATE_PAGES_H
#define TEMPLATES_TEMPLATE_PAGES_H

#include "core/http/exchange.h"

extern const struct route template_routes[];         /* API, list, deleting, duplicating, versions */
extern const struct route template_editor_routes[];  /* new, editing, saving */
extern const struct route template_preview_routes[]; /* as somebody reads it */

#endif
