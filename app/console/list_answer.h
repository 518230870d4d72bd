/* A list as JSON, with what is counted of it now. */
#ifndef CONSOLE_LIST_ANSWER_H
#define CONSOLE_LIST_ANSWER_H

#include "audience/lists/own_list.h"
#include "core/http/exchange.h"

/* Counts an own list: members by what they are on it. Nothing is done to an observed one, whose provider counts it. */
bool list_count_now(struct exchange *x, struct list *list, struct error *err) MUST_CHECK;

/* The record, the number of its contacts, and under its old name the provider's id. */
bool list_answer(struct exchange *x, const struct list *list, struct value **answer, struct error *err) MUST_CHECK;

/* For a route's `shape`: what list_answer adds to list_record. */
#define LIST_ANSWER_SHAPE "emailoctopus_id:text contact_count:count"

#endif
