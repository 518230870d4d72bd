/* Migrations read from files. */
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

/* A migration in the ledger. From the moment it is there, programs of a version that does not know it refuse to
 * start. */
struct entry {
	const char *name, *checksum;
	struct moment begun_at, applied_at;
	int64_t commands; /* number of commands completed */
};

static const struct field entry_fields[] = {
	FIELD(struct entry, name, .stored = "_id"),
	FIELD(struct entry, checksum),
	FIELD(struct entry, begun_at),
	FIELD(struct entry, applied_at),
	FIELD(struct entry, commands),
};
static const struct record_type entry_record = RECORD_TYPE("Migration", struct entry, entry_fields);

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

/* The entry has no name if the step has not begun. */
static bool find_entry(struct store *store, const struct step *step, struct arena *arena, struct entry *entry,
                       struct error *err) {
	bool found;
	*entry = (struct entry){ .begun_at = MOMENT_NONE, .applied_at = MOMENT_NONE };
	if (!store_find(store, MIGRATIONS, FILTER(eq_text("_id", step->name)), NULL, &entry_record, arena, entry, &found,
	                err))
		return false;
	return !found || text_same(entry->checksum, step->checksum) ||
	       error_set(err, ERROR_CONFLICT, "migration %s was changed after it had been applied", step->name);
}

static bool begin_entry(struct store *store, const struct step *step, struct entry *entry, struct error *err) {
	if (entry->name)
		return true;
	*entry = (struct entry){ step->name, step->checksum, moment_now(), MOMENT_NONE, 0 };
	return store_insert(store, MIGRATIONS, &entry_record, entry, err);
}

static bool save_entry(struct store *store, const struct entry *entry, struct error *err) {
	bool matched;
	return store_update(store, MIGRATIONS, FILTER(eq_text("_id", entry->name)),
	                    UPDATE(set_count("commands", entry->commands), set_moment("applied_at", entry->applied_at)),
	                    &matched, err);
}

/* State of one migrate_apply. */
struct migrating {
	struct store *store;
	const struct migration_host *host;
	bool fresh; /* the database holds only the schema */
};

static bool call_host(const struct migrating *migrating, const bson_t *command, struct error *err) {
	const struct migration_host *host = migrating->host;
	bson_iter_t iter;
	const char *name = bson_iter_init_find(&iter, command, "call") ? bson_iter_utf8(&iter, NULL) : "";
	if (migrating->fresh)
		return true;
	return host ? host->call(host, migrating->store, name, err)
	            : error_set(err, ERROR_FAULT, "it needs a command that can execute '%s'", name);
}

static bool run_command(const struct migrating *migrating, const char *step, const bson_t *command, struct error *err) {
	rewrite_progress *tell = migrating->host ? migrating->host->tell : NULL;
	if (bson_has_field(command, "call"))
		return call_host(migrating, command, err);
	return bson_has_field(command, "rewrite")
	           ? rewrite_collection(migrating->store, step, command, migrating->fresh, tell, err)
	           : store_command(migrating->store, command, err);
}

/* The files are our own, so libbson's JSON reader is safe. */
static bson_t *parse(const struct step *step, struct error *err) {
	bson_error_t why;
	bson_t *all = bson_new_from_json((const uint8_t *)step->text, -1, &why);
	if (!all)
		(void)error_set(err, ERROR_FAULT, "migration %s: %.200s", step->name, why.message);
	return all;
}

static bool run_commands(const struct migrating *migrating, const bson_t *all, struct entry *entry, struct error *err) {
	bson_iter_t iter, command;
	const uint8_t *bytes;
	uint32_t size;
	bson_t one;
	if (!bson_iter_init_find(&iter, all, "commands") || !bson_iter_recurse(&iter, &command))
		return error_set(err, ERROR_FAULT, "there are no commands");
	for (int64_t i = 0; bson_iter_next(&command); i++) {
		if (i < entry->commands)
			continue;
		bson_iter_document(&command, &size, &bytes);
		if (!bson_init_static(&one, bytes, size) || !run_command(migrating, entry->name, &one, err))
			return false;
		entry->commands = i + 1;
		if (!save_entry(migrating->store, entry, err))
			return false;
	}
	return true;
}

