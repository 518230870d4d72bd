/* Images and attachments: pages and API. */
#include "media/media_pages.h"

#include <string.h>

#include "core/http/parts.h"
#include "core/store/version.h"
#include "media/copy.h"
#include "media/media.h"
#include "media/use.h"

enum { UPLOAD_LIMIT = IMAGE_BYTES_MAX + 6 * 1024 * 1024 }; /* so that a larger file is refused in words */

/* An image or attachment as it is told. */
struct answer {
	struct media media;
	const char *url; /* of an image */
	struct rows uses;
};
static const struct field answer_fields[] = {
	FIELD_AS(struct answer, media.id, "id", .flags = FIELD_ID),
	FIELD_AS(struct answer, media.name, "name", .doc = "The name of its file"),
	FIELD_AS(struct answer, media.kind, "kind", .choices = &media_kinds),
	FIELD_AS(struct answer, media.type, "type", .doc = "Its media type: image/png"),
	FIELD_AS(struct answer, media.sha256, "sha256", .doc = "Of its bytes as they are kept"),
	FIELD_AS(struct answer, media.bytes, "bytes", .unit = "bytes"),
	FIELD_AS(struct answer, media.width, "width", .unit = "pixels"),
	FIELD_AS(struct answer, media.height, "height", .unit = "pixels"),
	FIELD_AS(struct answer, media.frames, "frames", .doc = "More than 1: it moves"),
	FIELD_AS(struct answer, media.alt, "alt", .doc = "What it shows, for those who do not see it"),
	FIELD(struct answer, url, .doc = "Where anyone can fetch the image; it never changes"),
	FIELD_LIST(struct answer, uses, media_use_record, .doc = "What uses it; while anything does, it cannot be deleted"),
	FIELD_AS(struct answer, media.created_by, "created_by"),
	FIELD_AS(struct answer, media.created_at, "created_at"),
	FIELD_AS(struct answer, media.rev, "rev"),
};
static const struct record_type answer_record = RECORD_TYPE("MediaAnswer", struct answer, answer_fields);

