/* Forms with files: multipart/form-data (RFC 7578), by GMime. */
#ifndef FORMATS_MULTIPART_H
#define FORMATS_MULTIPART_H

#include "core/formats/url.h"

struct upload {
	const char *name, *bytes; /* of the form's field; what the file holds */
	size_t size;
};

/* What is read as a file at most. */
enum { UPLOADS_MAX = 4 };
struct uploads {
	struct upload items[UPLOADS_MAX];
	int count;
};

/* `content_type` is the header's value, with its boundary. Parts with a file name become uploads, even empty ones;
 * the others fields. Both live in the arena. INVALID for what is no such form, has a field that is no UTF-8, more than
 * PARAMS_LIMIT fields or UPLOADS_MAX files. */
bool multipart_read(struct arena *arena, const char *content_type, const char *body, size_t size, struct params *fields,
                    struct uploads *uploads, struct error *err) MUST_CHECK;

/* A form whose one file is large, out of an open file into another: `whole` holds the header Content-Type, an empty
 * line and the body; what the file holds is written to `out`. *name is the file's name. INVALID, besides, for a form
 * without a file or with two, and when the other fields together are longer than PARTS_BYTES. */
enum { PARTS_BYTES = 1024 * 1024 };
bool multipart_split(struct arena *arena, int whole, int out, struct params *fields, const char **name,
                     struct error *err) MUST_CHECK;

/* The first upload of that name that holds anything, or NULL. */
const struct upload *uploads_get(const struct uploads *uploads, const char *name);

#endif
