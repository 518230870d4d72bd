/* Reading emails with GMime. */
#include "core/formats/mime.h"

#include <gmime/gmime.h>
#include <string.h>

struct reading {
	struct arena *arena;
	struct mime_parts *parts;
	int seen;
};

static const char *valid(struct arena *arena, const char *text, size_t size) {
	g_autofree char *fine = g_utf8_make_valid(text, (gssize)size);
	return arena_copy(arena, fine);
}

static const char *content_of(GMimePart *part, struct arena *arena) {
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *stream = content ? g_mime_stream_mem_new() : NULL;
	if (!stream)
		return NULL;
	const char *text = NULL;
	if (g_mime_data_wrapper_write_to_stream(content, stream) >= 0) {
		GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
		size_t size = bytes->len < MIME_BYTES ? bytes->len : MIME_BYTES;
		const char *end = size ? memchr(bytes->data, 0, size) : NULL;
		text = valid(arena, (const char *)bytes->data, end ? (size_t)(end - (const char *)bytes->data) : size);
	}
	g_object_unref(stream);
	return text;
}

static void take(struct reading *reading, GMimeObject *object) {
	GMimeContentType *type = g_mime_object_get_content_type(object);
	struct mime_parts *parts = reading->parts;
	const char **place = NULL;
	if (!type || !GMIME_IS_PART(object))
		return;
	if (g_mime_content_type_is_type(type, "message", "delivery-status") ||
	    g_mime_content_type_is_type(type, "message", "global-delivery-status"))
		place = &parts->status;
	else if (g_mime_content_type_is_type(type, "message", "feedback-report"))
		place = &parts->feedback;
	else if (g_mime_content_type_is_type(type, "text", "plain"))
		place = &parts->text;
	if (place && !*place)
		*place = content_of(GMIME_PART(object), reading->arena);
}

/* A returned mail is not looked into: what it says is ours, or not to be believed. */
static void walk(struct reading *reading, GMimeObject *object, int depth) {
	if (!object || depth > MIME_DEPTH || ++reading->seen > MIME_PARTS)
		return;
	if (!GMIME_IS_MULTIPART(object)) {
		take(reading, object);
		return;
	}
	int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));
	for (int i = 0; i < count && reading->seen <= MIME_PARTS; i++)
		walk(reading, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1);
}

static const char *header(GMimeMessage *message, struct arena *arena, const char *name) {
	const char *value = g_mime_object_get_header(GMIME_OBJECT(message), name);
	return value ? valid(arena, value, strlen(value)) : NULL;
}

static GMimeMessage *message_of(const char *bytes, size_t size) {
	g_mime_init();
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, size < MIME_BYTES ? size : MIME_BYTES);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return message;
}

bool mime_read(const char *bytes, size_t size, struct arena *arena, struct mime_parts *parts) {
	GMimeMessage *message = message_of(bytes, size);
	*parts = (struct mime_parts){ 0 };
	if (message) {
		struct reading reading = { arena, parts, 0 };
		parts->subject = header(message, arena, "Subject");
		parts->from = header(message, arena, "From");
		parts->return_path = header(message, arena, "Return-Path");
		parts->auto_submitted = header(message, arena, "Auto-Submitted");
		parts->autoreply = header(message, arena, "X-Autoreply");
		parts->precedence = header(message, arena, "Precedence");
		walk(&reading, g_mime_message_get_mime_part(message), 0);
		g_object_unref(message);
	}
	return message != NULL;
}

/* Whatever stands between spaces and punctuation and has an @. */
static void add_addresses(const char *value, struct arena *arena, struct strings *addresses) {
	static const char between[] = " \t\r\n,;:<>()\"";
	for (value += strspn(value, between); *value && addresses->count < MIME_ADDRESSES;) {
		size_t size = strcspn(value, between);
		if (memchr(value, '@', size))
			addresses->items[addresses->count++] = valid(arena, value, size);
		value += size;
		value += strspn(value, between);
	}
}

void mime_addresses(const char *bytes, size_t size, struct arena *arena, struct strings *addresses) {
	static const char *const names[] = { "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To" };
	GMimeMessage *message = message_of(bytes, size);
	GMimeHeaderList *list = message ? g_mime_object_get_header_list(GMIME_OBJECT(message)) : NULL;
	int count = list ? g_mime_header_list_get_count(list) : 0;
	*addresses = (struct strings){ arena_array(arena, const char *, MIME_ADDRESSES), 0 };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (int at = 0; at < count; at++) {
			GMimeHeader *line = g_mime_header_list_get_header_at(list, at);
			if (g_ascii_strcasecmp(g_mime_header_get_name(line), names[i]) == 0 && g_mime_header_get_value(line))
				add_addresses(g_mime_header_get_value(line), arena, addresses);
		}
	if (message)
		g_object_unref(message);
}
