/* Starting, signalling and reaping processes for the keeper. All its signals are blocked and taken by sigtimedwait. */
#include "core/process/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/moment.h"
#include "core/base/proc.h"
#include "core/process/keeping.h"
#include "core/process/settings.h"

enum {
	PATH_BYTES = 512,
	TABLE_BYTES = 1 << 16,
	CHILDREN_BYTES = 1 << 16,
	TURN_MS = 1000,
	BUSY_MS = 50,
	LOCK_TRIES = 50,
	LOCK_FD = 9,
	NOT_EXECUTED = 127,
	LOG_BYTES = 1 << 20,
};

struct keeper {
	const char *home, *owner;
	char **self;
	struct service services[KEEPING_SERVICES];
	int count;
	bool ending, littered; /* littered: a process has ended, and may have left others */
	char shown[KEEPING_SERVICES * KEEPING_ROW];
};

static const char *file_of(const char *home, const char *name, const char *ending, char *out) {
	(void)snprintf(out, PATH_BYTES, "%s/keeper/%s%s", home, name, ending);
	return out;
}

static void pause_ms(int ms) {
	(void)usleep((useconds_t)ms * 1000);
}

static bool is_same_file(int file, const char *path) {
	struct stat one, other;
	return fstat(file, &one) == 0 && stat(path, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

static bool lock_file(int file) {
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(file, LOCK_EX | LOCK_NB) == 0)
			return true;
		pause_ms(BUSY_MS);
	}
	return false;
}

/* The descriptor outlives SIGHUP's execution, so that the lock is never free in between. Tried several times, as a
 * script that looks whether it is held holds it for a moment. */
static bool lock_home(const char *home, struct error *err) {
	char path[PATH_BYTES];
	(void)file_of(home, "lock", "", path);
	if (is_same_file(LOCK_FD, path) && flock(LOCK_FD, LOCK_EX | LOCK_NB) == 0)
		return true;
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file < 0 || (file != LOCK_FD && dup2(file, LOCK_FD) < 0))
		return error_set(err, ERROR_FAULT, "cannot open %s: %s", path, strerror(errno));
	return lock_file(LOCK_FD) || error_set(err, ERROR_CONFLICT, "another keeper is at work in %s", home);
}

static bool read_table(struct keeper *keeper, struct error *err) {
	static char text[TABLE_BYTES];
	char path[PATH_BYTES];
	if (!proc_read(file_of(keeper->home, "services", "", path), text, sizeof text))
		return error_set(err, ERROR_MISSING, "there is no table of services in %s", path);
	bool right = services_parse(text, keeper->services, &keeper->count, err);
	for (int i = 0; right && i < keeper->count; i++)
		keeper->services[i].since_ms = monotonic_ms();
	return right;
}

static void write_state(struct keeper *keeper) {
	char new[PATH_BYTES], path[PATH_BYTES], text[sizeof keeper->shown] = "", line[KEEPING_ROW];
	int64_t offset_ms = moment_now().ms - monotonic_ms();
	for (int i = 0; i < keeper->count; i++) {
		struct service_row row = service_row(&keeper->services[i], offset_ms);
		service_row_write(&row, line);
		size_t used = strlen(text);
		(void)snprintf(text + used, sizeof text - used, "%s\n", line);
	}
	FILE *file = fopen(file_of(keeper->home, "state", ".new", new), "we");
	if (!file)
		return;
	(void)fchmod(fileno(file), 0644);
	bool written = fprintf(file, "%s\n%s", keeper->owner, text) > 0;
	written = fclose(file) == 0 && written;
	if (written) /* on a full disk the one before stays */
		(void)rename(new, file_of(keeper->home, "state", "", path));
}

static void block_signals(sigset_t *signals) {
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGUSR1 };
	(void)sigemptyset(signals);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		(void)sigaddset(signals, numbers[i]);
	(void)sigprocmask(SIG_SETMASK, signals, NULL);
}

static void become(const struct keeper *keeper, const struct service *service) {
	char path[PATH_BYTES];
	sigset_t none;
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setsid();
	(void)close(LOCK_FD);
	(void)clearenv();
	settings_load(file_of(keeper->home, service->name, ".env", path));
	(void)execvp(service->words[0], service->words);
	log_error("%s: cannot execute %s: %s", service->name, service->words[0], strerror(errno));
	_exit(NOT_EXECUTED);
}

