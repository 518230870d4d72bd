/* Files in pieces. */
#include "core/store/pieces.h"

#include "core/formats/zlib.h"

struct piece {
	const char *owner;
	int64_t n;
	struct bytes data;
	struct moment at;
};
enum { PIECE_FIELDS = 4 };

/* The record with the owner under the room's name for it. */
struct named {
	struct field fields[PIECE_FIELDS];
	struct record_type record;
};

static const struct record_type *name(struct named *named, const char *member) {
	const struct field fields[PIECE_FIELDS] = {
		FIELD(struct piece, owner, .stored = member, .flags = FIELD_ID),
		FIELD(struct piece, n),
		FIELD(struct piece, data, .flags = FIELD_PRIVATE),
		FIELD(struct piece, at),
	};
	for (int i = 0; i < PIECE_FIELDS; i++)
		named->fields[i] = fields[i];
	named->record = (struct record_type)RECORD_TYPE("Piece", struct piece, named->fields);
	return &named->record;
}

bool pieces_drop(struct store *store, const char *collection, struct piece_owner owner, struct error *err) {
	int64_t deleted;
	return store_delete(store, collection, FILTER(eq_id(owner.member, owner.id)), &deleted, err);
}

bool pieces_save(struct store *store, const char *collection, struct piece_owner owner, const char *bytes, int64_t size,
                 struct moment at, struct error *err) {
	struct named named;
	const struct record_type *record = name(&named, owner.member);
	bool fine = pieces_drop(store, collection, owner, err);
	for (int64_t from = 0, n = 0; fine && from < size; from += PIECE_BYTES, n++) {
		BUF_AUTO packed = { 0 };
		zlib_pack(&packed, bytes + from, (size_t)(size - from < PIECE_BYTES ? size - from : PIECE_BYTES));
		const struct piece piece = { owner.id, n, { packed.bytes, packed.size }, at };
		fine = store_insert(store, collection, record, &piece, err);
	}
	return fine;
}

bool pieces_owners(struct store *store, const char *collection, const char *member, struct moment before, int most,
                   struct arena *arena, struct strings *ids, struct error *err) {
	struct named named;
	struct piece *first;
	int count;
	if (!store_list(store, collection, FILTER(eq_count("n", 0), lt_moment("at", before)), NULL, most,
	                name(&named, member), arena, (void **)&first, &count, err))
		return false;
	*ids = (struct strings){ arena_array(arena, const char *, count + 1), count };
	for (int i = 0; i < count; i++)
		ids->items[i] = first[i].owner;
	return true;
}

static void free_piece(void *pieces) {
	buf_finish(&((struct pieces *)pieces)->piece);
}

struct pieces *pieces_open(struct store *store, const char *collection, struct piece_owner owner, int64_t size,
                           struct arena *arena) {
	struct pieces *pieces = arena_new_of(arena, struct pieces);
	*pieces = (struct pieces){ .store = store, .collection = collection, .owner = owner, .size = size, .number = -1 };
	arena_defer(arena, free_piece, pieces);
	return pieces;
}

void pieces_seek(struct pieces *pieces, int64_t offset) {
	pieces->at = offset;
}

static bool load(struct pieces *pieces, int64_t number, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct named named;
	struct piece piece;
	bool found;
	if (!store_find(pieces->store, pieces->collection,
	                FILTER(eq_id(pieces->owner.member, pieces->owner.id), eq_count("n", number)), NULL,
	                name(&named, pieces->owner.member), arena, &piece, &found, err))
		return false;
	pieces->number = -1;
	pieces->piece.size = 0;
	if (!found)
		return error_set(err, ERROR_MISSING, "The file is gone. Upload it again");
	if (!zlib_unpack(&pieces->piece, piece.data.data, piece.data.size, PIECE_BYTES, err))
		return error_set(err, ERROR_FAULT, "piece %lld of %s in %s is damaged", (long long)number, pieces->owner.id,
		                 pieces->collection);
	pieces->number = number;
	return true;
}

bool pieces_read(struct pieces *pieces, const char **bytes, size_t *size, struct error *err) {
	int64_t number = pieces->at / PIECE_BYTES, within = pieces->at % PIECE_BYTES;
	*bytes = "";
	*size = 0;
	if (pieces->at >= pieces->size)
		return true;
	if (number != pieces->number && !load(pieces, number, err))
		return false;
	if (within >= (int64_t)pieces->piece.size)
		return error_set(err, ERROR_FAULT, "piece %lld of %s in %s is cut", (long long)number, pieces->owner.id,
		                 pieces->collection);
	*bytes = pieces->piece.bytes + within;
	*size = pieces->piece.size - (size_t)within;
	pieces->at += (int64_t)*size;
	return true;
}

bool pieces_read_all(struct pieces *pieces, struct buf *out, struct error *err) {
	const char *bytes;
	size_t size;
	do {
		if (!pieces_read(pieces, &bytes, &size, err))
			return false;
		buf_add(out, bytes, size);
	} while (size);
	return true;
}