static bool run_step(const struct migrating *migrating, const struct step *step, struct entry *entry,
                     struct error *err) {
	bson_t *all = parse(step, err);
	bool fine = all && begin_entry(migrating->store, step, entry, err) && run_commands(migrating, all, entry, err);
	bson_destroy(all);
	entry->applied_at = moment_now();
	return fine ? save_entry(migrating->store, entry, err) : error_note(err, "migration %s", step->name);
}

/* Copies the database while nobody writes to it; up to here nothing has been changed. */
static bool keep_copy(struct migrating *migrating, const struct step *step, struct error *err) {
	const struct migration_host *host = migrating->host;
	char copy[100];
	(void)snprintf(copy, sizeof copy, "%.50s_before_%.3s", store_name(migrating->store), step->name);
	if (!host)
		return error_set(err, ERROR_FAULT, "migration %s needs a command that can keep a copy", step->name);
	if (!host->is_quiet(host, migrating->store, err) || !rewrite_copy(migrating->store, copy, host->tell, err) ||
	    !host->is_quiet(host, migrating->store, err))
		return false;
	host->has_copied(host, copy);
	return true;
}

/* Runs before the first step that rewrites. The step's entry is stored before any other step is applied, so programs of
 * the previous version no longer start. */
static bool prepare(struct migrating *migrating, const struct step *steps, int count, struct arena *arena,
                    struct error *err) {
	for (int i = 0; i < count; i++) {
		struct entry entry;
		if (!find_entry(migrating->store, &steps[i], arena, &entry, err))
			return false;
		if (moment_is_set(entry.applied_at) || !strstr(steps[i].text, "\"rewrite\":"))
			continue;
		if (entry.name || migrating->fresh)
			return true;
		return keep_copy(migrating, &steps[i], err) && begin_entry(migrating->store, &steps[i], &entry, err);
	}
	return true;
}

bool migrate_apply(struct store *store, const char *folder, const struct migration_host *host, int *applied,
                   struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct migrating migrating = { .store = store, .host = host };
	struct step *steps;
	int count;
	*applied = 0;
	if (!read_steps(folder, arena, &steps, &count, err) || !rewrite_is_empty(store, &migrating.fresh, err) ||
	    !prepare(&migrating, steps, count, arena, err))
		return false;
	for (int i = 0; i < count; i++) {
		struct entry entry;
		if (!find_entry(store, &steps[i], arena, &entry, err))
			return false;
		if (moment_is_set(entry.applied_at))
			continue;
		if (!run_step(&migrating, &steps[i], &entry, err))
			return false;
		++*applied;
	}
	return true;
}

static bool check_step(struct store *store, const struct step *step, struct arena *arena, struct error *err) {
	struct entry entry;
	if (!find_entry(store, step, arena, &entry, err))
		return false;
	if (entry.name && !moment_is_set(entry.applied_at))
		return error_set(err, ERROR_INVALID, "migration %s has not ended: run 'telltale db migrate'", step->name);
	return entry.name ||
	       error_set(err, ERROR_INVALID, "the database lacks migration %s: run 'telltale db migrate'", step->name);
}

bool migrate_check(struct store *store, const char *folder, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct step *steps;
	int count;
	int64_t recorded;
	if (!read_steps(folder, arena, &steps, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!check_step(store, &steps[i], arena, err))
			return false;
	if (!store_count(store, MIGRATIONS, &everything, &recorded, err))
		return false;
	if (recorded != count)
		return error_set(err, ERROR_INVALID,
		                 "the database has %lld migrations, this program knows %d: it is older than the data",
		                 (long long)recorded, count);
	return true;
}
