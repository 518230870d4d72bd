/* Users: rules and storage. */
#include "access/user.h"

#include <string.h>

#include "access/password.h"
#include "core/base/secret.h"

static const char USERS[] = "users", LOGIN_ATTEMPTS[] = "login_attempts";

static const struct field user_fields[] = {
	FIELD(struct user, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct user, username),
	FIELD(struct user, email),
	FIELD(struct user, password_hash, .flags = FIELD_PRIVATE),
	FIELD(struct user, role),
	FIELD(struct user, created_by),
	FIELD(struct user, is_active),
	FIELD(struct user, one_time),
	FIELD(struct user, last_login),
	FIELD(struct user, created_at),
	FIELD(struct user, rev, .flags = FIELD_REVISION),
};
const struct record_type user_record = RECORD_TYPE("User", struct user, user_fields);

struct attempts {
	int64_t failures;
	struct moment until;
};
static const struct field attempt_fields[] = {
	FIELD(struct attempts, failures),
	FIELD(struct attempts, until),
};
static const struct record_type attempt_record = RECORD_TYPE("Attempts", struct attempts, attempt_fields);

enum { USERS_LISTED = 1000, FREE_ATTEMPTS = 5, LONGEST_PAUSE_MS = 15 * MINUTE_MS };

static bool find_user(struct store *store, const char *username, struct arena *arena, struct user *user, bool *found,
                      struct error *err) {
	return store_find(store, USERS, FILTER(eq_text("username", username)), NULL, &user_record, arena, user, found, err);
}

static bool change_user(struct store *store, const char *username, const struct update *update, struct error *err) {
	bool matched;
	return store_update(store, USERS, FILTER(eq_text("username", username)), update, &matched, err) &&
	       (matched || error_set(err, ERROR_MISSING, "no user %s", username));
}

static bool name_acceptable(const char *username, struct error *err) {
	size_t size = strlen(username);
	if (size < 2 || size > 40 || strspn(username, "abcdefghijklmnopqrstuvwxyz0123456789._-") != size)
		return error_field(err, "username", "a user name has 2 to 40 of the characters a-z 0-9 . _ -");
	return true;
}

bool user_create(struct store *store, const struct settings *settings, const char *username, const char *email,
                 const char *password, bool one_time, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct user user = { .id = store_new_id(arena),
		                 .username = username,
		                 .email = email,
		                 .role = "super_user",
		                 .created_by = "cli",
		                 .is_active = true,
		                 .one_time = one_time,
		                 .last_login = MOMENT_NONE,
		                 .created_at = now };
	int64_t existing;
	bool was_there;
	if (!name_acceptable(username, err) || !password_acceptable(password, username, settings->password_min, err) ||
	    !store_count(store, USERS, &everything, &existing, err))
		return false;
	if (settings->max_users && existing >= settings->max_users)
		return error_set(err, ERROR_CONFLICT, "%lld users exist, MAX_USERS allows no more", (long long)existing);
	return password_hash(arena, password, &user.password_hash, err) &&
	       store_insert_once(store, USERS, &user_record, &user, &was_there, err) &&
	       (!was_there || error_set(err, ERROR_CONFLICT, "a user %s exists already", username));
}

bool user_list(struct store *store, struct arena *arena, struct rows *users, struct error *err) {
	return store_list(store, USERS, &everything, SORT(asc("created_at"), asc("_id")), USERS_LISTED, &user_record, arena,
	                  &users->items, &users->count, err);
}

bool user_set_password(struct store *store, const struct settings *settings, const char *username, const char *password,
                       bool one_time, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const char *stored;
	return password_acceptable(password, username, settings->password_min, err) &&
	       password_hash(arena, password, &stored, err) &&
	       change_user(store, username,
	                   UPDATE(set_text("password_hash", stored), set_bool("one_time", one_time), add_count("rev", 1)),
	                   err);
}

bool user_set_active(struct store *store, const char *username, bool active, struct error *err) {
	return change_user(store, username, UPDATE(set_bool("is_active", active), add_count("rev", 1)), err);
}

static bool check_pause(struct store *store, const char *name, struct moment now, struct attempts *attempts,
                        struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool found;
	if (!store_find(store, LOGIN_ATTEMPTS, FILTER(eq_text("_id", name)), NULL, &attempt_record, arena, attempts, &found,
	                err))
		return false;
	if (!found)
		*attempts = (struct attempts){ 0, MOMENT_NONE };
	int64_t wait = moment_is_set(attempts->until) ? attempts->until.ms - now.ms : 0;
	return wait <= 0 || error_limited(err, wait, "Too many failed tries: wait %lld seconds, then try again.",
	                                  (long long)((wait + 999) / 1000));
}

/* The pause starts when the password was found wrong, not before the wait for the password lock. */
static bool count_failure(struct store *store, const char *name, const struct attempts *attempts, struct error *err) {
	int64_t failures = attempts->failures + 1, pause = 0;
	if (failures >= FREE_ATTEMPTS) {
		int64_t doublings = failures - FREE_ATTEMPTS;
		pause = doublings > 10 ? LONGEST_PAUSE_MS : (int64_t)SECOND_MS << doublings;
	}
	const struct attempts next = { failures, moment_add(moment_now(), pause) };
	return store_upsert(store, LOGIN_ATTEMPTS, FILTER(eq_text("_id", name)),
	                    UPDATE(set_record(&attempt_record, &next, NULL)), err);
}

static bool forget_failures(struct store *store, const char *name, struct error *err) {
	int64_t deleted;
	return store_delete(store, LOGIN_ATTEMPTS, FILTER(eq_text("_id", name)), &deleted, err);
}

bool user_sign_in(struct store *store, const char *username, const char *password, struct moment now,
                  struct arena *arena, struct user *user, struct error *err) {
	char *name = arena_copy_bytes(arena, username, strnlen(username, 100));
	struct attempts attempts;
	bool found, right, outdated;
	if (strlen(password) > PASSWORD_MAX)
		password = "";
	if (!check_pause(store, name, now, &attempts, err) || !find_user(store, name, arena, user, &found, err) ||
	    !password_check(password, found ? user->password_hash : password_of_nobody(), &right, &outdated, err))
		return false;
	if (!found || !right || !user->is_active) {
		if (!count_failure(store, name, &attempts, err))
			return false;
		return error_set(err, ERROR_DENIED, "Invalid username or password");
	}
	const char *stored = user->password_hash;
	if (outdated && !password_hash(arena, password, &stored, err))
		return false;
	return forget_failures(store, name, err) &&
	       change_user(store, name, UPDATE(set_moment("last_login", now), set_text("password_hash", stored)), err);
}
