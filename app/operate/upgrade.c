/* Upgrading the database to this version's schema. */
#include "operate/upgrade.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaigns/curve.h"
#include "dispatch/message.h"
#include "events/event.h"
#include "metrics/share.h"
#include "observing/separate.h"

/* Does the process's environment set the variable to another value? False if it cannot be read. */
static bool differs(long pid, const char *variable, const char *value) {
	g_autofree char *file = g_strdup_printf("/proc/%ld/environ", pid);
	g_autofree char *all = NULL;
	gsize size = 0, length = strlen(variable);
	if (!g_file_get_contents(file, &all, &size, NULL))
		return false;
	for (const char *at = all; at < all + size; at += strlen(at) + 1)
		if (strncmp(at, variable, length) == 0 && at[length] == '=')
			return strcmp(at + length + 1, value) != 0;
	return false;
}

/* Process id of this home's instance of the program using our database, 0 if none: as recorded by `deploy/up`, if the
 * id still belongs to the program. */
static long running(const struct settings *settings, const char *name, const char *program) {
	g_autofree char *file = g_strdup_printf("%s/run/%s.pid", settings->home, name);
	g_autofree char *text = NULL;
	g_autofree char *words = NULL;
	if (!g_file_get_contents(file, &text, NULL, NULL))
		return 0;
	long pid = strtol(text, NULL, 10);
	g_autofree char *line = g_strdup_printf("/proc/%ld/cmdline", pid);
	bool is_ours = pid > 0 && g_file_get_contents(line, &words, NULL, NULL) && strstr(words, program) &&
	               !differs(pid, "MONGODB_DB", settings->mongodb_db) &&
	               !differs(pid, "MONGODB_URI", settings->mongodb_uri);
	return is_ours ? pid : 0;
}

static bool programs_are_gone(const struct settings *settings, struct error *err) {
	static const char *const programs[][2] = { { "web", "telltale-web" },
		                                       { "sync", "telltale-sync" },
		                                       { "report", "telltale-report" },
		                                       { "audience", "telltale-audience" },
		                                       { "sender", "telltale-sender" } };
	for (size_t i = 0; settings->home && i < sizeof programs / sizeof *programs; i++) {
		long pid = running(settings, programs[i][0], programs[i][1]);
		if (pid)
			return error_set(err, ERROR_INVALID,
			                 "%s (process %ld) is using this database: stop it first (deploy/down), then run this "
			                 "again",
			                 programs[i][1], pid);
	}
	return true;
}

/* Who holds a document until when, whatever the member names. */
struct holding {
	const char *owner; /* "host:pid" */
	struct moment until;
};
static const struct field lease_fields[] = { FIELD(struct holding, owner), FIELD(struct holding, until) };
static const struct field work_fields[] = { FIELD(struct holding, owner, .stored = "worker"),
	                                        FIELD(struct holding, until, .stored = "lease_until") };
static const struct record_type lease_record = RECORD_TYPE("Lease", struct holding, lease_fields);
static const struct record_type work_record = RECORD_TYPE("Work", struct holding, work_fields);

/* On this machine, and no longer running. */
static bool is_dead(const char *owner) {
	char host[64] = "host";
	(void)gethostname(host, sizeof host - 1);
	size_t length = strlen(host);
	if (!owner || strncmp(owner, host, length) != 0 || owner[length] != ':')
		return false;
	pid_t pid = (pid_t)strtol(owner + length + 1, NULL, 10);
	return pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

static bool leases_are_free(struct store *store, struct error *err) {
	static const struct {
		const char *collection, *until;
		const struct record_type *record;
	} kinds[] = { { "leases", "until", &lease_record },
		          { "reports", "lease_until", &work_record },
		          { "report_deliveries", "lease_until", &work_record } };
	ARENA_AUTO arena = arena_new();
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct holding *held;
		int count;
		if (!store_list(store, kinds[i].collection, FILTER(gt_moment(kinds[i].until, moment_now())), NULL, 1000,
		                kinds[i].record, arena, (void **)&held, &count, err))
			return false;
		for (int k = 0; k < count; k++)
			if (held[k].owner && !is_dead(held[k].owner))
				return error_set(err, ERROR_INVALID,
				                 "%s is using this database (%s): stop the programs there, then run this again",
				                 held[k].owner, kinds[i].collection);
	}
	return true;
}

static bool is_quiet(const struct migration_host *host, struct store *store, struct error *err) {
	return programs_are_gone(host->context, err) && leases_are_free(store, err);
}

/* Says how to go back, and that the copy must be deleted some day: it contains personal data. */
static void say_copied(const struct migration_host *host, const char *copy) {
	(void)host;
	(void)fprintf(stderr,
	              "  the database as it was is kept as %s.\n"
	              "  To go back: run the previous version with MONGODB_DB=%s.\n"
	              "  It has the addresses of contacts, and nobody is forgotten in it: drop it once all is well\n"
	              "  (telltale db drop-copy %s).\n",
	              copy, copy, copy);
}

static bool count_growths(struct store *store, struct error *err) {
	int renewed;
	return event_renew_growths(store, NULL, NULL, &renewed, err);
}

static bool call(const struct migration_host *host, struct store *store, const char *name, struct error *err) {
	static const struct {
		const char *name;
		bool (*run)(struct store *store, struct error *err);
	} calls[] = { { "separate_people", separate_people },
		          { "count_growths", count_growths },
		          { "gather_contacts", contact_gather_all },
		          { "draw_curves", curve_draw_all },
		          { "gather_messages", messages_gather } };
	(void)host;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (text_same(name, calls[i].name))
			return calls[i].run(store, err);
	return error_set(err, ERROR_FAULT, "nothing is called '%s'", name);
}

/* On a terminal, one line per collection, overwritten; else one line when it is done. */
static void draw(const char *collection, int64_t done, int64_t of) {
	int percent = of > 0 ? (int)share_percent(done, of) : 100;
	bool ends = done >= of, draws = isatty(STDERR_FILENO);
	if (draws || ends)
		(void)fprintf(stderr, "%s  %-28s %9lld of %9lld  %3d\u00a0%%%s", draws ? "\r" : "", collection, (long long)done,
		              (long long)of, percent, ends ? "\n" : "");
}

bool upgrade_run(struct store *store, const struct settings *settings, const char *folder, int *applied,
                 struct error *err) {
	const struct migration_host host = { is_quiet, say_copied, call, draw, settings };
	return migrate_apply(store, folder, &host, applied, err);
}
