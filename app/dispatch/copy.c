/* Mails written again. */
#include "dispatch/copy.h"

#include "composing/attached.h"

bool copier_open(struct store *store, const char *campaign_id, const struct letter_settings *settings,
                 const struct marks_from *from, struct arena *arena, struct copier *copier, struct error *err) {
	copier->from = *from;
	copier->postal_address = settings->postal_address;
	return dispatch_need(store, campaign_id, arena, &copier->dispatch, err) &&
	       letter_compile(&copier->dispatch, settings, arena, &copier->letter, err);
}

/* What is not handed over yet is shown as if it were now being written. */
static struct moment date_of(const struct copier *copier, const struct sent_message *message) {
	return moment_is_set(message->handed_at) ? message->handed_at : copier->dispatch.started_at;
}

static struct letter_to to_of(const struct recipient *person, const struct sent_message *message) {
	return (struct letter_to){ message->block, (int)message->index, person->email, person->values };
}

bool copy_read(const struct copier *copier, const struct recipient *person, const struct sent_message *message,
               enum copy_links links, struct arena *arena, struct mail_copy *out, struct error *err) {
	const struct letter_to to = to_of(person, message);
	struct letter_marks marks, inert = { .unsubscribe_url = "#", .preferences_url = "#", .view_url = "#" };
	BUF_AUTO subject = { 0 };
	BUF_AUTO html = { 0 };
	BUF_AUTO text = { 0 };
	*out = (struct mail_copy){ 0 };
	if (!person->contact_id)
		return true;
	if (!marks_of(&copier->from, &copier->dispatch, copier->letter, person, &to, arena, &marks, err))
		return false;
	inert.code = marks.code;
	if (!letter_read(copier->letter, &to, links == COPY_INERT ? &inert : &marks, date_of(copier, message), arena,
	                 &subject, &html, &text, err))
		return false;
	*out = (struct mail_copy){ .from_email = letter_from(copier->letter, &to),
		                       .subject = arena_copy(arena, buf_text(&subject)),
		                       .html = html.size ? arena_copy(arena, buf_text(&html)) : NULL,
		                       .text = arena_copy(arena, buf_text(&text)),
		                       .pixel_id = marks.pixel_id,
		                       .unsubscribe_id = marks.unsubscribe_id };
	return true;
}

/* Its attachments are read only here. */
static bool read_letter(struct store *store, const struct copier *copier, struct arena *arena,
                        const struct letter **letter, struct error *err) {
	struct letter_settings settings = { .postal_address = copier->postal_address };
	*letter = copier->letter;
	return copier->dispatch.said.attachment_ids.count == 0 ||
	       (attached_open(store, &copier->dispatch.said.attachment_ids, arena, &settings.attachments, err) &&
	        letter_compile(&copier->dispatch, &settings, arena, letter, err));
}

bool copy_source(struct store *store, const struct copier *copier, const struct recipient *person,
                 const struct sent_message *message, struct arena *arena, struct buf *out, struct error *err) {
	const struct letter_to to = to_of(person, message);
	const struct letter *letter;
	struct letter_marks marks;
	char id[LETTER_ID];
	if (!person->contact_id)
		return error_set(err, ERROR_MISSING, "the person was erased: what the email said to them is gone");
	letter_id(message->campaign_id, message->block, (int)message->index, id);
	return read_letter(store, copier, arena, &letter, err) &&
	       marks_of(&copier->from, &copier->dispatch, letter, person, &to, arena, &marks, err) &&
	       letter_write(letter, &to, &marks, id, date_of(copier, message), arena, out, err);
}
