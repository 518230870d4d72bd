/* A list as JSON, with what is counted of it now. */
#ifndef CONSOLE_LIST_ANSWER_H
#define CONSOLE_LIST_ANSWER_H

#include "audience/lists/own_list.h"
#include "core/http/exchange.h"

/* The record, the number of its contacts (null if counting takes longer than *patience_ms, from which it is taken), and
 * under its old name the provider's id. */
bool list_answer(struct exchange *x, const struct list *list, int64_t *patience_ms, struct value **answer,
                 struct error *err) MUST_CHECK;

/* For a route's `shape`: what list_answer adds to list_record. */
#define LIST_ANSWER_SHAPE "emailoctopus_id:text contact_count:count"

#endif
