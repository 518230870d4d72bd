/* The file of an import. */
#include "audience/importing/file.h"

#include "core/formats/zlib.h"

static const char FILES[] = "import_files";

struct piece {
	const char *import_id;
	int64_t n;
	struct bytes data;
	struct moment at;
};
static const struct field piece_fields[] = {
	FIELD(struct piece, import_id, .flags = FIELD_ID),
	FIELD(struct piece, n),
	FIELD(struct piece, data, .flags = FIELD_PRIVATE),
	FIELD(struct piece, at),
};
static const struct record_type piece_record = RECORD_TYPE("ImportPiece", struct piece, piece_fields);

bool import_file_drop(struct store *store, const char *import_id, struct error *err) {
	int64_t deleted;
	return store_delete(store, FILES, FILTER(eq_id("import_id", import_id)), &deleted, err);
}

bool import_file_save(struct store *store, const char *import_id, const char *bytes, int64_t size, struct moment at,
                      struct error *err) {
	bool fine = import_file_drop(store, import_id, err);
	for (int64_t from = 0, n = 0; fine && from < size; from += IMPORT_FILE_PIECE, n++) {
		BUF_AUTO packed = { 0 };
		size_t part = (size_t)(size - from < IMPORT_FILE_PIECE ? size - from : IMPORT_FILE_PIECE);
		zlib_pack(&packed, bytes + from, part);
		const struct piece piece = { import_id, n, { packed.bytes, packed.size }, at };
		fine = store_insert(store, FILES, &piece_record, &piece, err);
	}
	return fine;
}

bool import_file_drop_lost(struct store *store, struct moment before, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct piece *first;
	int count;
	bool fine = store_list(store, FILES, FILTER(eq_count("n", 0), lt_moment("at", before)), NULL, 10, &piece_record,
	                       arena, (void **)&first, &count, err);
	for (int i = 0; fine && i < count; i++) {
		int64_t known;
		fine = store_count(store, "imports", FILTER(by_id(first[i].import_id)), &known, err) &&
		       (known > 0 || import_file_drop(store, first[i].import_id, err));
	}
	return fine;
}

static void free_piece(void *file) {
	buf_finish(&((struct import_file *)file)->piece);
}

struct import_file *import_file_open(struct store *store, struct arena *arena, const char *import_id, int64_t size) {
	struct import_file *file = arena_new_of(arena, struct import_file);
	*file = (struct import_file){ .store = store, .import_id = import_id, .size = size, .number = -1 };
	arena_defer(arena, free_piece, file);
	return file;
}

void import_file_seek(struct import_file *file, int64_t offset) {
	file->at = offset;
}

static bool load(struct import_file *file, int64_t number, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct piece piece;
	bool found;
	if (!store_find(file->store, FILES, FILTER(eq_id("import_id", file->import_id), eq_count("n", number)), NULL,
	                &piece_record, arena, &piece, &found, err))
		return false;
	file->number = -1;
	file->piece.size = 0;
	if (!found)
		return error_set(err, ERROR_MISSING, "The file is gone. Upload it again");
	if (!zlib_unpack(&file->piece, piece.data.data, piece.data.size, IMPORT_FILE_PIECE, err))
		return error_set(err, ERROR_FAULT, "piece %lld of import %s is damaged", (long long)number, file->import_id);
	file->number = number;
	return true;
}

bool import_file_read(struct import_file *file, const char **bytes, size_t *size, struct error *err) {
	int64_t number = file->at / IMPORT_FILE_PIECE, within = file->at % IMPORT_FILE_PIECE;
	*bytes = "";
	*size = 0;
	if (file->at >= file->size)
		return true;
	if (number != file->number && !load(file, number, err))
		return false;
	if (within >= (int64_t)file->piece.size)
		return error_set(err, ERROR_FAULT, "piece %lld of import %s is cut", (long long)number, file->import_id);
	*bytes = file->piece.bytes + within;
	*size = file->piece.size - (size_t)within;
	file->at += (int64_t)*size;
	return true;
}
