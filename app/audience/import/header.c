/* The headings of a file. */
#include "audience/import/header.h"

#include <glib.h>
#include <string.h>

#include "audience/import/address.h"
#include "audience/import/clean.h"
#include "audience/import/limits.h"

bool header_is_person(const struct strings *cells) {
	for (int i = 0; i < cells->count; i++)
		if (address_is_likely(cells->items[i]))
			return true;
	return false;
}

/* -1: there is none. */
static int earlier_of_the_name(struct arena *arena, const struct strings *names, int column) {
	const char *name = text_fold(arena, names->items[column]);
	for (int i = 0; *name && i < column; i++)
		if (strcmp(text_fold(arena, names->items[i]), name) == 0)
			return i;
	return -1;
}

static bool check_names(struct arena *arena, const struct strings *names, struct error *err) {
	bool any = false;
	for (int i = 0; i < names->count; i++) {
		int earlier = earlier_of_the_name(arena, names, i);
		if (earlier >= 0)
			return error_field(err, "file", "Columns %d and %d are both called “%s”. Rename one of them in the file.",
			                   earlier + 1, i + 1, clean_short(arena, names->items[i]));
		any = any || *names->items[i];
	}
	return any || error_field(err, "file", "The file has no headings and no addresses.");
}

int header_named(const struct strings *names) {
	int named = names->count;
	while (named > 0 && text_is_empty(names->items[named - 1]))
		named--;
	return named;
}

bool header_read(struct arena *arena, const struct strings *cells, int count, enum header_choice choice,
                 struct header *header, struct error *err) {
	if (count > IMPORT_COLUMNS_MAX)
		return error_field(err, "file", "The file has %d columns; at most %d can be imported.", count,
		                   IMPORT_COLUMNS_MAX);
	header->names = (struct strings){ arena_array(arena, const char *, cells->count + 1), cells->count };
	header->keys = (struct strings){ arena_array(arena, const char *, cells->count + 1), cells->count };
	header->is_there = choice == HEADER_GUESSED ? !header_is_person(cells) : choice == HEADER_IS_THERE;
	for (int i = 0; i < cells->count; i++) {
		header->names.items[i] = header->is_there ? text_tidy(arena, cells->items[i])
		                                          : arena_print(arena, "Column %d", i + 1);
		header->keys.items[i] = clean_key(arena, header->is_there ? header->names.items[i] : "");
	}
	return check_names(arena, &header->names, err);
}