static void start(const struct keeper *keeper, struct service *service) {
	struct proc proc = { 0 };
	pid_t pid = fork();
	if (pid == 0)
		become(keeper, service);
	if (pid > 0)
		(void)proc_look(pid, &proc);
	service_started(service, pid, proc.start, monotonic_ms());
	if (pid < 0)
		service_ended(service, NOT_EXECUTED, monotonic_ms());
	else
		log_info("%s: started as process %d", service->name, (int)pid);
}

/* Nobody can reach a server whose socket has been removed, and none makes it again by itself. */
static void look_for_socket(struct service *service) {
	struct stat status;
	bool was_lost = service->lost;
	service_socket_is(service, lstat(service->socket, &status) == 0 && S_ISSOCK(status.st_mode), monotonic_ms());
	if (service->lost && !was_lost)
		log_error("%s: %s is gone: it is started again", service->name, service->socket);
}

static void act(struct keeper *keeper, struct service *service) {
	if (service->socket && service->pid && !service->stopping)
		look_for_socket(service);
	enum service_act next = service_next(service, monotonic_ms());
	if (next == SERVICE_START && !keeper->littered)
		start(keeper, service);
	if (next != SERVICE_STOP && next != SERVICE_KILL)
		return;
	(void)kill(service->pid, next == SERVICE_KILL ? SIGKILL : service->stop_signal);
	service_signalled(service, monotonic_ms());
}

static struct service *service_of(struct keeper *keeper, pid_t pid) {
	for (int i = 0; i < keeper->count; i++)
		if (keeper->services[i].pid == pid)
			return &keeper->services[i];
	return NULL;
}

static void take_end(struct keeper *keeper, struct service *service, int status) {
	ARENA_AUTO arena = arena_new();
	bool asked = service->stopping;
	(void)kill(-service->pid, SIGKILL);
	service_ended(service, WIFSIGNALED(status) ? KEEPING_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status),
	              monotonic_ms());
	keeper->littered = true;
	if (asked || !service->wanted)
		log_info("%s: stopped", service->name);
	else
		log_error("%s: %s, starts again in %d ms", service->name, keeping_end(arena, service->end),
		          (int)service->pause_ms);
}

static void reap(struct keeper *keeper) {
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct service *service = service_of(keeper, pid);
		if (service)
			take_end(keeper, service, status);
	}
}

/* Orphans are given to the keeper (PR_SET_CHILD_SUBREAPER): a child that is no service's process is what a dead service
 * left. True if there are none. */
static bool kill_orphans(struct keeper *keeper) {
	static char text[CHILDREN_BYTES];
	char path[64], *rest = text;
	bool none = true;
	(void)snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	(void)proc_read(path, text, sizeof text);
	for (pid_t pid; (pid = (pid_t)strtol(rest, &rest, 10)) > 0;) {
		if (service_of(keeper, pid))
			continue;
		none = false;
		(void)kill(pid, SIGKILL);
	}
	return none;
}

static void see_wishes(struct keeper *keeper) {
	char path[PATH_BYTES];
	for (int i = 0; i < keeper->count; i++) {
		struct service *service = &keeper->services[i];
		service_want(service, access(file_of(keeper->home, service->name, ".down", path), F_OK) != 0, monotonic_ms());
	}
}

/* The state may be an older one, on a full disk, or damaged. */
static bool is_credible(const struct service_row *row) {
	struct proc proc;
	return row->pid == 0 || (proc_look(row->pid, &proc) && proc.start == row->start);
}

/* After SIGHUP the services are still this process's children. A child of which the state does not tell is killed. */
static void adopt(struct keeper *keeper) {
	struct service_row rows[KEEPING_SERVICES];
	char owner[KEEPING_OWNER];
	int count;
	int64_t offset_ms = moment_now().ms - monotonic_ms();
	keeper->littered = true;
	if (!keeping_read(keeper->home, owner, rows, &count) || strcmp(owner, keeper->owner) != 0)
		return;
	for (int i = 0; i < keeper->count; i++)
		for (int k = 0; k < count; k++) {
			struct service *service = &keeper->services[i];
			if (strcmp(service->name, rows[k].name) == 0 && is_credible(&rows[k]))
				service_adopted(service, &rows[k], offset_ms, monotonic_ms());
		}
}

