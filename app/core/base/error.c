/* Errors by value: raising, adding context, naming. */
#include "core/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
	[ERROR_NONE] = "none",         [ERROR_INVALID] = "invalid",
	[ERROR_UNSIGNED] = "unsigned", [ERROR_DENIED] = "denied",
	[ERROR_MISSING] = "missing",   [ERROR_CONFLICT] = "conflict",
	[ERROR_LIMITED] = "limited",   [ERROR_TOO_LARGE] = "too_large",
	[ERROR_FAULT] = "fault",       [ERROR_UNAVAILABLE] = "unavailable",
	[ERROR_FULL] = "full",         [ERROR_BUSY] = "busy",
};
_Static_assert(sizeof kind_names / sizeof *kind_names == ERROR_KIND_COUNT, "one name a kind");

static void raise_at(struct error *err, enum error_kind kind, const char *file, int line, const char *function) {
	memset(err, 0, sizeof *err);
	err->kind = kind;
	err->file = file;
	err->line = line;
	err->function = function;
}

static int continuations(unsigned char lead) {
	return lead < 0x80 ? 0 : lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : -1;
}

/* Bytes are counted where a text is shortened ("%.60s"): drops what is left of a character there, because an answer in
 * JSON must be UTF-8. */
static void drop_halves(char *text) {
	char *to = text;
	while (*text) {
		int more = continuations((unsigned char)*text), size = 1;
		while (size <= more && ((unsigned char)text[size] & 0xC0) == 0x80)
			size++;
		if (size == more + 1) {
			memmove(to, text, (size_t)size);
			to += size;
		}
		text += size;
	}
	*to = '\0';
}

static void print_text(struct error *err, const char *format, va_list args) {
	(void)vsnprintf(err->text, sizeof err->text, format, args);
	drop_halves(err->text);
}

bool error_raise(struct error *err, enum error_kind kind, const char *file, int line, const char *function,
                 const char *format, ...) {
	va_list args;
	raise_at(err, kind, file, line, function);
	va_start(args, format);
	print_text(err, format, args);
	va_end(args);
	return false;
}

bool error_codes(struct error *err, const char *format, ...) {
	size_t length = strlen(err->text);
	va_list args;
	err->said = (int)length;
	va_start(args, format);
	(void)vsnprintf(err->text + length, sizeof err->text - length, format, args);
	va_end(args);
	drop_halves(err->text);
	return false;
}

void error_for_people(const struct error *err, struct error *out) {
	static const char CHOICE[] = ". Use ";
	*out = *err;
	if (err->said <= 0)
		return;
	bool is_choice = strncmp(err->text + err->said, CHOICE, strlen(CHOICE)) == 0;
	(void)snprintf(out->text + err->said, sizeof out->text - (size_t)err->said, "%s",
	               is_choice ? ". Choose one of those offered" : "");
}

bool error_raise_field(struct error *err, const char *field, const char *file, int line, const char *function,
                       const char *format, ...) {
	va_list args;
	raise_at(err, ERROR_INVALID, file, line, function);
	(void)snprintf(err->field, sizeof err->field, "%s", field);
	va_start(args, format);
	print_text(err, format, args);
	va_end(args);
	return false;
}

bool error_raise_wait(struct error *err, enum error_kind kind, int64_t wait_ms, const char *file, int line,
                      const char *function, const char *format, ...) {
	va_list args;
	raise_at(err, kind, file, line, function);
	err->retry_ms = wait_ms;
	va_start(args, format);
	print_text(err, format, args);
	va_end(args);
	return false;
}

bool error_raise_system(struct error *err, const char *file, int line, const char *function, const char *format, ...) {
	int code = errno;
	va_list args;
	raise_at(err, code == ENOSPC || code == EDQUOT ? ERROR_FULL : ERROR_FAULT, file, line, function);
	va_start(args, format);
	int used = vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	if (used >= 0 && (size_t)used < sizeof err->text)
		(void)snprintf(err->text + used, sizeof err->text - (size_t)used, ": %s", strerror(code));
	return false;
}

bool error_note(struct error *err, const char *format, ...) {
	va_list args;
	if (err->note_count == ERROR_NOTES)
		return false;
	va_start(args, format);
	(void)vsnprintf(err->notes[err->note_count], sizeof err->notes[0], format, args);
	va_end(args);
	err->note_count++;
	return false;
}

const char *error_kind_name(enum error_kind kind) {
	return kind_names[kind];
}

void error_describe(const struct error *err, char *out, int size) {
	int used = snprintf(out, (size_t)size, "%s", err->text);
	for (int i = 0; i < err->note_count && used < size; i++)
		used += snprintf(out + used, (size_t)(size - used), "%s%s%s", i ? "; " : " (", err->notes[i],
		                 i == err->note_count - 1 ? ")" : "");
}

void error_print(const char *program, const struct error *err) {
	char text[ERROR_DESCRIBED];
	error_describe(err, text, sizeof text);
	(void)fprintf(stderr, "%s: %s\n", program, text);
}
