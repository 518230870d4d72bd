/* Users: rules and storage. */
#include "access/user.h"

#include <string.h>

#include "access/attempts.h"
#include "access/password.h"
#include "access/token.h"
#include "core/base/secret.h"

static const char USERS[] = "users";

static const struct field user_fields[] = {
	FIELD(struct user, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct user, username),
	FIELD(struct user, email),
	FIELD(struct user, full_name),
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

enum { USERS_LISTED = 1000, NAME_BYTES = 40 };

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
	if (size < 2 || size > NAME_BYTES || strspn(username, "abcdefghijklmnopqrstuvwxyz0123456789._-") != size)
		return error_field(err, "username", "A username has 2 to 40 of the characters a-z 0-9 . _ -");
	return !text_same(username, TOKEN_OF_COMMAND_LINE) ||
	       error_field(err, "username", "“%s” is reserved for the command line. Choose another name", username);
}

bool user_create(struct store *store, const struct settings *settings, const char *username, const char *email,
                 const char *full_name, const char *password, bool one_time, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct user user = { .id = store_new_id(arena),
		                 .username = username,
		                 .email = email,
		                 .full_name = full_name,
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

/* Writes on condition that nobody has disabled the user or changed the password since `compared` was compared. */
static bool update_compared(struct store *store, const char *username, const char *compared,
                            const struct update *update, bool *matched, struct error *err) {
	return store_update(store, USERS,
	                    FILTER(eq_text("username", username), eq_bool("is_active", true),
	                           eq_text("password_hash", compared)),
	                    update, matched, err);
}

bool user_change_password(struct store *store, const struct settings *settings, struct user *user, const char *password,
                          struct arena *arena, struct error *err) {
	const char *compared = user->password_hash;
	bool matched;
	if (!password_acceptable(password, user->username, settings->password_min, err) ||
	    !password_hash(arena, password, &user->password_hash, err) ||
	    !update_compared(store, user->username, compared,
	                     UPDATE(set_text("password_hash", user->password_hash), set_bool("one_time", false),
	                            add_count("rev", 1)),
	                     &matched, err))
		return false;
	return matched ||
	       error_set(err, ERROR_CONFLICT, "The password was changed in the meantime. Nothing was changed here.");
}

bool user_standing(struct store *store, const char *username, bool *active, int64_t *rev, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct user user;
	bool found;
	bool fine = find_user(store, username, arena, &user, &found, err);
	*active = fine && found && user.is_active;
	*rev = *active ? user.rev : COUNT_NONE;
	return fine;
}

bool user_may_go_on(struct store *store, const char *username, int64_t rev, bool *may, struct error *err) {
	int64_t now;
	bool fine = user_standing(store, username, may, &now, err);
	*may = fine && *may && (rev == COUNT_NONE || rev == now);
	return fine;
}

bool user_is_active(struct store *store, const char *username, bool *active, struct error *err) {
	int64_t rev;
	return user_standing(store, username, active, &rev, err);
}

bool user_is_unchanged(struct store *store, const struct user *user, bool *unchanged, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct user now;
	bool found;
	bool fine = find_user(store, user->username, arena, &now, &found, err);
	*unchanged = fine && found && now.is_active && text_same(now.password_hash, user->password_hash);
	return fine;
}

bool user_set_active(struct store *store, const char *username, bool active, struct error *err) {
	return change_user(store, username, UPDATE(set_bool("is_active", active), add_count("rev", 1)), err);
}

/* Compares within this process's turn. Everything between the count and its success is as long for unknown names. */
static bool compare(struct store *store, const struct attempt *attempt, const char *password, struct arena *arena,
                    const char *username, struct user *user, const char **compared, struct error *err) {
	bool found, right, outdated;
	if (!attempt_begin(store, attempt, err) || !find_user(store, username, arena, user, &found, err) ||
	    !password_check(password, found ? user->password_hash : password_of_nobody(), &right, &outdated, err))
		return false;
	if (!found || !right || !user->is_active)
		return error_set(err, ERROR_DENIED, "Invalid username or password");
	*compared = user->password_hash;
	return !outdated || password_hash(arena, password, &user->password_hash, err);
}

static bool note_sign_in(struct store *store, const struct user *user, const char *compared, struct moment now,
                         struct error *err) {
	bool matched;
	return update_compared(store, user->username, compared,
	                       UPDATE(set_moment("last_login", now), set_text("password_hash", user->password_hash)),
	                       &matched, err) &&
	       (matched || error_set(err, ERROR_DENIED, "Invalid username or password"));
}

bool user_sign_in(struct store *store, const char *username, const char *password, const struct sign_in_from *from,
                  struct moment now, struct arena *arena, struct user *user, struct error *err) {
	const struct attempt attempt = attempt_of(arena, username, from->address);
	const char *compared;
	if (strlen(password) > PASSWORD_MAX)
		password = "";
	if (!attempt_check(store, &attempt, err) || !password_turn_begin(from->asker, err))
		return false;
	bool right = compare(store, &attempt, password, arena, strlen(username) > NAME_BYTES ? "" : username, user,
	                     &compared, err);
	password_turn_end();
	return right && attempt_succeed(store, &attempt, err) && note_sign_in(store, user, compared, now, err);
}
