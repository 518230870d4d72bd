/* What an object is called at the provider that it comes from. Our documents refer to each other by their own ids; this
 * is for finding the object again when its provider names it. */
#ifndef STORE_EXTERNAL_H
#define STORE_EXTERNAL_H

#include "core/store/filter.h"

struct external {
	const char *connection_id; /* of the connection (observing/connection.h) */
	const char *id;            /* the provider's */
};
extern const struct record_type external_record;

/* For FILTER: documents whose member "external" is this one. */
#define IS_EXTERNAL(external) \
	eq_id("external.connection_id", (external).connection_id), eq_text("external.id", (external).id)

#endif