/* Returns false when all is ended. */
static bool turn(struct keeper *keeper) {
	reap(keeper);
	if (keeper->littered)
		keeper->littered = !kill_orphans(keeper);
	if (!keeper->ending)
		see_wishes(keeper);
	else if (!services_wind_down(keeper->services, keeper->count) && !keeper->littered)
		return false;
	for (int i = 0; i < keeper->count; i++)
		act(keeper, &keeper->services[i]);
	write_state(keeper);
	return true;
}

static void execute_anew(struct keeper *keeper) {
	log_info("reads its table anew");
	(void)execv(keeper->self[0], keeper->self);
	log_error("cannot execute %s: %s", keeper->self[0], strerror(errno));
}

static int wait_ms(const struct keeper *keeper) {
	int64_t now = monotonic_ms(), least = keeper->littered ? BUSY_MS : TURN_MS;
	for (int i = 0; i < keeper->count; i++) {
		const struct service *service = &keeper->services[i];
		bool due = service->stopping || (!service->pid && service->wanted);
		if (due && service->due_ms - now < least)
			least = service->due_ms > now ? service->due_ms - now : BUSY_MS;
	}
	return (int)least;
}

static void keep(struct keeper *keeper) {
	sigset_t signals;
	block_signals(&signals);
	while (turn(keeper)) {
		struct timespec pause = { .tv_nsec = wait_ms(keeper) * 1000000L };
		pause.tv_sec = pause.tv_nsec / 1000000000L;
		pause.tv_nsec %= 1000000000L;
		int number = sigtimedwait(&signals, NULL, &pause);
		if (number == SIGTERM || number == SIGINT)
			keeper->ending = true;
		else if (number == SIGHUP && !keeper->ending)
			execute_anew(keeper);
	}
}

static void write_pid(const char *home) {
	char path[PATH_BYTES];
	FILE *file = fopen(file_of(home, "pid", "", path), "we");
	if (!file)
		return;
	(void)fprintf(file, "%d\n", (int)getpid());
	(void)fclose(file);
}

bool keeper_run(const char *home, const char *owner, char **self, struct error *err) {
	static struct keeper keeper;
	keeper = (struct keeper){ .home = home, .owner = owner, .self = self };
	if (!lock_home(home, err) || !read_table(&keeper, err))
		return false;
	char folder[PATH_BYTES];
	(void)snprintf(folder, sizeof folder, "%s/keeper", home);
	log_turn_over(folder, LOG_BYTES, 1);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	write_pid(home);
	log_info("startup: %d services", keeper.count);
	adopt(&keeper);
	keep(&keeper);
	write_state(&keeper);
	log_info("stopped");
	return true;
}

/* The group may outlive its leader; its number is not given to another process as long as it exists. */
static bool is_there(const struct service_row *row) {
	struct proc proc;
	if (!row->pid || kill(-row->pid, 0) != 0)
		return false;
	return !proc_look(row->pid, &proc) || proc.start == row->start;
}

static void end_group(const struct keeper *keeper, const struct service_row *row) {
	int number = SIGTERM;
	int64_t patience_ms = TURN_MS;
	for (int i = 0; i < keeper->count; i++)
		if (strcmp(keeper->services[i].name, row->name) == 0) {
			number = keeper->services[i].stop_signal;
			patience_ms = keeper->services[i].patience_ms;
		}
	int64_t end = monotonic_ms() + patience_ms;
	if (is_there(row))
		(void)kill(-row->pid, number);
	while (is_there(row) && monotonic_ms() < end)
		pause_ms(BUSY_MS);
	if (is_there(row))
		(void)kill(-row->pid, SIGKILL);
}

/* Same machine, boot and pid namespace: otherwise its process ids mean nothing. */
static bool is_same_place(const char *one, const char *other) {
	size_t size = strcspn(one, ":");
	return strncmp(one, other, size) == 0 && other[size] == ':';
}

bool keeper_clear(const char *home, const char *owner, struct error *err) {
	static struct keeper keeper;
	struct service_row rows[KEEPING_SERVICES];
	char before[KEEPING_OWNER];
	int count;
	keeper = (struct keeper){ .home = home };
	if (!lock_home(home, err) || !read_table(&keeper, err))
		return false;
	if (!keeping_read(home, before, rows, &count) || !is_same_place(owner, before))
		return true;
	for (int i = count - 1; i >= 0; i--)
		end_group(&keeper, &rows[i]);
	return true;
}
