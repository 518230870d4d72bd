/* Users and tokens: rules and storage. */
#include "access/user.h"

#include <string.h>

#include "access/password.h"
#include "core/base/secret.h"

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
	bson_t *filter = BCON_NEW("username", BCON_UTF8(username));
	bool fine = store_find(store, "users", filter, NULL, &user_record, arena, user, found, err);
	bson_destroy(filter);
	return fine;
}

static bool change_user(struct store *store, const char *username, bson_t *set, struct error *err) {
	bson_t *filter = BCON_NEW("username", BCON_UTF8(username));
	bson_t *change = BCON_NEW("$set", BCON_DOCUMENT(set));
	bool matched;
	bool fine = store_update(store, "users", filter, change, &matched, err);
	bson_destroy(filter);
	bson_destroy(change);
	bson_destroy(set);
	return fine && (matched || error_set(err, ERROR_MISSING, "no user %s", username));
}

static bool name_acceptable(const char *username, struct error *err) {
	size_t size = strlen(username);
	if (size < 2 || size > 40 || strspn(username, "abcdefghijklmnopqrstuvwxyz0123456789._-") != size)
		return error_field(err, "username", "a user name has 2 to 40 of the characters a-z 0-9 . _ -");
	return true;
}

bool user_create(struct store *store, const struct settings *settings, const char *username, const char *email,
                 const char *password, bool one_time, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct user user = { .id = store_new_id(arena),
		                 .username = username,
		                 .email = email,
		                 .role = "super_user",
		                 .created_by = "cli",
		                 .is_active = true,
		                 .one_time = one_time,
		                 .last_login = MOMENT_NONE,
		                 .created_at = moment_now() };
	int64_t existing;
	bson_t all = BSON_INITIALIZER, document = BSON_INITIALIZER;
	if (!name_acceptable(username, err) || !password_acceptable(password, username, settings->password_min, err) ||
	    !store_count(store, "users", &all, &existing, err))
		return false;
	if (settings->max_users && existing >= settings->max_users)
		return error_set(err, ERROR_CONFLICT, "%lld users exist, MAX_USERS allows no more", (long long)existing);
	if (!password_hash(arena, password, &user.password_hash, err))
		return false;
	record_to_bson(&user_record, &user, &document);
	bool fine = store_insert(store, "users", &document, err);
	bson_destroy(&document);
	if (!fine && err->kind == ERROR_CONFLICT)
		return error_set(err, ERROR_CONFLICT, "a user %s exists already", username);
	return fine;
}

bool user_list(struct store *store, struct arena *arena, struct rows *users, struct error *err) {
	bson_t all = BSON_INITIALIZER;
	return store_list(store, "users", &all, NULL, USERS_LISTED, &user_record, arena, &users->items, &users->count, err);
}

bool user_set_password(struct store *store, const struct settings *settings, const char *username, const char *password,
                       bool one_time, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const char *stored;
	return password_acceptable(password, username, settings->password_min, err) &&
	       password_hash(arena, password, &stored, err) &&
	       change_user(store, username, BCON_NEW("password_hash", BCON_UTF8(stored), "one_time", BCON_BOOL(one_time)),
	                   err);
}

bool user_set_active(struct store *store, const char *username, bool active, struct error *err) {
	return change_user(store, username, BCON_NEW("is_active", BCON_BOOL(active)), err);
}

static bool check_pause(struct store *store, const char *name, struct attempts *attempts, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool found;
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(name));
	bool fine = store_find(store, "login_attempts", filter, NULL, &attempt_record, arena, attempts, &found, err);
	bson_destroy(filter);
	if (!fine)
		return false;
	if (!found)
		*attempts = (struct attempts){ 0, MOMENT_NONE };
	int64_t wait = moment_is_set(attempts->until) ? attempts->until.ms - moment_now().ms : 0;
	return wait <= 0 || error_limited(err, wait, "Too many failed tries: wait %lld seconds, then try again.",
	                                  (long long)((wait + 999) / 1000));
}

static bool count_failure(struct store *store, const char *name, const struct attempts *attempts, struct error *err) {
	int64_t failures = attempts->failures + 1, pause = 0;
	if (failures >= FREE_ATTEMPTS) {
		int64_t doublings = failures - FREE_ATTEMPTS;
		pause = doublings > 10 ? LONGEST_PAUSE_MS : (int64_t)SECOND_MS << doublings;
	}
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(name));
	bson_t *change = BCON_NEW("$set", "{", "failures", BCON_INT64(failures), "until",
	                          BCON_DATE_TIME(moment_now().ms + pause), "}");
	bool fine = store_upsert(store, "login_attempts", filter, change, err);
	bson_destroy(filter);
	bson_destroy(change);
	return fine;
}

static bool forget_failures(struct store *store, const char *name, struct error *err) {
	int64_t deleted;
	bson_t *filter = BCON_NEW("_id", BCON_UTF8(name));
	bool fine = store_delete(store, "login_attempts", filter, &deleted, err);
	bson_destroy(filter);
	return fine;
}

bool user_sign_in(struct store *store, const char *username, const char *password, struct arena *arena,
                  struct user *user, struct error *err) {
	char *name = arena_copy_bytes(arena, username, strnlen(username, 100));
	struct attempts attempts;
	bool found, right, outdated;
	if (strlen(password) > PASSWORD_MAX)
		password = "";
	if (!check_pause(store, name, &attempts, err) || !find_user(store, name, arena, user, &found, err) ||
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
	       change_user(store, name,
	                   BCON_NEW("last_login", BCON_DATE_TIME(moment_now().ms), "password_hash", BCON_UTF8(stored)),
	                   err);
}
