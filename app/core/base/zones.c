/* Time zones of the system. */
#include "core/base/zones.h"

#include <ctype.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char FOLDER[] = "/usr/share/zoneinfo", UTC[] = "UTC";

static int by_name(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The third column of each line that is no comment: zone.tab has country, coordinates and name. */
static void read_table(char **lines, struct strings *names) {
	for (int i = 0; lines[i]; i++) {
		g_auto(GStrv) words = g_strsplit_set(lines[i], "\t\n", 4);
		if (lines[i][0] != '#' && g_strv_length(words) >= 3)
			names->items[names->count++] = g_strdup(words[2]);
	}
	qsort(names->items, (size_t)names->count, sizeof *names->items, by_name);
}

const struct strings *zones_all(void) {
	static struct strings names;
	if (names.count)
		return &names;
	g_autofree char *path = g_build_filename(FOLDER, "zone.tab", NULL), *text = NULL;
	if (!g_file_get_contents(path, &text, NULL, NULL))
		text = g_strdup("");
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	names.items = g_new(const char *, g_strv_length(lines) + 1);
	read_table(lines, &names);
	names.items[names.count++] = UTC;
	return &names;
}

/* Letters first, so that neither an offset nor a path outside the folder is a name. */
static bool is_name(const char *name) {
	if (!name || !isalpha((unsigned char)*name) || strlen(name) > ZONE_NAME_MAX || strstr(name, "//"))
		return false;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("/_+-", *c))
			return false;
	return true;
}

static bool is_in_folder(const char *name) {
	g_autofree char *path = g_build_filename(FOLDER, name, NULL);
	return g_file_test(path, G_FILE_TEST_IS_REGULAR) && access(path, R_OK) == 0;
}

bool zones_check(const char *name, const char *field, struct error *err) {
	ZONE_AUTO zone = is_name(name) && (strcmp(name, UTC) == 0 || is_in_folder(name)) ? zone_open(name) : NULL;
	return zone ||
	       error_field(err, field, "“%.40s” is not a time zone. Write a place, like Europe/Berlin", name ? name : "");
}

const char *zones_clock(const char *name, struct moment at, struct arena *arena) {
	ZONE_AUTO zone = zone_open(name);
	return zone ? arena_copy(arena, zone_clock(zone, at)) : UTC;
}

const char *zones_kept(const char *name) {
	return text_is_empty(name) ? UTC : g_intern_string(name);
}

const char *zones_city(const char *name, struct arena *arena) {
	const char *slash = strrchr(name, '/');
	char *city = arena_copy(arena, slash ? slash + 1 : name);
	return g_strdelimit(city, "_", ' ');
}

static const char *with_clock(const char *place, const char *name, struct moment at, struct arena *arena) {
	const char *clock = zones_clock(name, at, arena);
	return text_same(place, clock) ? place : arena_print(arena, "%s (%s)", place, clock);
}

const char *zones_place(const char *name, struct moment at, struct arena *arena) {
	return text_is_empty(name) ? UTC : with_clock(zones_city(name, arena), name, at, arena);
}

const char *zones_full(const char *name, struct moment at, struct arena *arena) {
	return text_is_empty(name) ? UTC : with_clock(name, name, at, arena);
}
