/* The attachments of a draft: a page of its own, so that a file is uploaded without the rest of the form. */
#include <string.h>

#include "composing/attached.h"
#include "composing/composing_pages.h"
#include "composing/request_pages.h"
#include "core/http/parts.h"
#include "media/attachment.h"
#include "media/use.h"

enum { UPLOAD_LIMIT = 2 * ATTACHMENTS_BYTES_MAX }; /* so that a larger file is refused in words */

static const char *page_of(struct exchange *x, const char *id) {
	return arena_print(x->arena, "/campaigns/%s/attachments", id);
}

static bool show(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena), *rows = value_put(view, "files", value_list(x->arena));
	struct draft draft;
	struct rows files;
	if (!composing_need(x, &draft, err) ||
	    !attached_read(x->store, &draft.composition.attachment_ids, x->arena, &files, err))
		return false;
	if (!x->problem && !campaign_is_editable((enum campaign_status)draft.campaign.status))
		return reply_redirect(x, arena_print(x->arena, "/campaigns/%s", draft.campaign.id));
	const struct media *items = files.items;
	for (int i = 0; i < files.count; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "media_id", items[i].id);
		value_put_text(row, "name", items[i].name);
		value_put_text(row, "weight", media_weight(x->arena, items[i].bytes));
	}
	value_put_text(view, "id", draft.campaign.id);
	value_put_text(view, "campaign_name", campaign_name(&draft.campaign));
	value_put_text(view, "total", files.count ? media_weight(x->arena, attached_bytes(&files)) : NULL);
	value_put_bool(view, "has_room", files.count < ATTACHED_MAX);
	part_field(x, view, "file", NULL);
	return reply_page(x, "composing/attachments", "Attachments", "outbox", view, err);
}

/* Saves the draft with these files. */
static bool attach(struct exchange *x, const struct strings *ids, struct draft *draft, struct error *err) {
	static const char *const given[] = { "attachment_ids" };
	struct composition request;
	record_clear(&composition_request_record, &request);
	request.attachment_ids = *ids;
	request.rev = COUNT_NONE;
	return composing_change(x, &request, &(struct strings){ (const char **)(uintptr_t)given, 1 }, draft, err);
}

/* Before it is stored: a file that no email has would stay for ever. */
static bool has_room(struct exchange *x, const struct rows *files, struct error *err) {
	int64_t bytes = attached_bytes(files) + (x->file ? x->file->size : 0);
	if (!x->file || !x->file->size)
		return error_field(err, "file", "Choose a file");
	if (files->count >= ATTACHED_MAX)
		return error_field(err, "file", "An email can have %d attachments", ATTACHED_MAX);
	return bytes <= ATTACHMENTS_BYTES_MAX ||
	       error_field(err, "file", "The attachments of an email may have %s together; with this file they have %s",
	                   media_weight(x->arena, ATTACHMENTS_BYTES_MAX), media_weight(x->arena, bytes));
}

/* The same bytes are stored once, under their first name; while no other email has them, they get the new one. */
static bool rename_unused(struct exchange *x, const struct media *media, struct error *err) {
	const struct media_change change = { .name = x->file->name, .alt = media->alt, .rev = media->rev };
	struct rows uses;
	if (text_same(media->name, x->file->name))
		return true;
	return media_uses(x->store, media->id, x->arena, &uses, err) &&
	       (uses.count > 0 || media_change(x->store, media->id, &change, x->arena, err));
}

static bool add(struct exchange *x, struct error *err) {
	static const struct media_request request = { .kind = MEDIA_ATTACHMENT, .max_width = COUNT_NONE };
	struct draft draft;
	struct media media;
	struct rows files;
	if (!composing_need(x, &draft, err) || !draft_check_editable(&draft.campaign, err) ||
	    !attached_read(x->store, &draft.composition.attachment_ids, x->arena, &files, err) || !has_room(x, &files, err))
		return false;
	const struct media_upload upload = { .id = exchange_new_id(x),
		                                 .name = x->file->name,
		                                 .bytes = x->file->bytes,
		                                 .size = x->file->size,
		                                 .by = x->identity.user,
		                                 .now = x->now };
	if (!media_add(x->store, &upload, &request, x->arena, &media, err) || !rename_unused(x, &media, err))
		return false;
	const struct strings *before = &draft.composition.attachment_ids;
	struct strings ids = { arena_array(x->arena, const char *, before->count + 1), before->count };
	if (before->count)
		memcpy(ids.items, before->items, sizeof *ids.items * (size_t)before->count);
	ids.items[ids.count++] = media.id;
	return attach(x, &ids, &draft, err) && reply_redirect(x, page_of(x, draft.campaign.id));
}

static bool take_off(struct exchange *x, struct error *err) {
	struct draft draft;
	struct error used = ERROR_INIT;
	if (!composing_need(x, &draft, err))
		return false;
	const struct strings *before = &draft.composition.attachment_ids;
	struct strings ids = { arena_array(x->arena, const char *, before->count + 1), 0 };
	for (int i = 0; i < before->count; i++)
		if (!text_same(before->items[i], x->values[1]))
			ids.items[ids.count++] = before->items[i];
	if (!attach(x, &ids, &draft, err))
		return false;
	(void)!media_drop(x->store, x->values[1], x->now, &used); /* unless another campaign has it */
	return reply_redirect(x, page_of(x, draft.campaign.id));
}

const struct route composer_files_routes[] = {
	{ "GET", "/campaigns/:campaign_id/attachments", GUARD_SIGNED_IN, show },
	{ "POST", "/campaigns/:campaign_id/attachments", GUARD_SIGNED_IN, add, .form = show, .creates = true,
	  .body = BODY_FILE, .body_limit = UPLOAD_LIMIT },
	{ "POST", "/campaigns/:campaign_id/attachments/:media_id/detach", GUARD_SIGNED_IN, take_off, .form = show },
	{ 0 },
};