static bool need_media(struct exchange *x, struct media *media, struct error *err) {
	bool found;
	return media_find(x->store, x->values[0], x->arena, media, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no image or attachment %.64s", x->values[0]));
}

static bool is_image(const struct media *media) {
	return media->kind == MEDIA_IMAGE;
}

static struct answer answer_of(struct exchange *x, const struct media *media) {
	return (
		struct answer){ *media, is_image(media) ? media_url(x->arena, x->settings->public_url, media) : NULL, { 0 } };
}

/* Its uses among all of them. */
static struct rows uses_of(struct arena *arena, const struct rows *all, const char *id) {
	const struct media_use *items = all->items;
	struct media_use *own = arena_array(arena, struct media_use, all->count + 1);
	struct rows uses = { own, 0 };
	for (int i = 0; i < all->count; i++)
		if (text_same(items[i].media_id, id))
			own[uses.count++] = items[i];
	return uses;
}

static bool reply_media(struct exchange *x, const char *page, const struct media *media, struct error *err) {
	struct answer answer = answer_of(x, media);
	return media_uses(x->store, media->id, x->arena, &answer.uses, err) &&
	       reply_saved(x, page, &answer_record, &answer);
}

static const char *page_of(struct exchange *x, const struct media *media) {
	return arena_print(x->arena, "/images/%s", media->id);
}

static bool add(struct exchange *x, struct media *media, struct error *err) {
	struct turns turns = { arena_print(x->arena, "%s/run/images.lock", x->settings->home),
		                   turns_places(x->settings->workers), -1 };
	const struct media_upload upload = {
		.id = exchange_new_id(x),
		.name = x->file ? x->file->name : NULL,
		.bytes = x->file ? x->file->bytes : "",
		.size = x->file ? x->file->size : 0,
		.by = x->identity.user,
		.now = x->now,
		.turns = &turns,
	};
	return media_add(x->store, &upload, x->input, x->arena, media, err);
}

static bool upload(struct exchange *x, struct error *err) {
	struct media media;
	return add(x, &media, err) && reply_media(x, page_of(x, &media), &media, err);
}

static bool change(struct exchange *x, struct error *err) {
	struct media media;
	if (media_change(x->store, x->values[0], x->input, x->arena, err))
		return need_media(x, &media, err) && reply_media(x, page_of(x, &media), &media, err);
	return store_is_stale(err) && need_media(x, &media, err) && exchange_stale(x, &media_record, &media, err);
}

static bool drop(struct exchange *x, struct error *err) {
	struct media media;
	if (!need_media(x, &media, err) || !media_drop(x->store, x->values[0], x->now, err))
		return false;
	if (is_image(&media))
		copy_drop(x->settings->home, media_url(x->arena, "", &media) + sizeof "/media/" - 1);
	return reply_deleted(x, "/images");
}

static bool list_api(struct exchange *x, struct error *err) {
	struct rows all, uses;
	int kind = MEDIA_IMAGE;
	const char *asked = params_get(&x->query, "kind");
	if (!text_is_empty(asked) && !choice_find(&media_kinds, asked, &kind))
		return error_field(err, "kind", "kind is image or attachment");
	if (!media_list(x->store, (enum media_kind)kind, x->arena, &all, err) ||
	    !media_uses(x->store, NULL, x->arena, &uses, err))
		return false;
	const struct media *items = all.items;
	struct answer *answers = arena_array(x->arena, struct answer, all.count + 1);
	for (int i = 0; i < all.count; i++) {
		answers[i] = answer_of(x, &items[i]);
		answers[i].uses = uses_of(x->arena, &uses, items[i].id);
	}
	return reply_rows(x, &answer_record, (struct rows){ answers, all.count });
}

static bool show_api(struct exchange *x, struct error *err) {
	struct media media;
	return need_media(x, &media, err) && reply_media(x, "", &media, err);
}

/* As a file to be kept: a browser shows nothing of it. */
static bool give_file(struct exchange *x, struct error *err) {
	struct media media;
	if (!need_media(x, &media, err) || !media_read(x->store, &media, &x->body, err))
		return false;
	x->type = is_image(&media) ? media.type : "application/octet-stream";
	reply_header(x, "Content-Disposition",
	             arena_print(x->arena, "attachment; filename*=UTF-8''%s", url_encoded(x->arena, media.name)));
	return true;
}

/* "600 × 400 · 34 kB" */
static void put_image(struct exchange *x, struct value *row, const struct media *media) {
	value_put_text(row, "id", media->id);
	value_put_text(row, "name", media->name);
	value_put_text(row, "src", media_url(x->arena, "", media));
	value_put_text(row, "alt", media->alt);
	value_put_text(row, "width", arena_print(x->arena, "%lld", (long long)media->width));
	value_put_text(row, "height", arena_print(x->arena, "%lld", (long long)media->height));
	value_put_text(row, "size",
	               arena_print(x->arena, "%s\u00a0×\u00a0%s", text_of_count(x->arena, media->width),
	                           text_of_count(x->arena, media->height)));
	value_put_text(row, "weight", media_weight(x->arena, media->bytes));
	value_put_text(row, "frames",
	               media->frames > 1 ? text_of_counted(x->arena, media->frames, "frame", "frames") : NULL);
	value_put_text(row, "added", text_of_day_near(x->arena, media->created_at, x->now));
}

static bool show_all(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena), *rows = value_put(view, "images", value_list(x->arena));
	struct rows all, uses;
	int64_t bytes = 0;
	if (!media_list(x->store, MEDIA_IMAGE, x->arena, &all, err) || !media_uses(x->store, NULL, x->arena, &uses, err))
		return false;
	const struct media *items = all.items;
	for (int i = 0; i < all.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		put_image(x, row, &items[i]);
		bytes += items[i].bytes;
		int used = uses_of(x->arena, &uses, items[i].id).count;
		value_put_text(row, "used", used ? text_of_counted(x->arena, used, "time", "times") : NULL);
	}
	value_put_int(view, "count", all.count);
	value_put_text(view, "weight", media_weight(x->arena, bytes));
	value_put_bool(view, "none", all.count == 0);
	return reply_page(x, "media/images", "Images", "images", view, err);
}

