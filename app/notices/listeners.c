/* Live messages go to those who still may listen. */
#include "notices/listeners.h"

#include <stdio.h>
#include <string.h>

#include "core/process/push.h"
#include "core/store/rate_limit.h"
#include "core/store/version.h"

enum { CHANNELS = 32, KEY = 96, HOURS_A_YEAR = 366 * 24 };

/* What this process has seen done. */
static char done[CHANNELS][KEY];
static int next;

static bool is_done(const char *key) {
	for (int i = 0; i < CHANNELS; i++)
		if (strcmp(done[i], key) == 0)
			return true;
	return false;
}

bool listeners_renew(struct store *store, const char *channel, struct moment now) {
	char key[KEY];
	struct versions versions;
	struct error ignored = ERROR_INIT;
	int taken;
	int64_t wait_ms;
	if (!versions_read(store, &versions, &ignored))
		return false;
	(void)snprintf(key, sizeof key, "listeners:%.30s:%lld:%lld", channel, (long long)versions.rights,
	               (long long)(now.ms / HOUR_MS % HOURS_A_YEAR));
	if (is_done(key))
		return true;
	const struct rate_limit once = { key, 1, 1.0 / (2 * 3600) };
	if (!rate_limit_take(store, &once, 1, &taken, &wait_ms, &ignored))
		return false;
	if (taken)
		push_close(channel);
	(void)snprintf(done[next++ % CHANNELS], KEY, "%s", key);
	return true;
}
