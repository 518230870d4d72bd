/* Access to the members of an object; private to this folder. */
#ifndef FIELDS_MEMBER_H
#define FIELDS_MEMBER_H

#include "core/fields/field.h"

static inline void *member(const struct field *field, void *object) {
	return (char *)object + field->offset;
}

static inline const void *member_of(const struct field *field, const void *object) {
	return (const char *)object + field->offset;
}

static inline void *row(const struct rows *rows, const struct record_type *record, int i) {
	return (char *)rows->items + record->size * (size_t)i;
}

#endif
