/* Pictures of codes in mails. */
#include "dispatch/letter_code.h"

#include <string.h>

#include "codes/qr.h"
#include "core/formats/mail.h"

bool letter_code_mark(const char **html, struct arena *arena) {
	static const char shown[] = "\"cid:qr\"";
	const char *at = *html ? strstr(*html, shown) : NULL;
	BUF_AUTO out = { 0 };
	if (!at)
		return false;
	const char *from = *html;
	for (; at; from = at + sizeof shown - 1, at = strstr(from, shown)) {
		buf_add(&out, from, (size_t)(at - from));
		buf_text_add(&out, "\"{{" QR_ADDRESS "}}\"");
	}
	buf_text_add(&out, from);
	*html = arena_copy(arena, buf_text(&out));
	return true;
}

void letter_code_draw(const struct letter_code *code, const char *from, bool is_within_the_html, struct arena *arena,
                      struct letter_picture *picture) {
	BUF_AUTO out = { 0 };
	if (is_within_the_html) {
		picture->address = qr_address(code->token, &out) ? arena_copy(arena, buf_text(&out)) : NULL;
		return;
	}
	if (!qr_png(code->token, &out))
		return;
	const char *id = arena_print(arena, "qr.%s@%s", code->short_code, mail_domain_part(from));
	picture->address = arena_print(arena, "cid:%s", id);
	picture->file = (struct message_file){ .name = "code.png",
		                                   .type = "image/png",
		                                   .content_id = id,
		                                   .bytes = arena_copy_bytes(arena, buf_text(&out), out.size),
		                                   .size = out.size };
}
