/* A request body in a temporary file instead of memory. The file is unlinked, so nothing remains however the process
 * ends. */
#ifndef HTTP_BODY_FILE_H
#define HTTP_BODY_FILE_H

#include "core/formats/url.h"
#include "core/http/request.h"

struct body_file {
	int fd;
	const char *bytes; /* mapped read-only; "" if empty */
	int64_t size;
	const char *name; /* the sender's file name; NULL if the body is not a form */
};

/* Reads `size` bytes from the source. For a form with files (multipart/form-data) the file is its only one and the
 * other parts go to `form`. The file lives as long as the arena. INVALID: the body is shorter, or a form does not have
 * exactly one file.
 */
bool body_file_read(struct arena *arena, const struct request_source *source, const char *type, int64_t size,
                    struct params *form, struct body_file **file, struct error *err) MUST_CHECK;

#endif
