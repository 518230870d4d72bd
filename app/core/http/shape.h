/* The members of a JSON answer that no record type describes, written as one text in the route's row:
 *
 *   "as_of:time campaigns{total:count by_status{*:count}} ages[]{hours:count opened_percent:number}"
 *
 * A member is its name, "[]" if it is a list, and its type or the members of an object. Types: text, time, count,
 * number, bool, any. "*" stands for members of any name. The members of an
 * object that the schema has already are added to it. */
#ifndef HTTP_SHAPE_H
#define HTTP_SHAPE_H

#include "core/formats/value.h"

/* Adds these members to an object's JSON schema. Every member may be null. False if the text is none. */
bool shape_add(struct value *schema, const char *shape);

#endif
