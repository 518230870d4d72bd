/* The files of a finished report, stored in chunks; the report refers to them only when they are complete. */
#ifndef REPORTS_FILE_H
#define REPORTS_FILE_H

#include "core/base/buf.h"
#include "reports/report.h"

/* FILE_PAGE: the document as JSON, from which the web page of a link is made. */
enum report_file { FILE_PDF, FILE_CSV, FILE_PAGE, FILE_KINDS };

/* Appends a finished report's file to `out`. FAULT if a chunk is missing or the digest does not match. */
bool file_read(struct store *store, const struct report *report, enum report_file file, struct buf *out,
               struct error *err) MUST_CHECK;

/* A file name: "acme-2026-10.pdf". */
char *file_name(const struct report *report, enum report_file file, struct arena *arena);

/* Stores the file under an unused id. */
bool file_save(struct store *store, const char *file_id, enum report_file file, const struct buf *bytes,
               struct error *err) MUST_CHECK;

/* Deletes all files of that id; a no-op for NULL. */
bool file_drop(struct store *store, const char *file_id, struct error *err) MUST_CHECK;

#endif
