/* Errors by value. A function that can fail returns bool and takes `struct error *err` last.
 *
 * Outcomes (INVALID … UNAVAILABLE) are for the caller to handle; FAULT is a defect or a broken environment and is
 * passed up unchanged. Nothing here allocates. `err` may not be NULL.
 *
 *   return error_set(err, ERROR_MISSING, "no campaign %s", id);   raises, returns false
 *   return error_limited(err, wait_ms, "too often: wait");          raises LIMITED with a wait, returns false
 *   return false;                                                   passes it up
 *   return error_note(err, "reading campaign %s", id);              adds context, returns false
 *   … || error_codes(err, "%s", "7d, 28d or all");                  adds what only programs write, returns false
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

enum error_kind {
	ERROR_NONE,
	ERROR_INVALID,     /* the input is wrong; `field` names the field, if one is to blame */
	ERROR_UNSIGNED,    /* not signed in */
	ERROR_DENIED,      /* signed in, but not allowed */
	ERROR_MISSING,     /* the thing asked for does not exist */
	ERROR_CONFLICT,    /* it already exists, or its state forbids this; `retry_ms` is set if that will pass */
	ERROR_TOO_LARGE,   /* a size limit was exceeded */
	ERROR_LIMITED,     /* too many attempts: retry after `retry_ms` */
	ERROR_BUSY,        /* no room for it on this machine now: retry after `retry_ms` */
	ERROR_UNAVAILABLE, /* a service we depend on does not answer; retrying may work */
	ERROR_FULL,        /* no room is left on a disk, ours or the database's: somebody must free some */
	ERROR_FAULT,       /* a defect or a broken environment */
	ERROR_KIND_COUNT,
};

enum { ERROR_NOTES = 4, ERROR_DESCRIBED = 1024 };

struct error {
	enum error_kind kind;
	char field[64];
	char text[384];
	int said; /* how much of the text is for people; 0: all of it */
	char notes[ERROR_NOTES][240];
	int note_count;
	int64_t retry_ms; /* when to retry; 0 if unknown */
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
/* The system's errno: FULL if no room is left on a disk, else FAULT. */
#define error_system(err, ...) ((void)error_raise_system(err, __FILE__, __LINE__, __func__, __VA_ARGS__), false)
/* These always return false. */
bool error_raise(struct error *err, enum error_kind kind, const char *file, int line, const char *function,
                 const char *format, ...) PRINTF_LIKE(6, 7);
bool error_raise_field(struct error *err, const char *field, const char *file, int line, const char *function,
                       const char *format, ...) PRINTF_LIKE(6, 7);
bool error_raise_wait(struct error *err, enum error_kind kind, int64_t wait_ms, const char *file, int line,
                      const char *function, const char *format, ...) PRINTF_LIKE(7, 8);
bool error_raise_system(struct error *err, const char *file, int line, const char *function, const char *format, ...)
	PRINTF_LIKE(5, 6);
bool error_note(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds to the text what may be given instead, in words that only programs write; always returns false. */
bool error_codes(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* The text as a page shows it: of codes only that there is a choice. `out` has room for all of it. */
void error_for_people(const struct error *err, struct error *out);

/* A stable lower-case name for logs and JSON ("invalid", "missing" …). */
const char *error_kind_name(enum error_kind kind);

/* Writes "text (note; note)" to `out`, always NUL-terminated. */
void error_describe(const struct error *err, char *out, int size);

/* The same to stderr, as a program's last words: "program: text (note; note)". */
void error_print(const char *program, const struct error *err);

#endif
