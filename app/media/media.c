/* Images and attachments: rules and storage. */
#include "media/media.h"

#include <stdio.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/store/pieces.h"
#include "media/attachment.h"
#include "media/take.h"
#include "media/use.h"

enum { LOST_AT_ONCE = 10, NAMED_MAX = 3 };

static const char MEDIA[] = "media", FILES[] = "media_files";

static const char *const kind_names[] = { [MEDIA_IMAGE] = "image", [MEDIA_ATTACHMENT] = "attachment" };
const struct choices media_kinds = CHOICES(kind_names);

static const struct field media_fields[] = {
	FIELD(struct media, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct media, name, .doc = "The name of its file"),
	FIELD(struct media, kind, .choices = &media_kinds),
	FIELD(struct media, type, .doc = "Its media type: image/png"),
	FIELD(struct media, sha256, .doc = "Of its bytes as they are kept"),
	FIELD(struct media, bytes, .unit = "bytes"),
	FIELD(struct media, width, .unit = "pixels"),
	FIELD(struct media, height, .unit = "pixels"),
	FIELD(struct media, frames, .doc = "More than 1: it moves"),
	FIELD(struct media, alt, .doc = "What it shows, for those who do not see it"),
	FIELD(struct media, created_by),
	FIELD(struct media, created_at),
	FIELD(struct media, going_at, .flags = FIELD_PRIVATE),
	FIELD(struct media, rev, .flags = FIELD_REVISION),
};
const struct record_type media_record = RECORD_TYPE("Media", struct media, media_fields);

static const struct field request_fields[] = {
	FIELD(struct media_request, kind, .choices = &media_kinds, .doc = "image if it is not given"),
	FIELD(struct media_request, alt, .max = MEDIA_ALT_MAX, .doc = "What the image shows"),
	FIELD(struct media_request, max_width, .max = IMAGE_SIDE_MAX, .unit = "pixels",
	      .doc = "A wider image is made smaller; a GIF stays as it is"),
};
const struct record_type media_request_record = RECORD_TYPE("MediaRequest", struct media_request, request_fields);

static const struct field change_fields[] = {
	FIELD(struct media_change, name, .flags = FIELD_REQUIRED, .max = MEDIA_NAME_MAX),
	FIELD(struct media_change, alt, .max = MEDIA_ALT_MAX),
	FIELD(struct media_change, rev, .doc = "As it was read; a stale one is refused"),
};
const struct record_type media_change_record = RECORD_TYPE("MediaChange", struct media_change, change_fields);

static struct piece_owner owner_of(const char *id) {
	return (struct piece_owner){ "media_id", id };
}

/* Its last part, as a text of one line. */
static const char *clean_name(const char *name, enum media_kind kind, struct arena *arena) {
	const char *last = name ? name : "";
	for (const char *at = last; *at; at++)
		if (*at == '/' || *at == '\\')
			last = at + 1;
	last = text_tidy(arena, text_clean(arena, last));
	if (text_length(last) > MEDIA_NAME_MAX || !*last)
		last = kind == MEDIA_IMAGE ? "image" : "attachment";
	return last;
}

static const char *said(const char *text, struct arena *arena) {
	const char *clean = text ? text_tidy(arena, text_clean(arena, text)) : "";
	return *clean ? clean : NULL;
}

/* What it is, and its bytes as they are to be kept. */
static bool take(const struct media_upload *upload, const struct media_request *request, struct media *media,
                 struct buf *kept, struct error *err) {
	struct image image;
	uint32_t width = request->max_width == COUNT_NONE ? 0 : (uint32_t)request->max_width;
	if (media->kind == MEDIA_ATTACHMENT) {
		media->type = attachment_type(media->name);
		buf_add(kept, upload->bytes, (size_t)upload->size);
		return attachment_check(media->name, upload->bytes, (size_t)upload->size, err);
	}
	if (width && width < MEDIA_WIDTH_MIN)
		return error_field(err, "max_width", "An image is at least %d pixels wide", MEDIA_WIDTH_MIN);
	if (!image_take(upload->turns, upload->bytes, (size_t)upload->size, width, &image, kept, err))
		return false;
	media->type = image_types[image.kind];
	media->width = image.width;
	media->height = image.height;
	media->frames = image.frames;
	return true;
}

struct total {
	int64_t bytes;
};
static const struct field total_fields[] = { FIELD(struct total, bytes) };
static const struct record_type total_record = RECORD_TYPE("MediaTotal", struct total, total_fields);

