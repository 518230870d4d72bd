/* Uses of images and attachments. */
#include "media/use.h"

#include <ctype.h>
#include <string.h>

#include "core/base/secret.h"
#include "media/media.h"

enum { USES_MAX = 10000, DIGEST = SECRET_HEX - 1 };

static const char USES[] = "media_uses";

static const struct field use_fields[] = {
	FIELD(struct media_use, media_id, .flags = FIELD_ID | FIELD_PRIVATE),
	FIELD_AS(struct media_use, user.kind, "kind"),
	FIELD_AS(struct media_use, user.id, "id", .stored = "user_id"),
	FIELD_AS(struct media_use, user.name, "name"),
	FIELD_AS(struct media_use, user.address, "address", .doc = "Its page"),
};
const struct record_type media_use_record = RECORD_TYPE("MediaUse", struct media_use, use_fields);

static bool is_digest(const char *at, const char *end) {
	if ((size_t)(end - at) < DIGEST)
		return false;
	for (int i = 0; i < DIGEST; i++)
		if (!isdigit((unsigned char)at[i]) && (at[i] < 'a' || at[i] > 'f'))
			return false;
	return true;
}

struct strings media_named(const char *text, size_t size, struct arena *arena) {
	static const char path[] = "/media/";
	const char *end = text + size;
	struct strings found = { arena_array(arena, const char *, size / (DIGEST + sizeof path) + 1), 0 };
	for (const char *at = text; at && at < end;) {
		at = memmem(at, (size_t)(end - at), path, sizeof path - 1);
		if (!at)
			break;
		at += sizeof path - 1;
		if (!is_digest(at, end))
			continue;
		found.items[found.count++] = arena_print(arena, "%.*s", DIGEST, at);
		at += DIGEST;
	}
	return strings_distinct(arena, &found);
}

static bool insert(struct store *store, const struct media_user *user, const struct media *media, struct error *err) {
	const struct media_use use = { media->id, *user };
	bool was_there;
	return store_insert_once(store, USES, &media_use_record, &use, &was_there, err);
}

/* The use is stored before it is looked whether the image is being deleted, and the other way round there: one of the
 * two sees the other. */
static bool keep(struct store *store, const struct media_user *user, const struct media *media, bool found, bool *kept,
                 struct arena *arena, struct error *err) {
	struct media now;
	*kept = false;
	if (!found)
		return true;
	return insert(store, user, media, err) && media_find(store, media->id, arena, &now, kept, err);
}

bool media_set_uses(struct store *store, const struct media_user *user, const struct strings *digests,
                    const struct strings *ids, struct arena *arena, struct strings *missing, struct error *err) {
	int count = digests->count + ids->count;
	struct strings kept = { arena_array(arena, const char *, count + 1), 0 };
	*missing = (struct strings){ arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++) {
		bool by_digest = i < digests->count, found, is_kept;
		const char *name = by_digest ? digests->items[i] : ids->items[i - digests->count];
		struct media media;
		if (!(by_digest ? media_find_image : media_find)(store, name, arena, &media, &found, err) ||
		    !keep(store, user, &media, found, &is_kept, arena, err))
			return false;
		if (is_kept)
			kept.items[kept.count++] = media.id;
		else
			missing->items[missing->count++] = name;
	}
	int64_t deleted;
	return store_delete(store, USES,
	                    FILTER(eq_text("kind", user->kind), eq_text("user_id", user->id),
	                           kept.count ? NONE_OF(in_ids("media_id", &kept)) : anything()),
	                    &deleted, err) &&
	       store_update_all(store, USES, FILTER(eq_text("kind", user->kind), eq_text("user_id", user->id)),
	                        UPDATE(set_text("name", user->name), set_text("address", user->address)), err);
}

bool media_drop_uses(struct store *store, const char *kind, const char *id, struct error *err) {
	int64_t deleted;
	return store_delete(store, USES, FILTER(eq_text("kind", kind), eq_text("user_id", id)), &deleted, err);
}

bool media_uses(struct store *store, const char *media_id, struct arena *arena, struct rows *uses, struct error *err) {
	return store_list(store, USES, FILTER(media_id ? eq_id("media_id", media_id) : anything()),
	                  SORT(asc("name"), asc("_id")), USES_MAX, &media_use_record, arena, &uses->items, &uses->count,
	                  err);
}
