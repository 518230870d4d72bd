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

/* Who uses what, and where they stand. */
static const struct {
	const char *kind, *collection;
} users[] = { { "campaign", "campaigns" }, { "template", "templates" } };

/* One that is being created stands nowhere for a moment. */
enum { CREATED_MS = HOUR_MS };

static bool is_gone(struct store *store, const struct media_user *user, struct moment now, bool *gone,
                    struct error *err) {
	int64_t count = 0;
	*gone = false;
	if (!store_is_id(user->id) || now.ms - store_id_moment(user->id).ms < CREATED_MS)
		return true;
	for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
		if (!text_same(user->kind, users[i].kind))
			continue;
		if (!store_count(store, users[i].collection, FILTER(by_id(user->id)), &count, err))
			return false;
		*gone = count == 0;
	}
	return true;
}

bool media_drop_lost_uses(struct store *store, const char *media_id, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct rows uses;
	if (!media_uses(store, media_id, arena, &uses, err))
		return false;
	const struct media_use *all = uses.items;
	for (int i = 0; i < uses.count; i++) {
		bool gone;
		if (!is_gone(store, &all[i].user, now, &gone, err) ||
		    (gone && !media_drop_uses(store, all[i].user.kind, all[i].user.id, err)))
			return false;
	}
	return true;
}

bool media_uses(struct store *store, const char *media_id, struct arena *arena, struct rows *uses, struct error *err) {
	return store_list(store, USES, FILTER(media_id ? eq_id("media_id", media_id) : anything()),
	                  SORT(asc("name"), asc("_id")), USES_MAX, &media_use_record, arena, &uses->items, &uses->count,
	                  err);
}
