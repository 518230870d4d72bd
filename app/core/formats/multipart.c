/* Parsing of multipart forms. */
#include "core/formats/multipart.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"

/* The decoded content of a part, in the arena and NUL-terminated. */
static char *content_of(struct arena *arena, GMimePart *part, size_t *size) {
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *stream = g_mime_stream_mem_new();
	if (content)
		(void)g_mime_data_wrapper_write_to_stream(content, stream);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	char *copy = arena_copy_bytes(arena, (const char *)bytes->data, bytes->len);
	*size = bytes->len;
	g_object_unref(stream);
	return copy;
}

static bool read_part(struct arena *arena, GMimeObject *object, struct params *fields, struct uploads *uploads,
                      struct error *err) {
	const char *name = GMIME_IS_PART(object) ? g_mime_object_get_content_disposition_parameter(object, "name") : NULL;
	size_t size;
	if (!name)
		return error_set(err, ERROR_INVALID, "The form has a part without a name");
	const char *file = g_mime_object_get_content_disposition_parameter(object, "filename");
	char *bytes = content_of(arena, GMIME_PART(object), &size);
	if (file) {
		if (uploads->count == UPLOADS_MAX)
			return error_set(err, ERROR_INVALID, "The form has more than %d files", UPLOADS_MAX);
		uploads->items[uploads->count++] = (struct upload){ arena_copy(arena, name), bytes, size };
		return true;
	}
	if (!text_is_utf8(bytes, size) || !text_is_utf8(name, strlen(name)))
		return error_set(err, ERROR_INVALID, "A field of the form is not UTF-8 text");
	fields->items[fields->count++] = (struct param){ arena_copy(arena, name), bytes };
	return true;
}

static bool read_parts(struct arena *arena, GMimeMultipart *form, struct params *fields, struct uploads *uploads,
                       struct error *err) {
	int count = g_mime_multipart_get_count(form);
	if (count > PARAMS_LIMIT)
		return error_set(err, ERROR_INVALID, "more than %d parameters", PARAMS_LIMIT);
	fields->items = arena_array(arena, struct param, (size_t)count + 1);
	for (int i = 0; i < count; i++)
		if (!read_part(arena, g_mime_multipart_get_part(form, i), fields, uploads, err))
			return false;
	return true;
}

bool multipart_read(struct arena *arena, const char *content_type, const char *body, size_t size, struct params *fields,
                    struct uploads *uploads, struct error *err) {
	BUF_AUTO whole = { 0 };
	*fields = (struct params){ 0 };
	*uploads = (struct uploads){ 0 };
	if (strpbrk(content_type, "\r\n"))
		return error_set(err, ERROR_INVALID, "The content type of the body is damaged");
	g_mime_init();
	buf_print(&whole, "Content-Type: %s\r\n\r\n", content_type);
	buf_add(&whole, body, size);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(whole.bytes, whole.size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeObject *form = g_mime_parser_construct_part(parser, NULL);
	bool fine = GMIME_IS_MULTIPART(form) ? read_parts(arena, GMIME_MULTIPART(form), fields, uploads, err)
	                                     : error_set(err, ERROR_INVALID, "The body is not a form");
	if (form)
		g_object_unref(form);
	g_object_unref(parser);
	g_object_unref(stream);
	return fine;
}

/* State of extracting one form's file into another file. */
struct splitting {
	struct arena *arena;
	int out;
	struct params *fields;
	const char **name;
	gint64 left; /* bytes still allowed for fields */
};

static bool write_part(GMimePart *part, int out, struct error *err) {
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *stream = g_mime_stream_fs_new(dup(out));
	bool fine = (!content || g_mime_data_wrapper_write_to_stream(content, stream) >= 0) &&
	            g_mime_stream_flush(stream) == 0;
	int code = errno;
	g_object_unref(stream);
	errno = code;
	return fine || error_system(err, "A file of the form cannot be stored");
}

static bool split_field(struct splitting *splitting, GMimePart *part, const char *name, struct error *err) {
	size_t size;
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	if (content)
		splitting->left -= g_mime_stream_length(g_mime_data_wrapper_get_stream(content));
	if (splitting->left < 0)
		return error_set(err, ERROR_INVALID, "The fields beside the file are too long");
	char *bytes = content_of(splitting->arena, part, &size);
	if (!text_is_utf8(bytes, size) || !text_is_utf8(name, strlen(name)))
		return error_set(err, ERROR_INVALID, "A field of the form is not UTF-8 text");
	splitting->fields->items[splitting->fields->count++] = (struct param){ arena_copy(splitting->arena, name), bytes };
	return true;
}

static bool split_part(struct splitting *splitting, GMimeObject *object, struct error *err) {
	const char *name = GMIME_IS_PART(object) ? g_mime_object_get_content_disposition_parameter(object, "name") : NULL;
	if (!name)
		return error_set(err, ERROR_INVALID, "The form has a part without a name");
	const char *file = g_mime_object_get_content_disposition_parameter(object, "filename");
	if (!file)
		return split_field(splitting, GMIME_PART(object), name, err);
	if (*splitting->name)
		return error_set(err, ERROR_INVALID, "The form has more than one file");
	*splitting->name = text_clean(splitting->arena, file);
	return write_part(GMIME_PART(object), splitting->out, err);
}

static bool split_parts(struct splitting *splitting, GMimeMultipart *form, struct error *err) {
	int count = g_mime_multipart_get_count(form);
	if (count > PARAMS_LIMIT)
		return error_set(err, ERROR_INVALID, "more than %d parameters", PARAMS_LIMIT);
	splitting->fields->items = arena_array(splitting->arena, struct param, (size_t)count + 1);
	for (int i = 0; i < count; i++)
		if (!split_part(splitting, g_mime_multipart_get_part(form, i), err))
			return false;
	return *splitting->name || error_set(err, ERROR_INVALID, "The form has no file");
}

bool multipart_split(struct arena *arena, int whole, int out, struct params *fields, const char **name,
                     struct error *err) {
	struct splitting splitting = { arena, out, fields, name, PARTS_BYTES };
	*fields = (struct params){ 0 };
	*name = NULL;
	g_mime_init();
	GMimeStream *stream = g_mime_stream_fs_new_with_bounds(dup(whole), 0, -1);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	g_mime_parser_set_persist_stream(parser, TRUE); /* parts stay in the file */
	GMimeObject *form = g_mime_parser_construct_part(parser, NULL);
	bool fine = GMIME_IS_MULTIPART(form) ? split_parts(&splitting, GMIME_MULTIPART(form), err)
	                                     : error_set(err, ERROR_INVALID, "The body is not a form");
	if (form)
		g_object_unref(form);
	g_object_unref(parser);
	g_object_unref(stream);
	return fine;
}

const struct upload *uploads_get(const struct uploads *uploads, const char *name) {
	for (int i = 0; i < uploads->count; i++)
		if (strcmp(uploads->items[i].name, name) == 0 && uploads->items[i].size > 0)
			return &uploads->items[i];
	return NULL;
}
