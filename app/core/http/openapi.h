/* The OpenAPI 3.1 document of a service, generated from its routes. */
#ifndef HTTP_OPENAPI_H
#define HTTP_OPENAPI_H

#include "core/formats/value.h"
#include "core/http/router.h"

/* Covers the rows with a summary. */
struct value *openapi_document(const struct router *router, struct arena *arena);

#endif
