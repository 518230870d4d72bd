/* An import as the data of its pages. Private to this folder. */
#ifndef AUDIENCE_IMPORTING_IMPORT_VIEW_PAGES_H
#define AUDIENCE_IMPORTING_IMPORT_VIEW_PAGES_H

#include "audience/importing/import.h"
#include "core/http/exchange.h"

/* The import in the path. MISSING: there is none. */
bool import_of_address(struct exchange *x, struct import *import, struct error *err) MUST_CHECK;

/* What all pages say of it. */
void import_put(const struct exchange *x, struct value *row, const struct import *import);

/* rows, looked_at, created … */
void import_put_counts(struct value *map, const struct import *import);

/* fields { key, label }: those that a column can go to, before import_put_columns. */
bool import_put_fields(struct exchange *x, struct value *view, struct error *err) MUST_CHECK;

/* Each step's page. */
void import_put_columns(const struct exchange *x, struct value *view, const struct import *import);
void import_put_progress(const struct exchange *x, struct value *view, const struct import *import);
void import_put_preview(const struct exchange *x, struct value *view, const struct import *import);
void import_put_result(const struct exchange *x, struct value *view, const struct import *import);

#endif
