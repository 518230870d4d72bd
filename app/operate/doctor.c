/* The checks of telltale doctor, one row each. */
#include "operate/doctor.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "access/user.h"
#include "audience/suppression/hashed.h"
#include "core/base/buf.h"
#include "core/cli/invocation.h"
#include "core/client/http.h"
#include "core/formats/url.h"
#include "core/jobs/owner.h"
#include "core/process/keeping.h"
#include "core/store/migrate.h"
#include "inbound/fetching.h"
#include "observing/emailoctopus.h"
#include "observing/sync.h"

enum {
	SECRET_MIN = 32,
	FREE_MIN_MB = 500,
	CALL_MS = 10000,
	TURN_MS = 100,
	HOPS = 5,
	PROVIDER_BYTES = 1 << 20,
	LATE_FACTOR = 2,
	SENT_MIN = 500 /* emails of which one would have come back */
};

struct finding {
	const char *check, *result, *advice; /* advice is NULL if all is well */
};

static const struct field finding_fields[] = {
	FIELD(struct finding, check),
	FIELD(struct finding, result),
	FIELD(struct finding, advice),
};
static const struct record_type finding_record = RECORD_TYPE("Finding", struct finding, finding_fields);

static struct finding good(const char *check, const char *result) {
	return (struct finding){ check, result, NULL };
}

static struct finding check_secret(struct invocation *invocation) {
	if (strlen(invocation->settings->secret_key) < SECRET_MIN)
		return (struct finding){ "secret", "too short", "set SECRET_KEY to 32 random characters or more" };
	return good("secret", "ok");
}

/* With another key erased people would not be recognised, and come back. */
static struct finding check_suppression_key(struct invocation *invocation) {
	static const char *const words[] = { [HASHED_NONE] = "fine; nobody was erased yet",
		                                 [HASHED_FINE] = "ok",
		                                 [HASHED_MISSING] = "missing",
		                                 [HASHED_CHANGED] = "not the one under which people were erased" };
	struct error err = ERROR_INIT;
	enum hashed_state state;
	if (!hashed_read_state(invocation->store, &state, &err))
		return (struct finding){ "suppression key", "unknown", "first see to the database" };
	if (state == HASHED_NONE && text_is_empty(invocation->settings->suppression_key))
		return (struct finding){ "suppression key", "missing", "run deploy/up, or set SUPPRESSION_KEY" };
	return (struct finding){ "suppression key", words[state],
		                     state == HASHED_MISSING || state == HASHED_CHANGED
		                         ? "set SUPPRESSION_KEY as it was: TELLTALE_HOME/suppression-key, or a backup of it"
		                         : NULL };
}

/* Without them, or with others, the links of mails already sent do not work. */
static struct finding check_link_keys(struct invocation *invocation) {
	if (text_is_empty(invocation->settings->link_keys))
		return (
			struct finding){ "link keys", "missing",
			                 "run deploy/up, or set LINK_KEYS as it was: TELLTALE_HOME/link-keys, or a backup of it" };
	return good("link keys", "ok");
}

/* Without it passwords and keys of connections can be neither stored nor used. */
static struct finding check_credentials_key(struct invocation *invocation) {
	if (text_is_empty(invocation->settings->credentials_key))
		return (struct finding){ "credentials key", "missing", "run deploy/up, or set CREDENTIALS_KEY" };
	return good("credentials key", "ok");
}

static struct finding check_settings_file(struct invocation *invocation) {
	struct stat status;
	char *path = arena_print(invocation->arena, "%s/settings.env", invocation->settings->home);
	if (stat(path, &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)))
		return (struct finding){ "settings file", "other users can read it",
			                     arena_print(invocation->arena, "chmod 600 %s", path) };
	return good("settings file", "ok");
}

/* In MB; 0 also if the disk can hold no more files. */
static unsigned long long free_of(const struct statvfs *disk) {
	bool no_file = disk->f_files > 0 && disk->f_favail == 0;
	return no_file ? 0 : (unsigned long long)disk->f_bavail * disk->f_frsize >> 20;
}

/* The folders that are written to may be on other disks than HOME: the fullest one counts. */
static struct finding check_disk(struct invocation *invocation) {
	static const char *const folders[] = { "run", "log", "database", "ferretdb" };
	struct statvfs disk;
	if (statvfs(invocation->settings->home, &disk) != 0)
		return (struct finding){ "disk", "the folder TELLTALE_HOME does not exist", "run deploy/up" };
	unsigned long long least = free_of(&disk);
	const char *where = "";
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const char *path = arena_print(invocation->arena, "%s/%s", invocation->settings->home, folders[i]);
		if (statvfs(path, &disk) != 0 || free_of(&disk) >= least)
			continue;
		least = free_of(&disk);
		where = arena_print(invocation->arena, " in %s", path);
	}
	return (struct finding){ "disk", arena_print(invocation->arena, "%llu MB free%s", least, where),
		                     least < FREE_MIN_MB ? "free some space, or the database will stop" : NULL };
}

