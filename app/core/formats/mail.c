/* Building messages with GMime. */
#include "core/formats/mail.h"

#include <ctype.h>
#include <gmime/gmime.h>
#include <idn2.h>
#include <string.h>

#include "core/base/text.h"

enum { ADDRESS_MAX = 254, LOCAL_MAX = 64, LABEL_MAX = 63 };

/* RFC 3696: a top level is never all digits, so an IP address is no domain. */
static bool is_top_level(const char *label) {
	return *label && strspn(label, "0123456789") < strlen(label) && label[strlen(label) - 1] != '-';
}

static bool is_domain(const char *domain) {
	const char *top = NULL;
	int label = 0;
	for (const char *c = domain; *c; c++) {
		if (*c == '.' && (label == 0 || c[-1] == '-'))
			return false;
		if (*c == '.') {
			label = 0;
			top = c + 1;
			continue;
		}
		if (!isascii((unsigned char)*c) || !(isalnum((unsigned char)*c) || (*c == '-' && label)))
			return false;
		label++;
		if (label > LABEL_MAX)
			return false;
	}
	return top && is_top_level(top);
}

static bool is_ascii_until(const char *text, const char *end) {
	while (text < end && isascii((unsigned char)*text))
		text++;
	return text == end;
}

/* NULL: it is no address. */
static const char *in_ascii(const char *address, struct arena *arena) {
	const char *at = strrchr(address, '@');
	char *domain = NULL;
	if (!at || is_ascii_until(at, at + strlen(at)))
		return at ? address : NULL;
	if (idn2_to_ascii_8z(at + 1, &domain, IDN2_NONTRANSITIONAL) != IDN2_OK)
		return NULL;
	const char *whole = arena_print(arena, "%.*s@%s", (int)(at - address), address, domain);
	idn2_free(domain);
	return whole;
}

const char *mail_ascii_address(const char *address, struct arena *arena) {
	const char *ascii = in_ascii(address, arena);
	return ascii ? ascii : address;
}

const char *mail_domain_part(const char *address) {
	const char *at = address ? strrchr(address, '@') : NULL;
	return at ? at + 1 : "";
}

const char *mail_shown_domain(const char *domain, struct arena *arena) {
	char *shown;
	if (idn2_to_unicode_8z8z(domain, &shown, 0) != IDN2_OK)
		return domain;
	const char *kept = arena_copy(arena, shown);
	idn2_free(shown);
	return kept;
}

static bool is_local(const char *address, const char *at) {
	bool fine = at > address && at - address <= LOCAL_MAX;
	for (const char *c = address; fine && c < at; c++)
		fine = isascii((unsigned char)*c) && (isalnum((unsigned char)*c) || strchr("!#$%&'*+-/=?^_`{|}~.", *c)) &&
		       !(*c == '.' && (c == address || c + 1 == at || c[1] == '.'));
	return fine;
}

bool mail_check_address(const char *address, const char *field, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const char *ascii = in_ascii(address, arena), *at = ascii ? strrchr(ascii, '@') : NULL;
	if (at && is_local(ascii, at) && is_domain(at + 1) && strlen(ascii) <= ADDRESS_MAX)
		return true;
	if (at && !is_ascii_until(ascii, at))
		return error_field(err, field,
		                   "“%.60s” cannot receive email here: the part before the @ has letters with accents",
		                   address);
	size_t local = strcspn(address, "@");
	const char *example = is_local(address, address + local) ? arena_copy_bytes(arena, address, local) : "jane";
	return error_field(err, field, "“%.60s” is not an email address. Write it in full, like %.30s@acme.example",
	                   address, example);
}

/* The part holds its own reference to the stream. */
static GMimePart *make_part(const char *type, const char *subtype, const char *bytes, size_t size,
                            GMimeContentEncoding encoding) {
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, size);
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, encoding);
	g_object_unref(content);
	g_object_unref(stream);
	return part;
}

static GMimePart *text_part(const char *subtype, const char *text) {
	GMimePart *part = make_part("text", subtype, text, strlen(text), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	return part;
}

/* The plain text comes first: a mail program shows the last of the two that it can. */
static GMimeObject *words_of(const struct mail *mail) {
	GMimePart *text = text_part("plain", mail->text);
	if (!mail->html)
		return GMIME_OBJECT(text);
	GMimePart *html = text_part("html", mail->html);
	GMimeMultipart *both = g_mime_multipart_new_with_subtype("alternative");
	g_mime_multipart_add(both, GMIME_OBJECT(text));
	g_mime_multipart_add(both, GMIME_OBJECT(html));
	g_object_unref(text);
	g_object_unref(html);
	return GMIME_OBJECT(both);
}

static GMimeObject *body_of(const struct mail *mail) {
	GMimeObject *words = words_of(mail);
	if (!mail->file_name)
		return words;
	const char *slash = strchr(mail->file_type, '/');
	g_autofree char *type = g_strndup(mail->file_type, (gsize)(slash - mail->file_type));
	GMimePart *file = make_part(type, slash + 1, mail->file, mail->file_size, GMIME_CONTENT_ENCODING_BASE64);
	GMimeMultipart *both = g_mime_multipart_new_with_subtype("mixed");
	g_mime_part_set_filename(file, mail->file_name);
	g_mime_multipart_add(both, words);
	g_mime_multipart_add(both, GMIME_OBJECT(file));
	g_object_unref(words);
	g_object_unref(file);
	return GMIME_OBJECT(both);
}

/* What is read in it, so that no name turns the direction of a header or a line around. */
static struct mail in_order(const struct mail *mail, struct arena *arena) {
	struct mail straight = *mail;
	straight.from_name = text_straight(arena, mail->from_name);
	straight.subject = text_straight(arena, mail->subject);
	straight.text = text_straight(arena, mail->text);
	straight.html = text_straight(arena, mail->html);
	straight.file_name = text_straight(arena, mail->file_name);
	return straight;
}

void mail_write(const struct mail *asked, struct buf *out) {
	ARENA_AUTO arena = arena_new();
	const struct mail straight = in_order(asked, arena), *mail = &straight;
	g_mime_init();
	GMimeMessage *message = g_mime_message_new(TRUE);
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(mail->date.ms / SECOND_MS);
	g_autofree char *id = g_strdup_printf("%s@%s", mail->id, mail_domain_part(mail->from));
	GMimeObject *body = body_of(mail);
	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM,
	                           mail->from_name && *mail->from_name ? mail->from_name : NULL, mail->from);
	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, NULL, mail->to);
	g_mime_message_set_subject(message, mail->subject, "utf-8");
	g_mime_message_set_date(message, date);
	g_mime_message_set_message_id(message, id);
	g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted", "auto-generated", "utf-8");
	g_mime_message_set_mime_part(message, body);
	GMimeFormatOptions *format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	GMimeStream *stream = g_mime_stream_mem_new();
	(void)g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	buf_add(out, (const char *)bytes->data, bytes->len);
	g_object_unref(stream);
	g_mime_format_options_free(format);
	g_object_unref(body);
	g_object_unref(message);
}
