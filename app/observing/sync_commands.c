/* Sync commands. */
#include <stdio.h>
#include <unistd.h>

#include "core/cli/invocation.h"
#include "observing/job.h"
#include "observing/replay.h"

enum { WIDTH = 30, WATCH_US = 200000, TAKE_OVER_EVERY = 15, TAKE_OVER_AT = 10 };

static void draw_bar(const struct sync_run *run) {
	char bar[WIDTH + 1];
	int filled = run->planned > 0 ? (int)(WIDTH * run->done / run->planned) : 0;
	for (int i = 0; i < WIDTH; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[WIDTH] = '\0';
	fprintf(stderr, "\r  sync [%s] %lld/%lld reports, %lld campaigns, %lld calls  ", bar, (long long)run->done,
	        (long long)run->planned, (long long)run->campaigns, (long long)run->calls);
}

static void say_contacts(const struct invocation *invocation, const struct sync_run *run, const struct value *value) {
	invocation_say(invocation, value, "contacts %s: %lld contacts synced, %lld new events, %lld calls, %lld gaps",
	               value_get_text(value, "state"), (long long)run->contacts, (long long)run->events,
	               (long long)run->calls, (long long)run->gap_count);
	if (!invocation->json && run->unnamed > 0)
		printf("  not named: %s counted by summaries, but named by no contact report; these are read again\n",
		       text_of_counted(invocation->arena, run->unnamed, "person is", "people are"));
	if (!invocation->json && run->undated > 0)
		printf("  no time: %s named by contact reports without a time; these are read again\n",
		       text_of_counted(invocation->arena, run->undated, "person is", "people are"));
}

static bool say_outcome(const struct invocation *invocation, const struct sync_run *run, struct error *err) {
	struct value *value = record_to_value(&sync_run_record, run, invocation->arena);
	if (run->kind == RUN_CONTACTS)
		say_contacts(invocation, run, value);
	else
		invocation_say(invocation, value,
		               "sync %s: %lld campaigns, %lld snapshots, %lld unchanged, %lld calls, %lld gaps",
		               value_get_text(value, "state"), (long long)run->campaigns, (long long)run->snapshots,
		               (long long)run->unchanged, (long long)run->calls, (long long)run->gap_count);
	for (int i = 0; i < run->gaps.count && !invocation->json; i++)
		printf("  gap: %s\n", run->gaps.items[i]);
	for (int i = 0; i < run->unreadable.count && !invocation->json; i++)
		printf("  not readable: %s\n", run->unreadable.items[i]);
	return run->state != RUN_FAILED ||
	       error_set(err, ERROR_UNAVAILABLE, "%s", run->problem ? run->problem : "The sync failed");
}

/* Waits until the run has ended. Occasionally tries to execute it here, in case no sync worker is running. */
static bool watch(const struct invocation *invocation, const char *id, struct sync_run *run, struct error *err) {
	struct jobs jobs;
	bool found, worked, draws = isatty(STDERR_FILENO);
	jobs_open(&jobs, invocation->store, sync_kinds, SYNC_KINDS, (void *)invocation->settings);
	for (int i = 0;; i++) {
		if (!sync_find(invocation->store, id, invocation->arena, run, &found, err))
			return false;
		if (!found)
			return error_set(err, ERROR_MISSING, "the sync %s has vanished", id);
		if (draws)
			draw_bar(run);
		if (run->state != RUN_QUEUED && run->state != RUN_RUNNING)
			break;
		if (i % TAKE_OVER_EVERY == TAKE_OVER_AT && !jobs_turn(&jobs, &worked, err))
			return false;
		(void)usleep(WATCH_US);
	}
	if (draws)
		fputc('\n', stderr);
	return true;
}

/* A run that is under way already may read less than is asked for: then one more is asked for when it has ended. */
static bool ask_and_watch(const struct invocation *invocation, enum run_kind kind, const char *trigger,
                          struct sync_run *run, struct error *err) {
	bool already, enough = false;
	const char *id;
	while (!enough) {
		if (!sync_request(invocation->store, kind, trigger, "cli", invocation->arena, &id, &already, err) ||
		    !watch(invocation, id, run, err))
			return false;
		enough = !already || !text_same(trigger, "full") || text_same(run->trigger, "full");
	}
	return true;
}

static bool ask_only(const struct invocation *invocation, enum run_kind kind, const char *trigger, struct error *err) {
	struct value *map = value_map(invocation->arena);
	const char *id;
	bool already;
	if (!sync_request(invocation->store, kind, trigger, "cli", invocation->arena, &id, &already, err))
		return false;
	value_put_text(map, "id", id);
	value_put_bool(map, "already_running", already);
	invocation_say(invocation, map, already ? "sync %s is queued or running already" : "sync %s is queued", id);
	return true;
}

static bool run_replay(struct invocation *invocation, struct error *err) {
	struct replay_row rows[REPLAY_ROWS];
	int count = 0, different = 0;
	if (!replay_run(invocation->store, invocation->settings, invocation_text(invocation, "into", NULL),
	                invocation_flag(invocation, "repair"), invocation->arena, rows, &count, err))
		return false;
	invocation_rows(invocation, &replay_row_record, &(struct rows){ rows, count });
	for (int i = 0; i < count; i++)
		different += !rows[i].equal && !rows[i].older; /* these equal the answers as they were read then */
	return different == 0 ||
	       error_set(err, ERROR_CONFLICT, "%d of %d collections differ from what the answers give", different, count);
}

static bool run_sync(struct invocation *invocation, struct error *err) {
	if (invocation_flag(invocation, "replay"))
		return run_replay(invocation, err);
	const char *trigger = invocation_flag(invocation, "full") ? "full" : "cli";
	enum run_kind kind = invocation_flag(invocation, "contacts") ? RUN_CONTACTS : RUN_FIGURES;
	struct sync_run run;
	if (invocation_flag(invocation, "no-wait"))
		return ask_only(invocation, kind, trigger, err);
	return ask_and_watch(invocation, kind, trigger, &run, err) && say_outcome(invocation, &run, err);
}

static const struct command_option sync_options[] = {
	{ "full", OPTION_FLAG, NULL,
	  "syncs all link reports, changed or not; with --contacts all lists in full,\n"
	  "and all reports in which people or times are missing" },
	{ "contacts", OPTION_FLAG, NULL, "syncs contacts instead of figures" },
	{ "wait", OPTION_FLAG, NULL, "waits until it ends (the default)" },
	{ "no-wait", OPTION_FLAG, NULL, "asks for the sync and does not wait" },
	{ "replay", OPTION_FLAG, NULL, "rebuilds the figures from the stored answers and compares them" },
	{ "into", OPTION_TEXT, "NAME", "keeps the database of the replay under this name", .with = "replay" },
	{ "repair", OPTION_FLAG, NULL, "restores what is missing here", .with = "replay" },
	{ 0 },
};

const struct command sync_commands[] = {
	{ "sync",
	  { 0 },
	  sync_options,
	  "Syncs lists, campaigns and the report of every sent campaign now.",
	  "Waits for the end, with a progress bar on a terminal. If a sync is queued or running already, that one is\n"
	  "watched and no second one starts; --full first waits for one that syncs less.\n"
	  "--contacts syncs contacts that have changed, and who opened, clicked, bounced, complained or unsubscribed.\n"
	  "This also happens in the background after each sync. With --full it syncs all lists in full, so that\n"
	  "contacts deleted at the provider are deleted here, too.\n"
	  "--replay rebuilds snapshots, links, events and growth in a separate database, without the provider, and\n"
	  "says of each collection whether it is the same as the current one.",
	  run_sync },
	{ 0 },
};
