/* Files that go with an email. */
#include "composing/attached.h"

#include <string.h>

#include "media/attachment.h"
#include "media/use.h"

static const char KIND[] = "campaign", FIELD_NAME[] = "attachment_ids";

static bool find_file(struct store *store, const char *id, struct arena *arena, struct media *media, bool *found,
                      struct error *err) {
	*found = false;
	return !store_is_id(id) || media_find(store, id, arena, media, found, err);
}

bool attached_read(struct store *store, const struct strings *ids, struct arena *arena, struct rows *files,
                   struct error *err) {
	struct media *items = arena_array(arena, struct media, ids->count + 1);
	bool found;
	*files = (struct rows){ items, 0 };
	for (int i = 0; i < ids->count; i++) {
		struct media *media = &items[files->count];
		if (!find_file(store, ids->items[i], arena, media, &found, err))
			return false;
		if (!found || media->kind != MEDIA_ATTACHMENT)
			return error_field(err, FIELD_NAME, "There is no attachment %.60s", ids->items[i]);
		files->count++;
	}
	int64_t bytes = attached_bytes(files);
	return bytes <= ATTACHMENTS_BYTES_MAX ||
	       error_field(err, FIELD_NAME, "The attachments of an email may have %d MB together; these have %.1f MB",
	                   ATTACHMENTS_BYTES_MAX / (1024 * 1024), (double)bytes / (1024 * 1024));
}

bool attached_open(struct store *store, const struct strings *ids, struct arena *arena, struct message_files *files,
                   struct error *err) {
	struct message_file *items = arena_array(arena, struct message_file, ids->count + 1);
	*files = (struct message_files){ items, 0 };
	for (int i = 0; i < ids->count; i++) {
		struct media media;
		bool found;
		BUF_AUTO bytes = { 0 };
		if (!find_file(store, ids->items[i], arena, &media, &found, err))
			return false;
		if (!found)
			continue;
		if (!media_read(store, &media, &bytes, err))
			return false;
		items[files->count++] = (struct message_file){ .name = media.name,
			                                           .type = media.type,
			                                           .bytes = arena_copy_bytes(arena, buf_text(&bytes), bytes.size),
			                                           .size = bytes.size };
	}
	return true;
}

bool attached_keep(struct store *store, const struct composition *composition, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const char *html = composition->html_content ? composition->html_content : "";
	const struct strings images = media_named(html, strlen(html), arena);
	const struct media_user user = { KIND, composition->id, composition->name,
		                             arena_print(arena, "/campaigns/%s", composition->id) };
	struct strings missing;
	return media_set_uses(store, &user, &images, &composition->attachment_ids, arena, &missing, err);
}

bool attached_let_go(struct store *store, const char *campaign_id, struct error *err) {
	return media_drop_uses(store, KIND, campaign_id, err);
}

int64_t attached_bytes(const struct rows *files) {
	const struct media *items = files->items;
	int64_t bytes = 0;
	for (int i = 0; i < files->count; i++)
		bytes += items[i].bytes;
	return bytes;
}

const char *attached_words(const struct rows *files, struct arena *arena) {
	const struct media *items = files->items;
	const char *more = files->count > 1 ? arena_print(arena, " and %d more", files->count - 1) : "";
	return files->count
	           ? arena_print(arena, "%s%s, %s", items[0].name, more, media_weight(arena, attached_bytes(files)))
	           : NULL;
}
