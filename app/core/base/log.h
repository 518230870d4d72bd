/* One line per event, to stderr: "time LEVEL: message [in file:line]" (UTC). Control characters, what reorders text on
 * the screen and invalid UTF-8 are escaped, so an event never spans lines or looks like another one. An error is logged
 * where it is finally handled: the programs' main loops, core/http, core/process, the sync engine and deliveries. Other
 * code returns errors. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_LEVEL_COUNT };

/* Case-insensitive names: error, warning, info, debug. */
bool log_set_level(const char *name);

#define log_error(...) log_write(LOG_ERROR, __FILE__, __LINE__, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __FILE__, __LINE__, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __FILE__, __LINE__, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __FILE__, __LINE__, __VA_ARGS__)

void log_write(enum log_level level, const char *file, int line, const char *format, ...) PRINTF_LIKE(4, 5);

/* Writes `text` to `out` as a log shows it, the bytes of each character that may not stand there as \xHH; cut at
 * `size`, always NUL-terminated. */
void log_escape(const char *text, char *out, size_t size);

/* If stderr is a file in `folder`, it is renamed to NAME.1 when it has `most_bytes`, NAME.1 to NAME.2 and so on; `kept`
 * of them stay. Each process that writes to it goes on in the new file with its next line. 0 bytes: never. */
void log_turn_over(const char *folder, int64_t most_bytes, int kept);

/* The same for the log of a program that appends to it and does not turn it over itself: what it holds goes to NAME.1,
 * and the program goes on in the same file. What it writes in between is lost. */
void log_cut(const char *path, int64_t most_bytes, int kept);

/* Logs an error with its notes and where it was raised. */
void log_failure(const char *doing, const struct error *err);

#endif
