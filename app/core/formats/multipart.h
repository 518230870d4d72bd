/* Forms with file uploads: multipart/form-data (RFC 7578), parsed by GMime. */
#ifndef FORMATS_MULTIPART_H
#define FORMATS_MULTIPART_H

#include "core/formats/url.h"

struct upload {
	const char *name, *bytes; /* name of the form field; content of the file */
	size_t size;
};

/* The most files read from one form. */
enum { UPLOADS_MAX = 4 };
struct uploads {
	struct upload items[UPLOADS_MAX];
	int count;
};

/* `content_type` is the header's value, with its boundary. Parts with a file name become uploads, even empty ones; the
 * others become fields. Both live in the arena. INVALID if this is not such a form, a field is not UTF-8, or there are
 * more than PARAMS_LIMIT fields or UPLOADS_MAX files. */
bool multipart_read(struct arena *arena, const char *content_type, const char *body, size_t size, struct params *fields,
                    struct uploads *uploads, struct error *err) MUST_CHECK;

/* Extracts a large file from a form without holding it in memory. `whole` is an open file with the Content-Type header,
 * an empty line and the body; the content of the form's one file is written to `out`, and *name is its file name.
 * INVALID as above, and for a form without a file or with two, or with more than PARTS_BYTES of other fields. */
enum { PARTS_BYTES = 1024 * 1024 };
bool multipart_split(struct arena *arena, int whole, int out, struct params *fields, const char **name,
                     struct error *err) MUST_CHECK;

/* The first non-empty upload of that name, or NULL. */
const struct upload *uploads_get(const struct uploads *uploads, const char *name);

#endif
