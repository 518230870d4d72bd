/* Writing mails from a plan. */
#include "content/message.h"

#include <glib.h>
#include <string.h>

#include "content/message_part.h"
#include "content/quoted.h"
#include "content/steps.h"
#include "core/base/calendar.h"
#include "core/formats/mail.h"

/* A part whose literal runs are encoded, or one that is shorter in base64 and encoded whole. */
struct part {
	const struct program *program; /* NULL: there is none */
	const char *type;
	bool base64;
};

struct message_plan {
	struct message_sources sources;
	struct part text, html;
	struct message_parts inlines, attachments;
};

static bool prefers_base64(const struct program *program) {
	return base64_is_shorter(program->source, program->size);
}

static struct part plan_part(const struct program *program, const char *type, struct arena *arena) {
	struct part part = { program, type, program && prefers_base64(program) };
	if (program && !part.base64)
		part.program = program_quoted(program, arena);
	return part;
}

struct message_plan *message_plan(const struct message_sources *sources, struct arena *arena) {
	struct message_plan *plan = arena_new_of(arena, struct message_plan);
	plan->sources = *sources;
	plan->text = plan_part(sources->text, "text/plain", arena);
	plan->html = plan_part(sources->html, "text/html", arena);
	plan->inlines = message_parts(&sources->inlines, arena);
	plan->attachments = sources->like ? sources->like->attachments : message_parts(&sources->attachments, arena);
	return plan;
}

size_t message_attached_bytes(const struct message_plan *plan) {
	size_t bytes = 0;
	for (int i = 0; i < plan->attachments.count; i++)
		bytes += plan->attachments.items[i].size;
	return bytes;
}

static bool write_part(const struct part *part, const struct rendering *rendering, struct buf *out, struct error *err) {
	BUF_AUTO whole = { 0 };
	buf_print(out, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", part->type,
	          part->base64 ? "base64" : "quoted-printable");
	if (!part->base64)
		return program_render(part->program, rendering, NULL, out, err);
	if (!program_render(part->program, rendering, NULL, &whole, err))
		return false;
	base64_add(out, buf_text(&whole), whole.size);
	return true;
}

static void write_date(struct buf *out, struct moment at) {
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct date date = date_of(at);
	int second = (int)((at.ms - day_start(at).ms) / SECOND_MS);
	buf_print(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[weekday_of(at)], date.day,
	          months[date.month - 1], date.year, second / 3600, second / 60 % 60, second % 60);
}

/* A name of letters, digits and "-"; a value of printable ASCII. */
static bool is_header(const struct message_header *header) {
	for (const char *at = header->name; *at; at++)
		if (!g_ascii_isalnum(*at) && *at != '-')
			return false;
	for (const char *at = header->value; *at; at++)
		if (*at < ' ' || *at > '~')
			return false;
	return *header->name && *header->value;
}

static bool write_more_headers(const struct message *message, struct buf *out, struct error *err) {
	for (int i = 0; i < message->header_count; i++) {
		if (!is_header(&message->headers[i]))
			return error_set(err, ERROR_INVALID, "“%.60s” cannot be a header of an email", message->headers[i].name);
		header_add_raw(out, message->headers[i].name, message->headers[i].value);
	}
	return true;
}

static bool write_headers(const struct message_plan *plan, const struct message *message, struct buf *out,
                          struct error *err) {
	BUF_AUTO subject = { 0 };
	BUF_AUTO name = { 0 };
	const char *domain = mail_domain_part(message->from);
	if (!program_render(plan->sources.subject, &message->subject, NULL, &subject, err) ||
	    (plan->sources.from_name && !program_render(plan->sources.from_name, &message->from_name, NULL, &name, err)))
		return false;
	if (!subject.size)
		return error_field(err, "subject", "The subject is empty");
	header_add_mailbox(out, "From", buf_text(&name), message->from);
	header_add_mailbox(out, "To", NULL, message->to);
	header_add(out, "Subject", buf_text(&subject));
	write_date(out, message->date);
	buf_print(out, "Message-ID: <%s@%s>\r\n", message->id, *domain ? domain : "invalid");
	return write_more_headers(message, out, err);
}

/* The levels of a mail, from the outside; each has its letter in its boundaries, so none begins with another. "=_"
 * stands in no quoted-printable and in no base64. */
enum level { MIXED = 'm', ALTERNATIVE = 'a', RELATED = 'r' };

static void write_multipart(struct buf *out, const char *type, enum level level, const char *id) {
	buf_print(out, "Content-Type: multipart/%s; boundary=\"=_%c%.60s\"\r\n\r\n", type, level, id);
}

static void write_boundary(struct buf *out, enum level level, const char *id) {
	buf_print(out, "--=_%c%.60s\r\n", level, id);
}

static void write_next(struct buf *out, enum level level, const char *id) {
	buf_add(out, "\r\n", 2);
	write_boundary(out, level, id);
}

static void write_end(struct buf *out, enum level level, const char *id) {
	buf_print(out, "\r\n--=_%c%.60s--\r\n", level, id);
}

static void write_parts(struct buf *out, const struct message_parts *parts, enum level level, const char *id) {
	for (int i = 0; i < parts->count; i++) {
		write_next(out, level, id);
		buf_add(out, parts->items[i].bytes, parts->items[i].size);
	}
}

/* The HTML, and what it shows beside it. */
static bool write_html(const struct message_plan *plan, const struct message *message, struct buf *out,
                       struct error *err) {
	const struct message_files *own = &message->inlines;
	if (!plan->inlines.count && !own->count)
		return write_part(&plan->html, &message->html, out, err);
	write_multipart(out, "related; type=\"text/html\"", RELATED, message->id);
	write_boundary(out, RELATED, message->id);
	if (!write_part(&plan->html, &message->html, out, err))
		return false;
	write_parts(out, &plan->inlines, RELATED, message->id);
	for (int i = 0; i < own->count; i++) {
		write_next(out, RELATED, message->id);
		message_part_add(out, &own->items[i]);
	}
	write_end(out, RELATED, message->id);
	return true;
}

static bool write_body(const struct message_plan *plan, const struct message *message, struct buf *out,
                       struct error *err) {
	if (!plan->html.program)
		return write_part(&plan->text, &message->text, out, err);
	write_multipart(out, "alternative", ALTERNATIVE, message->id);
	write_boundary(out, ALTERNATIVE, message->id);
	if (!write_part(&plan->text, &message->text, out, err))
		return false;
	write_next(out, ALTERNATIVE, message->id);
	if (!write_html(plan, message, out, err))
		return false;
	write_end(out, ALTERNATIVE, message->id);
	return true;
}

bool message_write(const struct message_plan *plan, const struct message *message, struct buf *out, struct error *err) {
	if (!write_headers(plan, message, out, err))
		return false;
	buf_text_add(out, "MIME-Version: 1.0\r\n");
	if (!plan->attachments.count)
		return write_body(plan, message, out, err);
	write_multipart(out, "mixed", MIXED, message->id);
	write_boundary(out, MIXED, message->id);
	if (!write_body(plan, message, out, err))
		return false;
	write_parts(out, &plan->attachments, MIXED, message->id);
	write_end(out, MIXED, message->id);
	return true;
}
