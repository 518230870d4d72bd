/* Errors by value. A function that can fail returns bool and takes `struct error *err` last.
 *
 * Outcomes (INVALID … UNAVAILABLE) are answers that a caller may handle; FAULT is a defect or a broken
 * environment and travels up unchanged. Nothing here allocates. `err` may not be NULL.
 *
 *   return error_set(err, ERROR_MISSING, "no campaign %s", id);   raises, is false
 *   return error_limited(err, wait_ms, "too often: wait");          raises LIMITED with its wait, is false
 *   return false;                                                   forwards
 *   return error_note(err, "reading campaign %s", id);              adds context, is false
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

enum error_kind {
	ERROR_NONE,
	ERROR_INVALID,     /* the input is wrong; `field` names where, if one field is to blame */
	ERROR_UNSIGNED,    /* nobody is signed in */
	ERROR_DENIED,      /* signed in, but not allowed */
	ERROR_MISSING,     /* the thing asked for does not exist */
	ERROR_CONFLICT,    /* it exists already, or is in a state that forbids this; with `retry_ms` when that will pass */
	ERROR_TOO_LARGE,   /* a size limit was passed */
	ERROR_LIMITED,     /* too often: come back in `retry_ms` */
	ERROR_UNAVAILABLE, /* a service we need does not answer: the same may work later */
	ERROR_FAULT,       /* a defect or a broken environment */
	ERROR_KIND_COUNT,
};

enum { ERROR_NOTES = 4 };

struct error {
	enum error_kind kind;
	char field[64];
	char text[384];
	char notes[ERROR_NOTES][160];
	int note_count;
	int64_t retry_ms; /* when to come back; 0: nothing is known */
	const char *file, *function;
	int line;
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#define ERROR_INIT ((struct error){ 0 })

#define error_set(err, kind, ...) ((void)error_raise(err, kind, __FILE__, __LINE__, __func__, __VA_ARGS__), false)
#define error_field(err, field, ...) \
	((void)error_raise_field(err, field, __FILE__, __LINE__, __func__, __VA_ARGS__), false)
#define error_wait(err, kind, wait_ms, ...) \
	((void)error_raise_wait(err, kind, wait_ms, __FILE__, __LINE__, __func__, __VA_ARGS__), false)
#define error_limited(err, wait_ms, ...) error_wait(err, ERROR_LIMITED, wait_ms, __VA_ARGS__)
/* All always return false. */
bool error_raise(struct error *err, enum error_kind kind, const char *file, int line, const char *function,
                 const char *format, ...) PRINTF_LIKE(6, 7);
bool error_raise_field(struct error *err, const char *field, const char *file, int line, const char *function,
                       const char *format, ...) PRINTF_LIKE(6, 7);
bool error_raise_wait(struct error *err, enum error_kind kind, int64_t wait_ms, const char *file, int line,
                      const char *function, const char *format, ...) PRINTF_LIKE(7, 8);
bool error_note(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* A stable lower-case name for logs and JSON ("invalid", "missing" …). */
const char *error_kind_name(enum error_kind kind);

/* "text (note; note)" into `out`, always terminated. */
void error_describe(const struct error *err, char *out, int size);

#endif
