/* Compression with zlib. */
#include "core/formats/zlib.h"

#include <stdlib.h>
#include <zlib.h>

enum { CHUNK = 64 * 1024 };

void zlib_pack(struct buf *out, const char *bytes, size_t size) {
	uLongf room = compressBound(size);
	Bytef *packed = malloc(room);
	if (!packed || compress2(packed, &room, (const Bytef *)bytes, size, Z_DEFAULT_COMPRESSION) != Z_OK)
		abort(); /* only fails when out of memory */
	buf_add(out, (const char *)packed, room);
	free(packed);
}

static bool inflate_all(z_stream *stream, struct buf *out, size_t max, struct error *err) {
	char chunk[CHUNK];
	size_t total = 0;
	int result;
	do {
		stream->next_out = (Bytef *)chunk;
		stream->avail_out = sizeof chunk;
		result = inflate(stream, Z_NO_FLUSH);
		size_t got = sizeof chunk - stream->avail_out;
		total += got;
		if (total > max)
			return error_set(err, ERROR_INVALID, "the compressed data holds more than %zu bytes", max);
		buf_add(out, chunk, got);
	} while (result == Z_OK);
	return result == Z_STREAM_END || error_set(err, ERROR_INVALID, "the compressed data is damaged");
}

bool zlib_unpack(struct buf *out, const char *bytes, size_t size, size_t max, struct error *err) {
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)size };
	if (inflateInit(&stream) != Z_OK)
		abort();
	bool fine = inflate_all(&stream, out, max, err);
	(void)inflateEnd(&stream);
	return fine;
}