static bool check_room(struct store *store, int64_t more, struct error *err) {
	struct total total;
	int64_t count;
	if (!store_sum(store, MEDIA, &everything, &total_record, &total, &count, err))
		return false;
	if (count >= MEDIA_MAX)
		return error_field(err, "file", "There are %d images and attachments, which is the limit. Delete some",
		                   MEDIA_MAX);
	return total.bytes + more <= MEDIA_BYTES_MAX ||
	       error_field(err, "file", "All images and attachments together may have %d MB. Delete some",
	                   MEDIA_BYTES_MAX / 1024 / 1024);
}

static bool find_same(struct store *store, unsigned kind, const char *sha256, struct arena *arena, struct media *media,
                      bool *found, struct error *err) {
	return store_find(store, MEDIA,
	                  FILTER(eq_text("sha256", sha256), eq_choice("kind", &media_kinds, kind), is_absent("going_at")),
	                  NULL, &media_record, arena, media, found, err);
}

/* The bytes first, so that what is listed is whole. */
static bool insert(struct store *store, const struct media *media, const struct buf *kept, struct arena *arena,
                   struct media *stored, struct error *err) {
	bool was_there, found;
	*stored = *media;
	stored->rev = 1;
	if (!check_room(store, media->bytes, err) ||
	    !pieces_save(store, FILES, owner_of(media->id), buf_text(kept), (int64_t)kept->size, media->created_at, err))
		return false;
	if (store_create(store, MEDIA, &media_record, media, media->id, &was_there, err))
		return true;
	if (err->kind != ERROR_CONFLICT)
		return false;
	return pieces_drop(store, FILES, owner_of(media->id), err) &&
	       find_same(store, media->kind, media->sha256, arena, stored, &found, err) &&
	       (found || error_wait(err, ERROR_CONFLICT, 1000, "The same file is being deleted. Try again in a moment"));
}

/* What is marked as going is deleted, unless it is used: then it stays. */
static bool finish_drop(struct store *store, const char *id, struct rows *uses, struct arena *arena,
                        struct error *err) {
	bool back;
	int64_t deleted;
	if (!media_uses(store, id, arena, uses, err))
		return false;
	if (uses->count)
		return store_update(store, MEDIA, FILTER(by_id(id)), UPDATE(unset("going_at")), &back, err);
	return pieces_drop(store, FILES, owner_of(id), err) && store_delete(store, MEDIA, FILTER(by_id(id)), &deleted, err);
}

/* What a crash left half deleted. */
static bool finish_drops(struct store *store, struct moment now, struct arena *arena, struct error *err) {
	struct media *going;
	struct rows uses;
	int count;
	bool fine = store_list(store, MEDIA, FILTER(lt_moment("going_at", moment_add(now, -MINUTE_MS))), NULL, LOST_AT_ONCE,
	                       &media_record, arena, (void **)&going, &count, err);
	for (int i = 0; fine && i < count; i++)
		fine = finish_drop(store, going[i].id, &uses, arena, err);
	return fine;
}

/* Bytes of uploads that ended before they were listed. */
static bool drop_lost(struct store *store, struct moment now, struct arena *arena, struct error *err) {
	struct strings ids;
	bool fine = pieces_owners(store, FILES, "media_id", moment_add(now, -DAY_MS), MEDIA_MAX, arena, &ids, err);
	for (int i = 0; fine && i < ids.count; i++) {
		int64_t known;
		fine = store_count(store, MEDIA, FILTER(by_id(ids.items[i])), &known, err) &&
		       (known || pieces_drop(store, FILES, owner_of(ids.items[i]), err));
	}
	return fine;
}

/* The same picture once more, now with words: one that has none gets them. */
static bool describe(struct store *store, struct media *media, const char *alt, struct error *err) {
	bool found;
	if (text_is_empty(alt) || !text_is_empty(media->alt))
		return true;
	media->alt = alt;
	return store_save(store, MEDIA, FILTER(by_id(media->id)), &media_record, media, ONLY("alt"), &found, err);
}

