/* Counts of failed sign-ins. */
#include "access/attempts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "core/base/lease.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/store/clock.h"

struct count {
	const char *id;
	int64_t failures, turn; /* turn: incremented by each write */
	int64_t pause_ms;
	struct moment until, last_at, expires_at; /* until: the end of the pause */
};

static const struct field count_fields[] = {
	FIELD(struct count, id, .stored = "_id"),
	FIELD(struct count, failures),
	FIELD(struct count, turn),
	FIELD(struct count, pause_ms),
	FIELD(struct count, until),
	FIELD(struct count, last_at),
	FIELD(struct count, expires_at),
};
static const struct record_type count_record = RECORD_TYPE("Attempts", struct count, count_fields);

static const char LOGIN_ATTEMPTS[] = "login_attempts";

/* An office behind one address may mistype more often than one person. */
enum { FREE_BY_NAME = 5, FREE_BY_ADDRESS = 30, LONGEST_PAUSE_MS = 15 * MINUTE_MS, KEPT_MS = 24 * HOUR_MS, RACES = 100 };

int64_t attempt_pause(int64_t failures, int64_t allowed) {
	int64_t doublings = failures - allowed;
	if (doublings < 0)
		return 0;
	return doublings < 10 ? (int64_t)SECOND_MS << doublings : LONGEST_PAUSE_MS;
}

/* The address, or the network of an IPv6 address; NULL if it is none. */
static const char *network_of(struct arena *arena, const char *address) {
	static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF }; /* RFC 4291, 2.5.5.2 */
	unsigned char six[16];
	char text[INET6_ADDRSTRLEN];
	struct in_addr four;
	if (inet_pton(AF_INET, address, &four) == 1)
		return arena_copy(arena, address);
	if (inet_pton(AF_INET6, address, six) != 1)
		return NULL;
	if (memcmp(six, mapped, sizeof mapped) == 0)
		return arena_print(arena, "%d.%d.%d.%d", six[12], six[13], six[14], six[15]);
	memset(six + 8, 0, 8);
	return arena_print(arena, "%s/64", inet_ntop(AF_INET6, six, text, sizeof text));
}

struct attempt attempt_of(struct arena *arena, const char *username, const char *address) {
	const char *network = address ? network_of(arena, address) : NULL;
	char digest[SECRET_HEX];
	if (!network)
		network = "nowhere";
	secret_digest(arena_print(arena, "%s\n%s", network, username), digest);
	return (struct attempt){ arena_print(arena, "name %s", digest), arena_print(arena, "address %s", network) };
}

/* All zero, but for the id, if there is none or it has expired; *now is the database's time. */
static bool read_count(struct store *store, const char *id, struct arena *arena, struct count *count,
                       struct moment *now, struct error *err) {
	const struct count none = { .id = id, .until = MOMENT_NONE };
	bool found;
	if (!store_find_now(store, LOGIN_ATTEMPTS, FILTER(eq_text("_id", id)), &count_record, arena, count, &found, now,
	                    err))
		return false;
	if (!found) {
		*count = none;
		return store_now(store, now, err);
	}
	if (!lease_counts(count->expires_at, KEPT_MS, *now)) {
		int64_t turn = count->turn;
		*count = none;
		count->turn = turn;
	}
	return true;
}

static bool check_pause(const struct count *count, struct moment now, struct error *err) {
	if (!lease_counts(count->until, count->pause_ms, now))
		return true;
	int64_t wait = count->until.ms - now.ms;
	return error_limited(err, wait, "Too many failed attempts. Wait %lld seconds, then try again.",
	                     (long long)((wait + 999) / 1000));
}

static bool check_one(struct store *store, const char *id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct count count;
	struct moment now;
	return read_count(store, id, arena, &count, &now, err) && check_pause(&count, now, err);
}

bool attempt_check(struct store *store, const struct attempt *attempt, struct error *err) {
	return check_one(store, attempt->by_name, err) && check_one(store, attempt->by_address, err);
}

/* *won is false if somebody else has written since the count was read. */
static bool write_count(struct store *store, struct count *count, bool *won, struct error *err) {
	int64_t turn = count->turn++;
	bool was_there = false;
	if (turn > 0)
		return store_update(store, LOGIN_ATTEMPTS, FILTER(eq_text("_id", count->id), eq_count("turn", turn)),
		                    UPDATE(set_record(&count_record, count, NULL)), won, err);
	bool fine = store_insert_once(store, LOGIN_ATTEMPTS, &count_record, count, &was_there, err);
	*won = !was_there;
	return fine;
}

static bool count_one(struct store *store, const char *id, int64_t allowed, struct error *err) {
	ARENA_AUTO arena = arena_new();
	for (int race = 0; race < RACES; race++) {
		struct count count;
		struct moment now;
		bool won;
		if (!read_count(store, id, arena, &count, &now, err) || !check_pause(&count, now, err))
			return false;
		count.failures++;
		count.pause_ms = attempt_pause(count.failures, allowed);
		count.until = count.pause_ms ? moment_add(now, count.pause_ms) : MOMENT_NONE;
		count.last_at = now;
		count.expires_at = moment_add(now, KEPT_MS);
		if (!write_count(store, &count, &won, err) || won)
			return won;
	}
	return error_set(err, ERROR_UNAVAILABLE, "the failed tries of %s change too fast", id);
}

/* A count that was let pass has no older pause than its own. */
static bool take_back(struct store *store, const char *id, struct error *err) {
	bool matched;
	return store_update(store, LOGIN_ATTEMPTS, FILTER(eq_text("_id", id), gt_count("failures", 0)),
	                    UPDATE(add_count("failures", -1), add_count("turn", 1), unset("until")), &matched, err);
}

bool attempt_begin(struct store *store, const struct attempt *attempt, struct error *err) {
	struct error ignored;
	if (!count_one(store, attempt->by_name, FREE_BY_NAME, err))
		return false;
	if (count_one(store, attempt->by_address, FREE_BY_ADDRESS, err))
		return true;
	(void)take_back(store, attempt->by_name, &ignored);
	return false;
}

bool attempt_succeed(struct store *store, const struct attempt *attempt, struct error *err) {
	int64_t deleted;
	return store_delete(store, LOGIN_ATTEMPTS, FILTER(eq_text("_id", attempt->by_name)), &deleted, err) &&
	       take_back(store, attempt->by_address, err);
}
