/* Migrations from files. */
#include "core/store/migrate.h"

#include <dirent.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/secret.h"

struct step {
	const char *name, *text;
	char checksum[SECRET_HEX];
};

static const char MIGRATIONS[] = "schema_migrations";

struct applied_step {
	const char *name, *checksum;
	struct moment applied_at;
};

static const struct field applied_fields[] = {
	FIELD(struct applied_step, name, .stored = "_id"),
	FIELD(struct applied_step, checksum),
	FIELD(struct applied_step, applied_at),
};
static const struct record_type applied_record = RECORD_TYPE("Migration", struct applied_step, applied_fields);

static int is_step(const struct dirent *entry) {
	size_t size = strlen(entry->d_name);
	return size > 5 && strcmp(entry->d_name + size - 5, ".json") == 0;
}

static bool read_steps(const char *folder, struct arena *arena, struct step **steps, int *count, struct error *err) {
	struct dirent **names;
	int found = scandir(folder, &names, is_step, alphasort);
	if (found < 0)
		return error_set(err, ERROR_FAULT, "cannot read the folder %s", folder);
	*steps = arena_array(arena, struct step, found);
	*count = 0;
	for (int i = 0; i < found; i++) {
		g_autofree char *path = g_build_filename(folder, names[i]->d_name, NULL);
		g_autofree char *text = NULL;
		if (g_file_get_contents(path, &text, NULL, NULL)) {
			struct step *step = &(*steps)[(*count)++];
			step->name = arena_copy(arena, names[i]->d_name);
			step->text = arena_copy(arena, text);
			secret_digest(text, step->checksum);
		}
		free(names[i]);
	}
	free(names);
	return *count == found || error_set(err, ERROR_FAULT, "a file in %s cannot be read", folder);
}

static bool find_applied(struct store *store, const struct step *step, struct arena *arena, bool *applied,
                         struct error *err) {
	struct applied_step row;
	if (!store_find(store, MIGRATIONS, FILTER(eq_text("_id", step->name)), NULL, &applied_record, arena, &row, applied,
	                err))
		return false;
	return !*applied || text_same(row.checksum, step->checksum) ||
	       error_set(err, ERROR_CONFLICT, "migration %s was changed after it had been applied", step->name);
}

/* The files are ours, so libbson's JSON reader may read them. */
static bool run_step(struct store *store, const struct step *step, struct error *err) {
	bson_error_t why;
	bson_iter_t iter, command;
	const uint8_t *bytes;
	uint32_t size;
	bson_t one;
	bson_t *all = bson_new_from_json((const uint8_t *)step->text, -1, &why);
	if (!all)
		return error_set(err, ERROR_FAULT, "migration %s: %.200s", step->name, why.message);
	bool fine = bson_iter_init_find(&iter, all, "commands") && bson_iter_recurse(&iter, &command);
	while (fine && bson_iter_next(&command)) {
		bson_iter_document(&command, &size, &bytes);
		fine = bson_init_static(&one, bytes, size) && store_command(store, &one, err);
	}
	bson_destroy(all);
	return fine || error_note(err, "migration %s", step->name);
}

static bool record_step(struct store *store, const struct step *step, struct error *err) {
	const struct applied_step row = { step->name, step->checksum, moment_now() };
	return store_insert(store, MIGRATIONS, &applied_record, &row, err);
}

bool migrate_apply(struct store *store, const char *folder, int *applied, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct step *steps;
	int count;
	*applied = 0;
	if (!read_steps(folder, arena, &steps, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		bool done;
		if (!find_applied(store, &steps[i], arena, &done, err))
			return false;
		if (done)
			continue;
		if (!run_step(store, &steps[i], err) || !record_step(store, &steps[i], err))
			return false;
		++*applied;
	}
	return true;
}

bool migrate_check(struct store *store, const char *folder, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct step *steps;
	int count;
	int64_t recorded;
	if (!read_steps(folder, arena, &steps, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		bool done;
		if (!find_applied(store, &steps[i], arena, &done, err))
			return false;
		if (!done)
			return error_set(err, ERROR_INVALID, "the database lacks migration %s: run 'telltale db migrate'",
			                 steps[i].name);
	}
	if (!store_count(store, MIGRATIONS, &everything, &recorded, err))
		return false;
	if (recorded != count)
		return error_set(err, ERROR_INVALID,
		                 "the database has %lld migrations, this program knows %d: it is older than the data",
		                 (long long)recorded, count);
	return true;
}