bool media_add(struct store *store, const struct media_upload *upload, const struct media_request *request,
               struct arena *arena, struct media *media, struct error *err) {
	BUF_AUTO kept = { 0 };
	struct media new;
	char digest[SECRET_HEX];
	bool found;
	record_clear(&media_record, &new);
	new.id = upload->id;
	new.kind = request->kind;
	new.name = clean_name(upload->name, new.kind, arena);
	new.alt = said(request->alt, arena);
	new.created_by = upload->by;
	new.created_at = upload->now;
	if (!take(upload, request, &new, &kept, err))
		return false;
	secret_digest_bytes(buf_text(&kept), kept.size, digest);
	new.sha256 = arena_copy(arena, digest);
	new.bytes = (int64_t)kept.size;
	if (!find_same(store, new.kind, new.sha256, arena, media, &found, err))
		return false;
	if (found)
		return describe(store, media, new.alt, err);
	return (finish_drops(store, upload->now, arena, err) && drop_lost(store, upload->now, arena, err) &&
	        insert(store, &new, &kept, arena, media, err));
}

bool media_list(struct store *store, enum media_kind kind, struct arena *arena, struct rows *rows, struct error *err) {
	return store_list(store, MEDIA, FILTER(eq_choice("kind", &media_kinds, kind), is_absent("going_at")),
	                  SORT(desc("created_at"), desc("_id")), MEDIA_MAX, &media_record, arena, &rows->items,
	                  &rows->count, err);
}

bool media_find(struct store *store, const char *id, struct arena *arena, struct media *media, bool *found,
                struct error *err) {
	return store_find(store, MEDIA, FILTER(by_id(id), is_absent("going_at")), NULL, &media_record, arena, media, found,
	                  err);
}

bool media_find_image(struct store *store, const char *sha256, struct arena *arena, struct media *media, bool *found,
                      struct error *err) {
	return find_same(store, MEDIA_IMAGE, sha256, arena, media, found, err);
}

bool media_read(struct store *store, const struct media *media, struct buf *out, struct error *err) {
	ARENA_AUTO arena = arena_new();
	char digest[SECRET_HEX];
	size_t before = out->size;
	struct pieces *pieces = pieces_open(store, FILES, owner_of(media->id), media->bytes, arena);
	if (!pieces_read_all(pieces, out, err))
		return false;
	secret_digest_bytes(buf_text(out) + before, out->size - before, digest);
	return text_same(digest, media->sha256) ||
	       error_set(err, ERROR_FAULT, "the bytes of %s are not those of its digest", media->id);
}

bool media_change(struct store *store, const char *id, const struct media_change *change, struct arena *arena,
                  struct error *err) {
	struct media media;
	bool found;
	record_clear(&media_record, &media);
	media.name = clean_name(change->name, MEDIA_IMAGE, arena);
	media.alt = said(change->alt, arena);
	media.rev = change->rev;
	return store_save(store, MEDIA, FILTER(by_id(id), is_absent("going_at")), &media_record, &media,
	                  ONLY("name", "alt"), &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no image or attachment %.64s", id));
}

static bool refuse_used(const struct rows *uses, struct error *err) {
	const struct media_use *items = uses->items;
	BUF_AUTO names = { 0 };
	for (int i = 0; i < uses->count && i < NAMED_MAX; i++)
		buf_print(&names, "%s%s “%.60s”", i ? ", " : "", items[i].user.kind,
		          items[i].user.name ? items[i].user.name : "");
	if (uses->count > NAMED_MAX)
		buf_print(&names, " and %d more", uses->count - NAMED_MAX);
	return error_set(err, ERROR_CONFLICT, "It is used by %s. Take it out there first", buf_text(&names));
}

bool media_drop(struct store *store, const char *id, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct rows uses;
	bool found;
	if (!store_update(store, MEDIA, FILTER(by_id(id)), UPDATE(set_moment("going_at", now)), &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no image or attachment %.64s", id);
	return media_drop_lost_uses(store, id, now, err) && finish_drop(store, id, &uses, arena, err) &&
	       (!uses.count || refuse_used(&uses, err));
}

static const char *ending_of(const struct media *media) {
	for (int i = 0; i < IMAGE_KINDS; i++)
		if (text_same(media->type, image_types[i]))
			return choice_name(&image_kinds, i);
	return "bin";
}

const char *media_url(struct arena *arena, const char *public_url, const struct media *media) {
	return arena_print(arena, "%s/media/%s.%s", public_url, media->sha256, ending_of(media));
}

const char *media_weight(struct arena *arena, int64_t bytes) {
	return bytes < 1000 * 1000 ? arena_print(arena, "%lld\u00a0kB", (long long)(bytes + 999) / 1000)
	                           : arena_print(arena, "%.1f\u00a0MB", (double)bytes / 1e6);
}
