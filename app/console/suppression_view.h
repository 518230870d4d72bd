/* A suppression as template data; shared by its pages. */
#ifndef CONSOLE_SUPPRESSION_VIEW_H
#define CONSOLE_SUPPRESSION_VIEW_H

#include "audience/suppression/suppression.h"
#include "core/http/exchange.h"

struct value *suppression_row_view(const struct exchange *x, const struct suppression *row);

/* "Mara, 12 Nov: asked by phone", and so on, newest first: `history` of the view. */
void suppression_put_history(const struct exchange *x, struct value *view, const struct suppression *row);

bool suppression_need(struct exchange *x, struct suppression *row, struct error *err) MUST_CHECK;

/* The address or number that was typed, as a key; INVALID names the field. */
bool suppression_read_key(const char *typed, const char *field, struct arena *arena, const char **key,
                          struct error *err) MUST_CHECK;

/* Options of a select of reasons; complaints and erasures are no reasons that users give unless `all`. */
void suppression_put_reasons(struct value *choices, const char *chosen, bool all);

#endif
