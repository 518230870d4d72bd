/* A mail as DKIM sees it: white space does not count. */
#include "content/dkim_parts.h"

#include <string.h>
#include <strings.h>

enum { SINK_BYTES = 4096 };

/* What goes into a digest, gathered. */
struct sink {
	struct digest *digest;
	size_t size;
	char bytes[SINK_BYTES];
};

static void flush(struct sink *sink) {
	digest_add(sink->digest, sink->bytes, sink->size);
	sink->size = 0;
}

static void put(struct sink *sink, const char *bytes, size_t size) {
	if (size > SINK_BYTES - sink->size)
		flush(sink);
	if (size > SINK_BYTES) {
		digest_add(sink->digest, bytes, size);
		return;
	}
	memcpy(sink->bytes + sink->size, bytes, size);
	sink->size += size;
}

static bool is_blank(char c) {
	return c == ' ' || c == '\t';
}

static bool is_space(char c) {
	return is_blank(c) || c == '\r' || c == '\n';
}

static const char *end_of_word(const char *at, const char *end) {
	while (at < end && !is_space(*at))
		at++;
	return at;
}

/* Text that stays as it is: up to a line end, and to blanks that do not. A space alone between letters does. */
static const char *end_of_text(const char *at, const char *end) {
	while (at < end && ((unsigned char)*at > ' ' || !is_space(*at) || (*at == ' ' && at + 1 < end && !is_space(at[1]))))
		at++;
	return at;
}

static char small(char c) {
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Words of the value with one space between; the name in small letters. */
static void put_field(struct sink *sink, const struct dkim_field *field) {
	const char *at = field->value, *end = at + field->value_size;
	bool first = true;
	for (size_t i = 0; i < field->name_size; i++) {
		char c = small(field->name[i]);
		put(sink, &c, 1);
	}
	put(sink, ":", 1);
	while (at < end) {
		const char *word = at;
		at = end_of_word(at, end);
		if (at > word) {
			put(sink, " ", first ? 0 : 1);
			put(sink, word, (size_t)(at - word));
			first = false;
		}
		while (at < end && is_space(*at))
			at++;
	}
}

void dkim_body_digest(const char *body, size_t size, unsigned char out[DIGEST_BYTES]) {
	struct digest digest;
	struct sink sink = { .digest = &digest, .size = 0 };
	const char *at = body, *end = body + size;
	size_t lines = 0; /* ended, and not put yet: those at the end do not count */
	bool blank = false, has_text = false;
	digest_begin(&digest);
	while (at < end) {
		const char *text = at;
		at = blank && is_blank(*at) ? at : end_of_text(at, end);
		if (at == text && is_blank(*at)) {
			blank = true;
			at++;
			continue;
		}
		if (at == text && *at == '\r' && at + 1 < end && at[1] == '\n') {
			lines++;
			blank = false;
			at += 2;
			continue;
		}
		at += at == text; /* half a line end is a letter */
		for (; lines > 0; lines--)
			put(&sink, "\r\n", 2);
		put(&sink, " ", blank ? 1 : 0);
		put(&sink, text, (size_t)(at - text));
		blank = false;
		has_text = true;
	}
	put(&sink, "\r\n", has_text ? 2 : 0);
	flush(&sink);
	digest_end(&digest, out);
}

/* The end of a line without its CRLF; NULL: it has none. */
static const char *end_of_line(const char *at, const char *end) {
	const char *found = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
	return found && found > at && found[-1] == '\r' ? found - 1 : NULL;
}

static bool read_field(const char **at, const char *end, struct dkim_field *field) {
	const char *line = *at, *stop = end_of_line(line, end);
	const char *colon = stop ? memchr(line, ':', (size_t)(stop - line)) : NULL;
	if (!colon || colon == line || is_blank(*line))
		return false;
	while (stop && stop + 2 < end && is_blank(stop[2]))
		stop = end_of_line(stop + 2, end);
	if (!stop)
		return false;
	*field = (struct dkim_field){ line, colon + 1, (size_t)(colon - line), (size_t)(stop - colon - 1) };
	while (is_blank(field->name[field->name_size - 1]) && field->name_size > 1)
		field->name_size--;
	*at = stop + 2;
	return true;
}

bool dkim_split(const char *message, size_t size, struct dkim_message *split, struct error *err) {
	const char *at = message, *end = message + size;
	split->count = 0;
	while (end_of_line(at, end) != at) {
		if (split->count == DKIM_FIELDS_MAX)
			return error_set(err, ERROR_INVALID, "The email has more than %d headers", DKIM_FIELDS_MAX);
		if (!read_field(&at, end, &split->fields[split->count]))
			return error_set(err, ERROR_INVALID, "Line %d of the email's head is no header", split->count + 1);
		split->count++;
	}
	split->body = at + 2;
	split->body_size = (size_t)(end - split->body);
	return true;
}

static bool has_name(const struct dkim_field *field, const char *name, size_t size) {
	return field->name_size == size && strncasecmp(field->name, name, size) == 0;
}

void dkim_add_fields(struct digest *digest, const struct dkim_message *split, const char *const *names, int count) {
	struct sink sink = { .digest = digest, .size = 0 };
	bool taken[DKIM_FIELDS_MAX] = { false };
	for (int i = 0; i < count; i++) {
		size_t size = strlen(names[i]);
		int at = split->count - 1;
		while (at >= 0 && (taken[at] || !has_name(&split->fields[at], names[i], size)))
			at--;
		if (at < 0)
			continue;
		taken[at] = true;
		put_field(&sink, &split->fields[at]);
		put(&sink, "\r\n", 2);
	}
	flush(&sink);
}

void dkim_header_digest(const struct digest *added, const char *header, size_t size, unsigned char out[DIGEST_BYTES]) {
	struct digest digest = *added;
	struct sink sink = { .digest = &digest, .size = 0 };
	const char *colon = memchr(header, ':', size);
	size_t name = (size_t)(colon - header);
	put_field(&sink, &(struct dkim_field){ header, colon + 1, name, size - name - 1 });
	flush(&sink);
	digest_end(&digest, out);
}
