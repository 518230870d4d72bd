/* Images of mails and files attached to them, in the database: `media`, their bytes in `media_files`. What is the same
 * is there once. Images have a public address, made of the digest of their bytes: a copy of them never changes. */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include "core/process/turns.h"
#include "core/store/store.h"
#include "media/image.h"

enum media_kind { MEDIA_IMAGE, MEDIA_ATTACHMENT };
extern const struct choices media_kinds; /* "image", "attachment" */

enum {
	MEDIA_MAX = 1000,
	MEDIA_BYTES_MAX = 500 * 1024 * 1024, /* of all together */
	MEDIA_NAME_MAX = 200,
	MEDIA_ALT_MAX = 300,
	MEDIA_WIDTH_MIN = 16,
};

struct media {
	const char *id, *name;
	unsigned kind;
	const char *type, *sha256; /* of the bytes as they are kept */
	int64_t bytes, width, height, frames;
	const char *alt; /* NULL: none */
	const char *created_by;
	struct moment created_at, going_at; /* going_at: it is being deleted */
	int64_t rev;
};
extern const struct record_type media_record;

struct media_request {
	unsigned kind;
	const char *alt;
	int64_t max_width; /* COUNT_NONE: as it is */
};
extern const struct record_type media_request_record;

struct media_change {
	const char *name, *alt;
	int64_t rev;
};
extern const struct record_type media_change_record;

/* A file as it came. */
struct media_upload {
	const char *id, *name; /* for what it becomes; name may be NULL */
	const char *bytes;
	int64_t size;
	const char *by;
	struct moment now;
	struct turns *turns; /* for image_take */
};

/* Takes it, unless the same is there already: then *media is that. INVALID names the field; TOO_LARGE-like limits of
 * all together are INVALID, too. */
bool media_add(struct store *store, const struct media_upload *upload, const struct media_request *request,
               struct arena *arena, struct media *media, struct error *err) MUST_CHECK;

/* Newest first. */
bool media_list(struct store *store, enum media_kind kind, struct arena *arena, struct rows *rows,
                struct error *err) MUST_CHECK;

bool media_find(struct store *store, const char *id, struct arena *arena, struct media *media, bool *found,
                struct error *err) MUST_CHECK;

/* An image by the digest in its address. */
bool media_find_image(struct store *store, const char *sha256, struct arena *arena, struct media *media, bool *found,
                      struct error *err) MUST_CHECK;

/* Appends its bytes. FAULT: they are not those of its digest. */
bool media_read(struct store *store, const struct media *media, struct buf *out, struct error *err) MUST_CHECK;

/* MISSING; CONFLICT (store_is_stale). */
bool media_change(struct store *store, const char *id, const struct media_change *change, struct arena *arena,
                  struct error *err) MUST_CHECK;

/* MISSING; CONFLICT while something uses it (media/use.h), whose names the text has. */
bool media_drop(struct store *store, const char *id, struct moment now, struct error *err) MUST_CHECK;

/* Pure. "34 kB", "1.2 MB" */
const char *media_weight(struct arena *arena, int64_t bytes);

/* Pure. "https://mail.example.com/media/9f…e1.png" */
const char *media_url(struct arena *arena, const char *public_url, const struct media *media);

#endif
