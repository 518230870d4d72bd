/* The keeper's rules and files. */
#include "core/process/keeping.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SECOND_MS = 1000, PATH_BYTES = 512 };

enum service_act service_next(const struct service *service, int64_t now_ms) {
	if (!service->pid)
		return service->wanted && now_ms >= service->due_ms ? SERVICE_START : SERVICE_STAY;
	if (service->stopping)
		return now_ms >= service->due_ms ? SERVICE_KILL : SERVICE_STAY;
	return service->wanted && !service->lost ? SERVICE_STAY : SERVICE_STOP;
}

/* Whoever asks for it again need not sit out a pause. */
void service_want(struct service *service, bool wanted, int64_t now_ms) {
	if (wanted && !service->wanted && !service->pid) {
		service->due_ms = service->since_ms = now_ms;
		service->pause_ms = 0;
	}
	service->wanted = wanted;
}

void service_started(struct service *service, pid_t pid, uint64_t start, int64_t now_ms) {
	service->pid = pid;
	service->start = start;
	service->since_ms = now_ms;
	service->missing_ms = 0;
	service->stopping = service->listened = service->lost = false;
}

void service_adopted(struct service *service, const struct service_row *row, int64_t offset_ms, int64_t now_ms) {
	int64_t since_ms = row->since_s * SECOND_MS - offset_ms;
	service_started(service, row->pid, row->start, now_ms);
	service->since_ms = since_ms < now_ms ? since_ms : now_ms; /* the clock may have been set back */
	service->listened = row->listened;
	service->restarts = row->restarts;
	service->end = row->end;
}

void service_socket_is(struct service *service, bool there, int64_t now_ms) {
	service->listened |= there;
	service->missing_ms = there ? 0 : service->missing_ms ? service->missing_ms : now_ms;
	service->lost = !there && now_ms - service->missing_ms >= (service->listened ? KEEPING_LOST_MS : KEEPING_FIRST_MS);
}

void service_signalled(struct service *service, int64_t now_ms) {
	service->stopping = true;
	service->due_ms = now_ms + service->patience_ms;
}

static int64_t longer(int64_t pause_ms) {
	int64_t doubled = pause_ms ? pause_ms * 2 : KEEPING_PAUSE_MS;
	return doubled > KEEPING_PAUSE_MAX_MS ? KEEPING_PAUSE_MAX_MS : doubled;
}

void service_ended(struct service *service, int end, int64_t now_ms) {
	bool lived = now_ms - service->since_ms >= KEEPING_LIVED_MS;
	service->pause_ms = service->stopping || lived ? 0 : longer(service->pause_ms);
	service->restarts += service->wanted && (!service->stopping || service->lost);
	service->end = service->lost && service->stopping ? KEEPING_LOST : end;
	service->pid = 0;
	service->start = 0;
	service->stopping = false;
	service->since_ms = now_ms;
	service->due_ms = now_ms + service->pause_ms;
}

bool services_wind_down(struct service *services, int count) {
	int highest = -1;
	for (int i = 0; i < count; i++)
		if (services[i].pid && services[i].level > highest)
			highest = services[i].level;
	for (int i = 0; i < count; i++)
		if (!services[i].pid || services[i].level == highest)
			services[i].wanted = false;
	return highest >= 0;
}

static bool read_head(const char *line, struct service *service) {
	int seconds;
	*service = (struct service){ .end = KEEPING_NEVER };
	if (sscanf(line, "%23s %d %d %d", service->name, &service->level, &service->stop_signal, &seconds) != 4)
		return false;
	service->patience_ms = (int64_t)seconds * SECOND_MS;
	return service->level >= 0 && service->stop_signal > 0 && seconds > 0 && !strchr(service->name, '/');
}

static bool add_word(struct service *service, char *word) {
	for (int i = 0; i < KEEPING_WORDS; i++)
		if (!service->words[i]) {
			service->words[i] = word;
			return true;
		}
	return false;
}

static bool take_line(char *line, struct service *services, int *count) {
	if (*line == '=' && *count > 0) {
		services[*count - 1].socket = line + 1;
		return true;
	}
	if (*line == '\t')
		return *count > 0 && add_word(&services[*count - 1], line + 1);
	if (*count >= KEEPING_SERVICES || !read_head(line, &services[*count]))
		return false;
	*count += 1;
	return true;
}

bool services_parse(char *text, struct service *services, int *count, struct error *err) {
	int number = 0;
	*count = 0;
	for (char *line; (line = strsep(&text, "\n"));) {
		number++;
		if (*line && !take_line(line, services, count))
			return error_set(err, ERROR_INVALID, "line %d of the table of services is wrong", number);
	}
	for (int i = 0; i < *count; i++)
		if (!services[i].words[0])
			return error_set(err, ERROR_INVALID, "%s has no command", services[i].name);
	return true;
}

static const char *state_name(const struct service *service) {
	if (service->pid)
		return service->stopping ? "stopping" : "up";
	return service->wanted ? "waiting" : "down";
}

struct service_row service_row(const struct service *service, int64_t offset_ms) {
	bool waits = !service->pid && service->wanted;
	struct service_row row = { .pid = service->pid,
		                       .start = service->start,
		                       .since_s = (service->since_ms + offset_ms) / SECOND_MS,
		                       .next_s = waits ? (service->due_ms + offset_ms) / SECOND_MS : 0,
		                       .restarts = service->restarts,
		                       .end = service->end,
		                       .listened = service->listened };
	(void)snprintf(row.name, sizeof row.name, "%s", service->name);
	(void)snprintf(row.state, sizeof row.state, "%s", state_name(service));
	return row;
}

void service_row_write(const struct service_row *row, char *out) {
	(void)snprintf(out, KEEPING_ROW, "%s %s %d %" PRIu64 " %" PRId64 " %" PRId64 " %d %d %d", row->name, row->state,
	               (int)row->pid, row->start, row->since_s, row->next_s, row->restarts, row->end, row->listened);
}

bool service_row_read(const char *line, struct service_row *row) {
	int pid, listened = 0;
	*row = (struct service_row){ 0 };
	if (sscanf(line, "%23s %11s %d %" SCNu64 " %" SCNd64 " %" SCNd64 " %d %d %d", row->name, row->state, &pid,
	           &row->start, &row->since_s, &row->next_s, &row->restarts, &row->end, &listened) < 8)
		return false;
	row->pid = pid;
	row->listened = listened;
	return pid == 0 || pid > 1;
}

bool keeping_read(const char *home, char *owner, struct service_row *rows, int *count) {
	char path[PATH_BYTES], line[KEEPING_OWNER];
	(void)snprintf(path, sizeof path, "%s/keeper/state", home);
	FILE *file = fopen(path, "re");
	bool found = file && fgets(owner, KEEPING_OWNER, file);
	*count = 0;
	if (found)
		owner[strcspn(owner, "\n")] = '\0';
	while (found && *count < KEEPING_SERVICES && fgets(line, sizeof line, file))
		*count += service_row_read(line, &rows[*count]);
	if (file)
		(void)fclose(file);
	return found;
}

char *keeping_end(struct arena *arena, int end) {
	if (end == KEEPING_NEVER)
		return arena_copy(arena, "has not ended yet");
	if (end == KEEPING_LOST)
		return arena_copy(arena, "lost its socket");
	if (end >= KEEPING_SIGNAL)
		return arena_print(arena, "killed by signal %d", end - KEEPING_SIGNAL);
	return arena_print(arena, "ended with status %d", end);
}
