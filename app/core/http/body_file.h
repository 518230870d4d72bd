/* A body in a file instead of memory. The file has no name, so that nothing is left of it, however the process ends. */
#ifndef HTTP_BODY_FILE_H
#define HTTP_BODY_FILE_H

#include "core/formats/url.h"
#include "core/http/request.h"

struct body_file {
	int fd;
	const char *bytes; /* mapped for reading; "" when it is empty */
	int64_t size;
	const char *name; /* as the sender calls it; NULL for a body that is no form */
};

/* Reads `size` bytes of the source. Of a form with files (multipart/form-data) the file is its only one, the other
 * parts go into `form`; it lives as long as the arena. INVALID: the body is shorter, or a form without just one file.
 */
bool body_file_read(struct arena *arena, const struct request_source *source, const char *type, int64_t size,
                    struct params *form, struct body_file **file, struct error *err) MUST_CHECK;

#endif
