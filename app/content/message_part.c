/* Files of a mail. */
#include "content/message_part.h"

#include <glib.h>
#include <string.h>

#include "content/quoted.h"
#include "core/base/text.h"

enum { NAME_PLAIN = 50, NAME_PIECE = 54, ID_MAX = 120, TYPE_MAX = 60 };

static bool is_made_of(const char *text, const char *more, size_t most) {
	for (const char *at = text; *at; at++)
		if (!g_ascii_isalnum(*at) && !strchr(more, *at))
			return false;
	return *text && strlen(text) <= most;
}

static bool is_type(const char *type) {
	const char *slash = type ? strchr(type, '/') : NULL;
	return slash && slash > type && slash[1] && !strchr(slash + 1, '/') && is_made_of(type, "/.+-_", TYPE_MAX);
}

static bool is_told_apart(const struct message_files *files, int place) {
	for (int i = 0; i < place; i++)
		if (text_same(files->items[i].content_id, files->items[place].content_id))
			return false;
	return true;
}

bool message_check_files(const struct message_files *files, struct error *err) {
	const char *field = files->count && files->items[0].content_id ? "inlines" : "attachments";
	if (files->count > MESSAGE_FILES_MAX)
		return error_field(err, field, "An email can have at most %d files", MESSAGE_FILES_MAX);
	for (int i = 0; i < files->count; i++) {
		const struct message_file *file = &files->items[i];
		if (!is_type(file->type))
			return error_field(err, field, "“%.60s” is not a file type", file->type ? file->type : "");
		if (file->content_id && (!is_made_of(file->content_id, ".-_@", ID_MAX) || !is_told_apart(files, i)))
			return error_field(err, field, "“%.60s” cannot name a file in an email, or names two", file->content_id);
	}
	return true;
}

static bool is_plain(const char *name) {
	return text_is_ascii(name) && strlen(name) <= NAME_PLAIN && !strpbrk(name, "\"\\%") && !strstr(name, "=?");
}

/* A name of other letters, or a long one: in pieces, of which each is encoded (RFC 2231). */
static void add_name_in_pieces(struct buf *out, const char *name) {
	int piece = 0;
	while (*name) {
		BUF_AUTO line = { 0 };
		for (; *name && line.size + 3 * 4 <= NAME_PIECE;) {
			const char *next = g_utf8_next_char(name);
			for (; name < next; name++)
				if (g_ascii_isalnum(*name) || strchr("-._", *name))
					buf_char(&line, *name);
				else
					buf_print(&line, "%%%02X", (unsigned char)*name);
		}
		buf_print(out, ";\r\n filename*%d*=%s%s", piece, piece ? "" : "utf-8''", buf_text(&line));
		piece++;
	}
}

static void add_name(struct buf *out, const char *name) {
	ARENA_AUTO arena = arena_new();
	const char *clean = name ? text_clean(arena, name) : "";
	if (!*clean)
		return;
	if (is_plain(clean))
		buf_print(out, ";\r\n filename=\"%s\"", clean);
	else
		add_name_in_pieces(out, clean);
}

void message_part_add(struct buf *out, const struct message_file *file) {
	buf_print(out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n", file->type);
	if (file->content_id)
		buf_print(out, "Content-ID:\r\n <%s>\r\n", file->content_id);
	buf_print(out, "Content-Disposition: %s", file->content_id ? "inline" : "attachment");
	add_name(out, file->name);
	buf_text_add(out, "\r\n\r\n");
	base64_add(out, file->bytes, file->size);
}

struct message_parts message_parts(const struct message_files *files, struct arena *arena) {
	struct message_parts parts = { arena_array(arena, struct encoded, files->count + 1), files->count };
	for (int i = 0; i < files->count; i++) {
		BUF_AUTO out = { 0 };
		message_part_add(&out, &files->items[i]);
		parts.items[i].size = out.size;
		parts.items[i].bytes = memcpy(arena_alloc(arena, out.size + 1), buf_text(&out), out.size + 1);
	}
	return parts;
}
