/* Files of reports, stored in chunks. */
#include "reports/file.h"

#include <ctype.h>

#include "core/base/secret.h"

enum { CHUNK = 255 * 1024, CHUNKS_MAX = 400, NAME_TEXT = 40 };

static const char FILES[] = "report_files";

static const char *const format_names[] = { [FILE_PDF] = "pdf", [FILE_CSV] = "csv", [FILE_PAGE] = "json" };
static const struct choices file_formats = CHOICES(format_names);

struct chunk {
	const char *file_id;
	unsigned format;
	int64_t n;
	struct bytes data;
};
static const struct field chunk_fields[] = {
	FIELD(struct chunk, file_id, .flags = FIELD_ID),
	FIELD(struct chunk, format, .choices = &file_formats),
	FIELD(struct chunk, n),
	FIELD(struct chunk, data, .flags = FIELD_PRIVATE),
};
static const struct record_type chunk_record = RECORD_TYPE("ReportChunk", struct chunk, chunk_fields);

bool file_drop(struct store *store, const char *file_id, struct error *err) {
	int64_t deleted;
	return !file_id || store_delete(store, FILES, FILTER(eq_id("file_id", file_id)), &deleted, err);
}

bool file_save(struct store *store, const char *file_id, enum report_file file, const struct buf *bytes,
               struct error *err) {
	struct bulk *bulk = bulk_open(store, FILES);
	for (size_t at = 0, n = 0; at < bytes->size; at += CHUNK, n++) {
		size_t size = bytes->size - at < CHUNK ? bytes->size - at : CHUNK;
		struct chunk chunk = { file_id, file, (int64_t)n, { bytes->bytes + at, size } };
		bulk_insert(bulk, &chunk_record, &chunk);
	}
	return bulk_run(bulk, NULL, err);
}

bool file_read(struct store *store, const struct report *report, enum report_file file, struct buf *out,
               struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct chunk *chunks;
	int count;
	char digest[SECRET_HEX];
	if (report->state != REPORT_READY || !report->file_id)
		return error_set(err, ERROR_CONFLICT, "This report is not ready yet");
	if (!store_list(store, FILES, FILTER(eq_id("file_id", report->file_id), eq_choice("format", &file_formats, file)),
	                SORT(asc("n")), CHUNKS_MAX, &chunk_record, arena, (void **)&chunks, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		buf_add(out, chunks[i].data.data ? chunks[i].data.data : "", chunks[i].data.size);
	const int64_t sizes[FILE_KINDS] = { report->bytes, report->csv_bytes, report->page_bytes };
	if ((int64_t)out->size != sizes[file])
		return error_set(err, ERROR_FAULT, "the file of report %s is lost or cut: %zu bytes are there", report->id,
		                 out->size);
	if (file != FILE_PDF)
		return true;
	secret_digest_bytes(buf_text(out), out->size, digest);
	return text_same(digest, report->sha256) ||
	       error_set(err, ERROR_FAULT, "the file of report %s is not the one that was made", report->id);
}

char *file_name(const struct report *report, enum report_file file, struct arena *arena) {
	char month[MOMENT_TEXT];
	const char *from = text_is_empty(report->partner) ? choice_name(&report_templates, (int)report->template)
	                                                  : report->partner;
	char name[NAME_TEXT + 1];
	int size = 0;
	for (; *from && size < NAME_TEXT; from++) {
		if (isascii((unsigned char)*from) && isalnum((unsigned char)*from))
			name[size++] = (char)tolower((unsigned char)*from);
		else if (size && name[size - 1] != '-')
			name[size++] = '-';
	}
	name[size] = '\0';
	(void)moment_format_month(moment_is_set(report->period.from) ? report->period.from : report->requested_at, month);
	return arena_print(arena, "%s%s%s.%s", size ? name : "report", size && name[size - 1] == '-' ? "" : "-", month,
	                   choice_name(&file_formats, file));
}