/* With the words of the database, which tell more than ours. */
static const char *described(const struct invocation *invocation, const struct error *err) {
	char text[ERROR_DESCRIBED];
	error_describe(err, text, sizeof text);
	return arena_copy(invocation->arena, text);
}

static struct finding check_database(struct invocation *invocation) {
	struct error err = ERROR_INIT;
	if (!store_ping(invocation->store, &err))
		return (struct finding){ "database", described(invocation, &err),
			                     "check MONGODB_URI, and whether the server is running" };
	return good("database", "answers");
}

static struct finding check_schema(struct invocation *invocation) {
	struct error err = ERROR_INIT;
	if (!migrate_check(invocation->store, arena_print(invocation->arena, "%s/migrations", invocation->settings->root),
	                   &err))
		return (struct finding){ "schema", described(invocation, &err), "telltale db migrate" };
	return good("schema", "up to date");
}

static struct finding check_users(struct invocation *invocation) {
	struct error err = ERROR_INIT;
	struct rows users;
	if (!user_list(invocation->store, invocation->arena, &users, &err))
		return (struct finding){ "users", "unknown", "first see to the database" };
	const struct user *items = users.items;
	int active = 0, one_time = 0;
	for (int i = 0; i < users.count; i++) {
		active += items[i].is_active;
		one_time += items[i].is_active && items[i].one_time;
	}
	return (struct finding){ "users",
		                     arena_print(invocation->arena, "%d active, %d with a one-time password", active, one_time),
		                     active == 0     ? "telltale user create NAME"
		                     : one_time != 0 ? "sign in and choose a password in Settings"
		                                     : NULL };
}

static struct finding check_sync(struct invocation *invocation) {
	struct error err = ERROR_INIT;
	struct sync_run *runs;
	int count;
	if (!sync_recent(invocation->store, RUN_FIGURES, 1, invocation->arena, &runs, &count, &err))
		return (struct finding){ "sync", "unknown", "first see to the database" };
	if (count == 0)
		return (struct finding){ "sync", "has never run", "telltale sync" };
	int64_t age_s = (invocation->now.ms - runs[0].requested_at.ms) / 1000;
	struct value *run = record_to_value(&sync_run_record, &runs[0], invocation->arena);
	return (struct finding){
		"sync", arena_print(invocation->arena, "%s %lld min ago", value_get_text(run, "state"), (long long)age_s / 60),
		runs[0].state == RUN_FAILED ? "see the page Sync for the reason"
		: age_s < -60               ? "correct the clocks of this machine and of the database"
		: age_s > LATE_FACTOR * invocation->settings->sync_interval_s
			? "check whether telltale-sync is running; deploy/up starts it"
			: NULL
	};
}

/* What each process that does not simply run is doing, and what to do about it; NULL: nothing. */
static const char *process_advice(struct invocation *invocation, const struct service_row *row, struct buf *result) {
	if (row->restarts)
		buf_print(result, "; %s restarted %d time%s, %s", row->name, row->restarts, row->restarts == 1 ? "" : "s",
		          keeping_end(invocation->arena, row->end));
	if (text_same(row->state, "down")) {
		buf_print(result, "; %s was stopped", row->name);
		return arena_print(invocation->arena, "deploy/service %s start", row->name);
	}
	return text_same(row->state, "waiting") ? arena_print(invocation->arena, "see log/%s.log", row->name) : NULL;
}

static struct finding check_processes(struct invocation *invocation) {
	struct service_row rows[KEEPING_SERVICES];
	char owner[KEEPING_OWNER];
	int count, running = 0;
	BUF_AUTO result = { 0 };
	const char *advice = NULL;
	if (!keeping_read(invocation->settings->home, owner, rows, &count))
		return (struct finding){ "processes", "deploy/up has not been run", "run deploy/up" };
	if (owner_is_gone(owner))
		return (struct finding){ "processes", "telltale-keeper is not running: what stops is not restarted",
			                     "run deploy/up" };
	for (int i = 0; i < count; i++)
		running += text_same(rows[i].state, "up");
	buf_print(&result, "%d of %d running", running, count);
	for (int i = 0; i < count; i++) {
		const char *one = process_advice(invocation, &rows[i], &result);
		advice = advice ? advice : one;
	}
	return (struct finding){ "processes", arena_copy(invocation->arena, buf_text(&result)), advice };
}

struct provider_check {
	struct invocation *invocation;
	struct finding finding;
	bool done;
	struct http_pool *pool;
	int hops;
};

static void ask_provider(struct provider_check *check, const char *url);

static void on_answer(void *context, const struct http_answer *answer) {
	struct provider_check *check = context;
	int64_t wait_ms;
	char why[160];
	enum verdict verdict = emailoctopus_judge(answer, check->invocation->now, &wait_ms, why);
	if (verdict == VERDICT_MOVED && answer->location && check->hops++ < HOPS &&
	    url_is_on(answer->location, check->invocation->settings->api_url)) {
		ask_provider(check, answer->location);
		return;
	}
	check->done = true;
	check->finding = verdict == VERDICT_GOOD
	                     ? good("provider", "EmailOctopus accepts the key")
	                     : (struct finding){ "provider", arena_copy(check->invocation->arena, why),
		                                     verdict == VERDICT_STOP ? "set EMAILOCTOPUS_API_KEY to a key of API v2"
		                                                             : "try again later" };
}

