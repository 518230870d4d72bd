/* Logos and compressed data: damaged bytes are refused, good ones round-trip. */
#include <stdlib.h>
#include <string.h>

#include "core/formats/zlib.h"
#include "core/paper/logo.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	struct error err = ERROR_INIT;
	BUF_AUTO packed = { 0 };
	BUF_AUTO out = { 0 };
	if (logo_read((const char *)bytes, size, &packed, &err)) {
		/* An accepted logo is accepted again and does not change. */
		if (!logo_read(packed.bytes, packed.size, &out, &err) && packed.size <= LOGO_BYTES)
			abort();
	}
	buf_reset(&packed);
	buf_reset(&out);
	if (!zlib_unpack(&out, (const char *)bytes, size, 1 << 20, &err))
		buf_reset(&out);
	buf_reset(&out);
	zlib_pack(&packed, (const char *)bytes, size);
	if (!zlib_unpack(&out, packed.bytes, packed.size, size, &err) || out.size != size ||
	    (size && memcmp(out.bytes, bytes, size) != 0))
		abort();
	return 0;
}
