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

bool error_raise(struct error *err, enum error_kind kind, const char *file, int line, const char *function,
                 const char *format, ...) {
	va_list args;
	raise_at(err, kind, file, line, function);
	va_start(args, format);
	(void)vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	return false;
}

bool error_raise_field(struct error *err, const char *field, const char *file, int line, const char *function,
                       const char *format, ...) {
	va_list args;
	raise_at(err, ERROR_INVALID, file, line, function);
	(void)snprintf(err->field, sizeof err->field, "%s", field);
	va_start(args, format);
	(void)vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	return false;
}

bool error_raise_wait(struct error *err, enum error_kind kind, int64_t wait_ms, const char *file, int line,
                      const char *function, const char *format, ...) {
	va_list args;
	raise_at(err, kind, file, line, function);
	err->retry_ms = wait_ms;
	va_start(args, format);
	(void)vsnprintf(err->text, sizeof err->text, format, args);
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
