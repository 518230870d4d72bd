/* The provider's id of an object. Our documents refer to each other by our own ids; this one finds an object by the id
 * that the provider uses. */
#ifndef STORE_EXTERNAL_H
#define STORE_EXTERNAL_H

#include "core/store/filter.h"

struct external {
	const char *connection_id; /* our id of the connection (connections/connection.h) */
	const char *id;            /* the provider's id */
};
extern const struct record_type external_record;

/* For FILTER: documents whose member "external" is this one. */
#define IS_EXTERNAL(external) \
	eq_id("external.connection_id", (external).connection_id), eq_text("external.id", (external).id)

#endif
