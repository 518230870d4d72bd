/* Uploading a file to be imported. */
#ifndef AUDIENCE_IMPORTING_UPLOAD_PAGES_H
#define AUDIENCE_IMPORTING_UPLOAD_PAGES_H

#include "core/http/route.h"

extern const struct route upload_routes[];

#endif