static bool show_new(struct exchange *x, struct error *err) {
	static const struct width {
		const char *key, *label;
	} widths[] = { { "1200", "1,200 pixels: sharp on every screen" },
		           { "600", "600 pixels: as wide as an email" },
		           { "", "As it is" } };
	struct value *view = value_map(x->arena), *options = part_select(x, view, "max_width");
	const char *chosen = exchange_typed(x, "max_width", "1200");
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
		put_choice(options, widths[i].key, widths[i].label, text_same(widths[i].key, chosen ? chosen : ""));
	part_field(x, view, "file", NULL);
	part_field(x, view, "alt", exchange_typed(x, "alt", NULL));
	return reply_page(x, "media/image_new", "Upload an image", "images", view, err);
}

static bool show_one(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena), *late = put_late(x, view);
	struct media media;
	struct rows uses;
	if (!need_media(x, &media, err) || !media_uses(x->store, media.id, x->arena, &uses, err))
		return false;
	if (!is_image(&media))
		return error_set(err, ERROR_MISSING, "no image %.64s", x->values[0]);
	const struct media_use *items = uses.items;
	struct value *rows = value_put(view, "uses", value_list(x->arena));
	for (int i = 0; i < uses.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "kind", items[i].user.kind);
		value_put_text(row, "name", items[i].user.name);
		value_put_text(row, "address", items[i].user.address);
	}
	value_put_bool(view, "unused", uses.count == 0);
	put_image(x, view, &media);
	value_put_text(view, "url", media_url(x->arena, x->settings->public_url, &media));
	value_put_text(view, "by", text_of_author(x->arena, media.created_by));
	part_control(x, view, late, "name", "Name", media.name);
	part_control(x, view, late, "alt", "Alt text", media.alt);
	value_put_text(view, "rev", exchange_revision(x, media.rev));
	return reply_page(x, "media/image", media.name, "images", view, err);
}

static bool ask_drop(struct exchange *x, struct error *err) {
	struct media media;
	if (!need_media(x, &media, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "Delete the image “%s”?", media.name),
		.lines = { "Emails that were sent with it show an empty place instead.",
		           "An image that a template or a campaign uses cannot be deleted." },
		.button = "Delete image",
		.back = page_of(x, &media),
		.place = media.name,
		.active = "images",
	};
	return reply_confirm(x, &confirm, err);
}

const struct route media_routes[] = {
	{ "GET", "/images", GUARD_SIGNED_IN, show_all },
	{ "GET", "/images/new", GUARD_SIGNED_IN, show_new },
	{ "POST", "/images", GUARD_SIGNED_IN, upload, .input = &media_request_record, .form = show_new, .creates = true,
	  .body = BODY_FILE, .body_limit = UPLOAD_LIMIT },
	{ "GET", "/images/:media_id", GUARD_SIGNED_IN, show_one },
	{ "POST", "/images/:media_id", GUARD_SIGNED_IN, change, .input = &media_change_record, .form = show_one },
	{ "GET", "/images/:media_id/delete", GUARD_SIGNED_IN, ask_drop },
	{ "POST", "/images/:media_id/delete", GUARD_SIGNED_IN, drop, .form = ask_drop },
	{ "GET", "/api/media", GUARD_SIGNED_IN, list_api, .summary = "Images, or attachments, newest first",
	  .output = &answer_record, .list = true, .parameters = "kind" },
	{ "POST", "/api/media", GUARD_SIGNED_IN, upload,
	  .summary = "Upload an image or attachment; the same file again gives the one that is there",
	  .output = &answer_record, .input = &media_request_record, .creates = true, .body = BODY_FILE,
	  .body_limit = UPLOAD_LIMIT },
	{ "GET", "/api/media/:media_id", GUARD_SIGNED_IN, show_api, .summary = "One image or attachment",
	  .output = &answer_record },
	{ "PUT", "/api/media/:media_id", GUARD_SIGNED_IN, change, .summary = "Change its name and alt text",
	  .output = &answer_record, .input = &media_change_record },
	{ "DELETE", "/api/media/:media_id", GUARD_SIGNED_IN, drop, .summary = "Delete it; refused while something uses it",
	  .shape = "deleted:bool" },
	{ "GET", "/api/media/:media_id/file", GUARD_SIGNED_IN, give_file, .download = true },
	{ 0 },
};