static void ask_provider(struct provider_check *check, const char *url) {
	http_start(check->pool, &(struct http_call){ url, check->invocation->settings->api_key, PROVIDER_BYTES, CALL_MS,
	                                             on_answer, check });
}

static struct finding check_provider(struct invocation *invocation) {
	struct provider_check check = { .invocation = invocation,
		                            .finding = { "provider", "no key is set", "set EMAILOCTOPUS_API_KEY" } };
	if (text_is_empty(invocation->settings->api_key))
		return check.finding;
	check.pool = http_pool_new("Telltale/0.1 (self-hosted campaign console)");
	ask_provider(&check, arena_print(invocation->arena, "%s/lists?limit=1", invocation->settings->api_url));
	while (!check.done)
		http_turn(check.pool, TURN_MS);
	http_pool_free(check.pool);
	return check.finding;
}

typedef struct finding check_function(struct invocation *invocation);

struct newest_return {
	struct moment at;
};
static const struct field return_fields[] = { FIELD(struct newest_return, at) };
static const struct record_type return_record = RECORD_TYPE("NewestReturn", struct newest_return, return_fields);

/* Of a block: what mail servers took. */
struct taken {
	int64_t accepted;
};
static const struct field taken_fields[] = { FIELD(struct taken, accepted) };
static const struct record_type taken_record = RECORD_TYPE("TakenEmails", struct taken, taken_fields);

/* Bounces and complaints come by a mail server's pipe or by web requests: whoever has set neither up, or wrongly, would
 * only notice that nothing ever comes. */
static struct finding check_returns(struct invocation *invocation) {
	static const char check[] = "returned emails";
	const struct settings *settings = invocation->settings;
	bool is_set = !text_is_empty(settings->bounce_domain) || !text_is_empty(settings->hook_keys) ||
	              !text_is_empty(settings->imap_url),
		 found;
	struct newest_return newest;
	struct error err = ERROR_INIT;
	struct taken taken;
	int64_t blocks;
	if (!store_find(invocation->store, "inbound_mails", &everything, SORT(desc("expires_at"), desc("_id")),
	                &return_record, invocation->arena, &newest, &found, &err))
		return (struct finding){ check, "unknown", "first see to the database" };
	if (found)
		return good(check, arena_print(invocation->arena, "the newest came on %s",
		                               text_of_moment_zone(invocation->arena, newest.at)));
	if (!is_set)
		return good(check, "not seen: neither BOUNCE_DOMAIN, BOUNCE_HOOK_KEYS nor INBOUND_IMAP_URL is set");
	if (!store_sum(invocation->store, "dispatch_states", &everything, &taken_record, &taken, &blocks, &err))
		return (struct finding){ check, "unknown", "first see to the database" };
	if (taken.accepted < SENT_MIN)
		return good(check, "none yet; little has been sent");
	return (
		struct finding){ check, "none has come in 90 days",
		                 "see whether the mail server's pipe or the provider's web requests arrive: docs/sending.md" };
}

/* The mailbox that telltale-audience reads. */
static struct finding check_mailbox(struct invocation *invocation) {
	static const char check[] = "mailbox of bounces";
	struct arena *arena = invocation->arena;
	struct mailbox_state look;
	struct error err = ERROR_INIT;
	bool found;
	if (text_is_empty(invocation->settings->imap_url))
		return good(check, "none: INBOUND_IMAP_URL is not set");
	if (!mailbox_look(invocation->store, arena, &look, &found, &err))
		return (struct finding){ check, "unknown", "first see to the database" };
	if (!found)
		return good(check, "not read yet");
	if (look.problem)
		return (struct finding){ check, look.problem, "see INBOUND_IMAP_… in .env, then run deploy/up" };
	return good(check, arena_print(arena, "read on %s, %lld emails so far", text_of_moment_zone(arena, look.looked_at),
	                               (long long)look.taken));
}

static check_function *const checks[] = {
	check_secret, check_suppression_key, check_link_keys, check_credentials_key, check_settings_file,
	check_disk,   check_database,        check_schema,    check_processes,       check_users,
	check_sync,   check_returns,         check_mailbox,   check_provider
};
enum { CHECKS = sizeof checks / sizeof *checks };

static bool run_checks(struct invocation *invocation, int count, struct error *err) {
	struct finding found[CHECKS];
	int bad = 0;
	for (int i = 0; i < count; i++) {
		found[i] = checks[i](invocation);
		bad += found[i].advice != NULL;
	}
	invocation_rows(invocation, &finding_record, &(struct rows){ found, count });
	return bad == 0 || error_set(err, ERROR_UNAVAILABLE, "%d of %d checks need attention", bad, count);
}

bool doctor_run(struct invocation *invocation, struct error *err) {
	return run_checks(invocation, CHECKS, err);
}

bool doctor_config(struct invocation *invocation, struct error *err) {
	return run_checks(invocation, CHECKS - 1, err);
}
