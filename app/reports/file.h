/* The files of a ready report: kept in chunks, named by the report only when they are whole. */
#ifndef REPORTS_FILE_H
#define REPORTS_FILE_H

#include "core/base/buf.h"
#include "reports/report.h"

enum report_file { FILE_PDF, FILE_CSV };

/* A ready report's file into `out`. FAULT when a part of it is lost or it is not the one that was made. */
bool file_read(struct store *store, const struct report *report, enum report_file file, struct buf *out,
               struct error *err) MUST_CHECK;

/* A name for the file: "acme-2026-10.pdf". */
char *file_name(const struct report *report, enum report_file file, struct arena *arena);

/* Stores the file under an id that is not used yet. */
bool file_save(struct store *store, const char *file_id, enum report_file file, const struct buf *bytes,
               struct error *err) MUST_CHECK;

/* Both files of that id; NULL: nothing. */
bool file_drop(struct store *store, const char *file_id, struct error *err) MUST_CHECK;

#endif
