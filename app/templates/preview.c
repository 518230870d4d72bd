/* Templates as somebody reads them. */
#include "templates/preview.h"

#include <string.h>
#include <strings.h>

static bool render(const struct program *program, const struct reader *reader, struct moment now, struct arena *arena,
                   struct strings *missing, const char **text, size_t *size, struct error *err) {
	const struct strings names = program_names(program);
	unsigned char *seen = arena_array(arena, unsigned char, names.count + 1);
	const struct rendering rendering = { .values = reader_values(reader, &names, arena), .now = now };
	BUF_AUTO out = { 0 };
	if (!program_render(program, &rendering, seen, &out, err))
		return false;
	for (int i = 0; i < names.count; i++)
		if (seen[i] & SEEN_BARE)
			missing->items[missing->count++] = names.items[i];
	*text = arena_copy_bytes(arena, buf_text(&out), out.size);
	*size = out.size;
	return true;
}

bool preview_render(const struct parts *parts, const struct reader *reader, struct moment now, struct arena *arena,
                    struct preview *preview, struct error *err) {
	struct strings missing = { arena_array(arena, const char *, PART_COUNT *SOURCE_NAMES_MAX), 0 };
	*preview = (struct preview){ 0 };
	for (int i = 0; i < PART_COUNT; i++) {
		size_t size;
		if (!parts->items[i].program)
			continue;
		if (!render(parts->items[i].program, reader, now, arena, &missing, &preview->parts[i], &size, err))
			return false;
		if (i == PART_HTML)
			preview->html_bytes = size;
	}
	preview->missing = strings_distinct(arena, &missing);
	const char *sms = preview->parts[PART_SMS];
	if (sms) {
		preview->parts[PART_SMS] = sms = sms_text(arena, sms);
		preview->sms = sms_size(sms);
		preview->sms_texts = sms_split(arena, sms);
	}
	return true;
}

/* "(prefers-color-scheme: dark)", with or without the space: how long it is; 0: it does not stand here. */
static size_t scheme_at(const char *at, const char *scheme) {
	static const char query[] = "(prefers-color-scheme:";
	if (strncasecmp(at, query, sizeof query - 1) != 0)
		return 0;
	const char *to = at + sizeof query - 1;
	to += strspn(to, " ");
	if (strncasecmp(to, scheme, strlen(scheme)) != 0)
		return 0;
	to += strlen(scheme);
	to += strspn(to, " ");
	return *to == ')' ? (size_t)(to + 1 - at) : 0;
}

const char *preview_sample_qr(const char *html, const char *qr_address, struct arena *arena) {
	static const char qr[] = "\"cid:qr\"";
	BUF_AUTO out = { 0 };
	for (const char *at; (at = strstr(html, qr)); html = at + sizeof qr - 1) {
		buf_add(&out, html, (size_t)(at - html));
		buf_print(&out, "\"%s\"", qr_address);
	}
	buf_text_add(&out, html);
	return arena_copy_bytes(arena, buf_text(&out), out.size);
}

const char *preview_frame(const char *html, bool dark, const char *qr_address, struct arena *arena) {
	static const char always[] = "(min-width:0)", never[] = "(max-width:0)";
	BUF_AUTO out = { 0 };
	html = preview_sample_qr(html, qr_address, arena);
	while (*html) {
		size_t is_dark = *html == '(' ? scheme_at(html, "dark") : 0,
			   is_light = *html == '(' ? scheme_at(html, "light") : 0;
		if (is_dark || is_light) {
			buf_text_add(&out, (is_dark != 0) == dark ? always : never);
			html += is_dark + is_light;
		} else {
			buf_char(&out, *html++);
		}
	}
	return arena_copy_bytes(arena, buf_text(&out), out.size);
}
