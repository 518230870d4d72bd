/* One line an event, to stderr: "time LEVEL: message [in file:line]" (UTC).
 * Control characters and bytes that are no UTF-8 are escaped, so that a line stays a line.
 * Whoever ends an error logs it: the loops of the programs, core/http, core/process, the sync engine and deliveries.
 * Other code returns errors. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "core/base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_LEVEL_COUNT };

/* Names in any case: error, warning, info, debug. */
bool log_set_level(const char *name);

#define log_error(...) log_write(LOG_ERROR, __FILE__, __LINE__, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __FILE__, __LINE__, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __FILE__, __LINE__, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __FILE__, __LINE__, __VA_ARGS__)

void log_write(enum log_level level, const char *file, int line, const char *format, ...) PRINTF_LIKE(4, 5);

/* An error with its notes and the place that raised it. */
void log_failure(const char *doing, const struct error *err);

#endif
